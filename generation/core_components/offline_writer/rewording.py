"""Texts said in other words, and texts marked as if translated: what the offline writer answers when it rewrites."""

from __future__ import annotations

import re
from collections.abc import Mapping
from random import Random

_ENGLISH = """
can't|cannot;don't|do not;doesn't|does not;didn't|did not;for example|for instance;for instance|for example
I'd|I would;I'm|I am;I've|I have;isn't|is not;it's|it is;just|only;large|big;maybe|perhaps;much less|far less
much smaller|far smaller;needs|requires;needed|required;often|frequently;quickly|fast;shows|makes clear
sometimes|at times;take care|be careful;that's|that is;there's|there is;these days|nowadays;usually|generally
wasn't|was not;won't|will not;we're|we are;you'd|you would;you'll|you will;you're|you are;you've|you have
stand|sit;whole|entire;tried|tested
"""
_GERMAN = """
aber|doch;beginnt|fängt an;bekommt|erhält;etwa|ungefähr;häufig|oft;oft|häufig;sehr|überaus;viele|zahlreiche
wegen|aufgrund;nur|lediglich;vielleicht|womöglich;zeigt|macht deutlich;zum Beispiel|beispielsweise
"""
_ACCENTS = str.maketrans("aeiouAEIOU", "äëïöüÄËÏÖÜ")
_WORDS_BUT_NAMES = re.compile(r"((?<=[\w,;] )[A-ZÀ-Ý][^\W\d_]+|[A-ZÀ-Ý][^\W\d_]+(?= [A-ZÀ-Ý]\w))|[^\W\d_]+")
"""Names (group 1): words with a capital inside a sentence or before another such word. Other words are translated."""
_PLAIN = str.maketrans("äëïöüÄËÏÖÜ", "aeiouAEIOU")


def _pairs(listed: str) -> Mapping[str, str]:
    entries = listed.strip().replace("\n", ";").split(";")
    return dict(entry.split("|", 1) for entry in entries)


SYNONYMS: Mapping[str, Mapping[str, str]] = {"en": _pairs(_ENGLISH), "de": _pairs(_GERMAN)}


def reworded(text: str, language: str = "en") -> str:
    """The text with common words replaced by others that mean the same; numbers, names and marks stay."""
    known = {word.lower(): other for word, other in SYNONYMS.get(language, {}).items()}
    if not known:
        return text
    words = "|".join(re.escape(word).replace("'", "['’]") for word in sorted(known, key=len, reverse=True))
    plain = _before_numbers(text) if language == "en" else text
    return re.sub(
        rf"(?<![\w⟦])(?:{words})(?!\w)",
        lambda match: _cased(known[match.group().lower().replace("’", "'")], match.group()),
        plain,
        flags=re.IGNORECASE,
    )


def accented(text: str) -> str:
    """The text with an accent on every vowel but those of names: a stand-in for a translation, as software testers do.

    Rules know no other language. Whoever reads it sees that no model wrote it, and `unaccented` gives the text again.
    """
    return _WORDS_BUT_NAMES.sub(lambda match: match[1] or match[0].translate(_ACCENTS), text)


def unaccented(text: str) -> str:
    """What `accented` was made of; vowels that had such accents before lose them."""
    return text.translate(_PLAIN)


def translated_back(text: str, rng: Random, *, swaps: float = 0.5) -> str:
    """The text without its accents, with some common words replaced: no translation comes back word for word."""
    plain = unaccented(text)
    sentences = re.split(r"(?<=[.!?]) ", plain)
    return " ".join(reworded(sentence) if rng.random() < swaps else sentence for sentence in sentences)


def _before_numbers(text: str) -> str:
    return re.sub(r"\b(about|around|roughly)(?= \d)", lambda m: "around" if m[1] == "about" else "about", text)


def _cased(word: str, like: str) -> str:
    return word[0].upper() + word[1:] if like[0].isupper() else word
