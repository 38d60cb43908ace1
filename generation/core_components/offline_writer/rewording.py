"""Texts said in other words, and texts marked as if translated: what the offline writer answers when it rewrites."""

from __future__ import annotations

import re
from collections.abc import Mapping
from random import Random

_ENGLISH = """
about|roughly;begin|start;begins|starts;began|started;big|large;buy|purchase;called|known as;can't|cannot;choose|pick
don't|do not;doesn't|does not;didn't|did not;for example|for instance;get|receive;give|offer;help|assist
however|still;I'd|I would;I'm|I am;I've|I have;isn't|is not;it's|it is;it is|it's;kind|sort;made|produced
many|a great many;maybe|perhaps;near|close to;needs|requires;often|frequently;quickly|fast;show|reveal;shows|reveals
small|little;smallest|least;sometimes|at times;take care|be careful;that's|that is;these days|nowadays
usually|as a rule;very|quite;wasn't|was not;won't|will not;you'd|you would;you'll|you will;you're|you are
"""
_GERMAN = """
aber|doch;beginnt|fängt an;bekommt|erhält;etwa|ungefähr;häufig|oft;oft|häufig;sehr|überaus;viele|zahlreiche
wegen|aufgrund;nur|lediglich;vielleicht|womöglich;zeigt|macht deutlich;zum Beispiel|beispielsweise
"""
_MARK_OR_WORD = re.compile(r"⟦\d+⟧|[^\W\d_]+(?:['’][^\W\d_]+)?(?: [^\W\d_]+)?")
_ACCENTS = str.maketrans("aeiouAEIOU", "äëïöüÄËÏÖÜ")
_PLAIN = str.maketrans("äëïöüÄËÏÖÜ", "aeiouAEIOU")


def _pairs(listed: str) -> Mapping[str, str]:
    entries = listed.strip().replace("\n", ";").split(";")
    return dict(entry.split("|", 1) for entry in entries)


SYNONYMS: Mapping[str, Mapping[str, str]] = {"en": _pairs(_ENGLISH), "de": _pairs(_GERMAN)}


def reworded(text: str, language: str = "en") -> str:
    """The text with common words replaced by others that mean the same; numbers, names and marks stay."""
    known = {word.lower(): other for word, other in SYNONYMS.get(language, {}).items()}

    def other(match: re.Match[str]) -> str:
        found = match.group().replace("’", "'")
        if found.lower() in known:
            return _cased(known[found.lower()], found)
        first, space, rest = found.partition(" ")
        swapped = known.get(first.lower())
        if swapped is None and rest.lower() in known:
            return f"{match.group().partition(' ')[0]} {_cased(known[rest.lower()], rest)}"
        return match.group() if swapped is None else f"{_cased(swapped, first)}{space}{rest}"

    return _MARK_OR_WORD.sub(other, text)


def accented(text: str) -> str:
    """The text with an accent on every vowel: a stand-in for a translation, which shows what was translated.

    Rules know no other language. Whoever reads it sees that no model wrote it, and `unaccented` gives the text again.
    """
    return text.translate(_ACCENTS)


def unaccented(text: str) -> str:
    """What `accented` was made of; vowels that had such accents before lose them."""
    return text.translate(_PLAIN)


def translated_back(text: str, rng: Random, *, swaps: float = 0.5) -> str:
    """The text without its accents, with some common words replaced: no translation comes back word for word."""
    plain = unaccented(text)
    sentences = re.split(r"(?<=[.!?]) ", plain)
    return " ".join(reworded(sentence) if rng.random() < swaps else sentence for sentence in sentences)


def _cased(word: str, like: str) -> str:
    return word[0].upper() + word[1:] if like[0].isupper() else word
