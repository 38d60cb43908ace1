"""Sentence boundaries in any language, with no download: Punkt with our own parameters, other scripts by their enders.

Punkt (Kiss and Strunk 2006, nltk's) judges `.`, `!` and `?` before a space; `。`, `।`, `؟` and their like always end a
sentence. Scripts without enders, such as Thai, give one long sentence, which the chunker then cuts at its spaces.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, TypeAlias

from generation_functions.chunking.abbreviations import ABBREVIATED, MONTHS, SENTENCE_STARTERS

Span: TypeAlias = tuple[int, int]

WINDOW = 32_768
"""Characters judged at a time, so that a book without a blank line needs no more memory than a page."""

ENDERS = "。！？｡．‼⁇⁈⁉؟۔।॥።፧፨။។៕։܀܁܂᠃᠉꓿꘎꘏᙮᱾᱿꩝꩞꩟꯫෴།༎๛"
CLOSERS = "\"'”’»›」』）】》〉〕］｝)\\]}"

_HARD_END = re.compile(rf"[{ENDERS}]++[{CLOSERS}]*+(?!\s*(?:と|って))\s*+")
_SOFT_END = re.compile(r"[.!?][^\w\s]{0,8}\s")
_LIST_MARK = re.compile(r"\s*(?:\d{1,3}|[A-Za-zА-я])[.)]\s*\Z")
_DAY = re.compile(r"(?:^|\s)\d{1,2}\.\s+\Z")
_INK = re.compile(r"\S")
_WORD = re.compile(r"\w+")


def sentence_spans(text: str, start: int = 0, end: int | None = None) -> Iterator[Span]:
    """Spans of the sentences of `text[start:end]`, each with the space that follows it.

    They follow one another without a gap: joined, they are the text. Lazy, and linear in its length.
    """
    end = len(text) if end is None else end
    while end - start > WINDOW:
        cut = _window_end(text, start)
        *spans, last = _spans(text, start, cut)
        yield from spans or [last]
        start = last[0] if spans else cut  # the window's last sentence may go on: judge it again with what follows
    if start < end:
        yield from _spans(text, start, end)


def _window_end(text: str, start: int) -> int:
    """A window's end, after all of a space where there is one: no word is judged by its half, no window is empty."""
    end = start + WINDOW
    if text[end - 1].isspace() and (ink := _INK.search(text, end)):
        return ink.start()
    for position in range(end, max(start, end - 1024), -1):
        if text[position - 1].isspace():
            return position
    return end


def _spans(text: str, start: int, end: int) -> list[Span]:
    ends = [at for at in _boundaries(text, start, end) if start < at < end]
    spans: list[Span] = []
    capitals = _uses_capitals(text, ends)
    for at in [*ends, end]:
        if at == end or not _goes_on(text, start, at, capitals):
            spans.append((start, at))
            start = at
    return spans


def _boundaries(text: str, start: int, end: int) -> list[int]:
    """Where a sentence may begin, in order."""
    window = text[start:end]
    places = {start + match.end() for match in _HARD_END.finditer(window)}
    if _SOFT_END.search(window):
        places.update(start + begin for begin, _ in _punkt().span_tokenize(window))
    return sorted(places)


def _uses_capitals(text: str, ends: list[int]) -> bool:
    """Whether sentences here begin with capitals; in a text all in lower case, small letters prove nothing."""
    lower = sum(text[at].islower() for at in ends)
    return lower * 2 < len(ends) or lower < 2


def _goes_on(text: str, start: int, at: int, capitals: bool) -> bool:
    """Whether the sentence goes on after a boundary: `"Go!" he said`, `1. First`, `am 3. Mai`."""
    if capitals and text[at].islower() and text[at + 1 : at + 2] != ")":
        return True
    before = text[max(start, at - 8) : at]
    if at - start <= 8 and _LIST_MARK.match(before):
        return True
    word = _WORD.match(text, at)
    return bool(word and word.group().lower() in MONTHS and _DAY.search(before))


@cache
def _punkt() -> Any:
    from nltk.tokenize.punkt import PunktParameters, PunktSentenceTokenizer

    parameters = PunktParameters()
    parameters.abbrev_types = set(ABBREVIATED)
    parameters.sent_starters = set(SENTENCE_STARTERS)
    return PunktSentenceTokenizer(parameters)
