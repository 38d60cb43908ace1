"""The capital that begins an English sentence: a name keeps it inside a question, any other word loses it."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from typing import NamedTuple

from generation.core_components.offline_writer.english_verbs import FINITE

_LITTLE_WORDS = """
the a an many most some every each no several few about around more nearly both all other half over only one two
three four five six seven eight nine ten
"""
_LITTLE = frozenset(_LITTLE_WORDS.split())
_PEOPLES_WORDS = """
african american arab arabic asian assyrian australian austrian babylonian belgian brazilian british bulgarian
byzantine canadian celtic chinese christian croatian czech danish dutch egyptian english ethiopian etruscan european
finnish flemish french german greek hebrew hungarian icelandic incan indian indonesian iranian irish islamic israeli
italian jamaican japanese jewish kenyan korean latin lebanese mayan mesopotamian mexican mongol moroccan muslim
norman norse norwegian ottoman persian peruvian phoenician polish portuguese prussian roman romanian russian saxon
scandinavian scottish serbian sicilian slavic soviet spanish sumerian swedish swiss syrian thai tibetan turkish
ukrainian venetian victorian viennese vietnamese viking welsh
"""
_PEOPLES = frozenset(_PEOPLES_WORDS.split())
_PARTICLES_WORDS = """
van von der den de da del della di du le la bin ibn al el
"""
_PARTICLES = frozenset(_PARTICLES_WORDS.split())
_ACTIVITY = re.compile(r"[A-Z][a-z]+(?:tion|ness|ism|ity|ment|ship|ology|ics)")
_NAMED_KIND = re.compile(
    r"\b(?:country|state|city|town|village|capital|river|lake|island|mountain|volcano|sea|ocean|region|province|district"
    r"|company|firm|organi[sz]ation|agency|university|museum|newspaper|brand|film|novel|language|planet|star|moon|galaxy"
    r"|god|goddess|man|woman|ship|satellite|software|website|port|suburb|kingdom|empire|\w+ist|\w+ian|king|queen|writer"
    r"|poet|painter|engineer|inventor|explorer|composer|singer|actor|philosopher|printer|monk)\b"
)


class _Usage(NamedTuple):
    """How a text writes its words where no sentence begins: word → times, without a plural's `s`."""

    small: Counter[str]
    capital: Counter[str]
    titles: frozenset[str]


def as_inside(subject: str, text: str, *, verb: str = "", rest: str = "") -> str | None:
    """The subject as it is written inside a sentence; None where its first word may be a name and may be none.

    What tells is how `text` writes the word elsewhere, then what kind of word it is, then `verb` and `rest`, what the
    sentence says of the subject.
    """
    words = subject.split(" ")
    small = subject[0].lower() + subject[1:]
    if words[0].lower() in _LITTLE:
        return subject if " ".join(words[:2]) in _usage(text).titles else small
    counted, stem = _usage(text), _stem(words[0])
    common, named = counted.small[stem.lower()], counted.capital[stem]
    if common != named:
        return small if common > named else subject
    if _is_name(words):
        return subject
    return small if _is_common(words, verb, rest) else None


def _is_name(words: list[str]) -> bool:
    """Whether a first word is surely a name: NASA, Egyptian, Isaac Newton, Vincent van Gogh."""
    following = [word for word in words[1:] if word not in _PARTICLES][:1]
    people = words[0].lower().rstrip("s") in _PEOPLES
    return people or not words[0][1:].islower() or any(word[0].isupper() for word in following)


def _is_common(words: list[str], verb: str, rest: str) -> bool:
    """Whether a first word that the text has only here is surely no name."""
    if words[0].endswith(("'s", "’s")):
        return False
    if len(words) > 1:
        return not (words[1] == "of" and len(words) > 2 and words[2][0].isupper())
    plural = words[0].endswith("s") and verb in ("are", "were", "have")
    done = words[0].lower().removesuffix("ing")
    activity = _ACTIVITY.fullmatch(words[0]) is not None or done in FINITE or f"{done}e" in FINITE
    defined = verb in ("is", "was") and rest.startswith(("a ", "an ")) and not _NAMED_KIND.search(rest)
    return plural or activity or defined


def _stem(word: str) -> str:
    return re.sub(r"['’]s?$", "", word).rstrip("s")


@lru_cache(maxsize=8)
def _usage(text: str) -> _Usage:
    inner = re.findall(r"(?<=[a-z,;] )([^\W\d_][\w-]*)", text)
    titles = re.findall(r"(?<=[a-z,;] )The [A-Z][\w-]*", text)
    return _Usage(
        Counter(_stem(word) for word in re.findall(r"\b[a-zà-ÿ][\w-]*", text)),
        Counter(_stem(word) for word in inner if word[0].isupper()),
        frozenset(titles),
    )
