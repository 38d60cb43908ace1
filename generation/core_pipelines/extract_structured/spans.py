"""Where a quote stands in a text, and whether a value is what its quote says. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from generation_functions.rows import Json

FEWEST_WORDS_SHARED = 0.6
"""The least share of a text value's words that its quote must have: the rest is grammar."""
MOST_PLACES = 200

_ALIKE = str.maketrans({
    "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "‚": "'", "`": "'",
    "–": "-", "—": "-", "‑": "-", "−": "-", "…": ".", "\u00a0": " ", "\u202f": " ",
})  # fmt: skip
_UNSEEN = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff")
_ROUND = ".,;:!?\"'()[] -"
_NUMBER = re.compile(r"\d(?:[\d.,'’\s\u00a0\u202f]*\d)?")
_WORD = re.compile(r"[^\W_]+")
_GROUPED = re.compile(r"\d{1,3}(?:[.,'’\s\u00a0\u202f]\d{3})+")
_SCALES = (1e2, 1e3, 1e4, 1e6, 1e8, 1e9, 1e12)
_SCALED = re.compile(
    r"hundred|thousand|million|billion|trillion|hundert|tausend|milliard|cents?\b|mille|mil\b|\d ?[kmb]\b|mio|mrd"
    r"|[百千万億亿]",
    re.IGNORECASE,
)
_PERCENT = re.compile(r"%|per ?cent|prozent|pour cent|por ciento", re.IGNORECASE)


class Span(NamedTuple):
    """Where a quote stands: from `start` up to `end`, in characters."""

    start: int
    end: int

    def distance(self, other: Span) -> int:
        """How far two spans lie apart; 0 where they touch."""
        return max(0, self.start - other.end, other.start - self.end)


class _Plain(NamedTuple):
    """A text as it is compared: one kind of quote, dash and space, small letters; with each one's place in the text."""

    text: str
    places: list[int]


def spans_of(quotes: Sequence[str], text: str) -> list[Span | None]:
    """Where each quote stands in `text`; None for one that does not.

    A quote stands there letter by letter, or but for case, spaces, quotation marks and dashes. One that stands in
    several places is taken where it is nearest to the longest, which says best what the record is about.
    """
    found = [places_of(quote, text) for quote in quotes]
    longest = max((places[0] for places in found if places), key=lambda span: span.end - span.start, default=None)
    if longest is None:
        return [None for _ in quotes]
    return [min(places, key=longest.distance) if places else None for places in found]


def places_of(quote: str, text: str) -> list[Span]:
    """Every place of a quote in a text, the first `MOST_PLACES` of them."""
    if not quote.strip(_ROUND):
        return []
    exact = [Span(at, at + len(quote)) for at in _each(quote, text)]
    if exact:
        return exact
    plain, sought = _plain(text), _plain(quote).text.strip(_ROUND)
    found = _each(sought, plain.text) if sought else []
    return [Span(plain.places[at], plain.places[at + len(sought) - 1] + 1) for at in found]


def _each(part: str, whole: str) -> list[int]:
    return [match.start() for match in islice(re.finditer(re.escape(part), whole), MOST_PLACES)]


def _plain(text: str) -> _Plain:
    letters, places = list[str](), list[int]()
    for place, character in enumerate(text):
        if character in _UNSEEN:
            continue
        letter = character.translate(_ALIKE).lower()[:1]
        letter = " " if letter.isspace() else letter
        if letter == " " and letters[-1:] == [" "]:
            continue
        letters.append(letter)
        places.append(place)
    return _Plain("".join(letters), places)


def unsupported(value: Json, quote: str, *, quoted: bool) -> str | None:
    """What in `value` its quote does not say; None where it says it.

    A number must be one that the quote has, where it has any in digits; digits within a text too. With `quoted`, a text
    has its words from the quote. True, false and choices are judgements: what they rest on is the quote.
    """
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        numbers = list(_numbers(quote))
        return (
            f"{value:g} is not a number of the quote {quote!r}"
            if numbers and not _among(value, quote, numbers)
            else None
        )
    missing = [digits for digits in re.findall(r"\d{2,}", str(value)) if digits not in _digits(quote)]
    if missing and _digits(quote):
        return f"{missing[0]} is not in the quote {quote!r}"
    return _other_words(str(value), quote) if quoted else None


def _other_words(value: str, quote: str) -> str | None:
    words = _WORD.findall(value.lower())
    said = quote.lower()
    shared = sum(word in said for word in words)
    return f"{value!r} is not in the quote {quote!r}" if shared < FEWEST_WORDS_SHARED * len(words) else None


def _digits(text: str) -> str:
    return re.sub(r"(?<=\d)[.,'’\s\u00a0\u202f](?=\d{3})", "", text) if re.search(r"\d", text) else ""


def _among(value: float, quote: str, numbers: list[float]) -> bool:
    """Whether a number of the quote is the value: as it is, times a word such as million, or as a percentage."""
    scales = [1.0, *(_SCALES if _SCALED.search(quote) else ()), *([0.01] if _PERCENT.search(quote) else ())]
    return any(
        abs(number * scale - abs(value)) <= 1e-9 * max(1.0, abs(value)) for number in numbers for scale in scales
    )


def _numbers(quote: str) -> Iterator[float]:
    """Every number that digits of the quote may mean: 12,500 is 12500, and may be 12.5."""
    for match in _NUMBER.finditer(quote):
        written = re.sub(r"['’\s\u00a0\u202f]", "", match.group())
        for decimal, thousands in ((".", ","), (",", ".")):
            number = written.replace(thousands, "").replace(decimal, ".")
            if number.count(".") <= 1:
                yield float(number)
        if not _GROUPED.fullmatch(match.group()):
            yield from (float(part) for part in re.findall(r"\d+", match.group()))
