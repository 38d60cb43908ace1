"""Seeded noise: the slips and casings of people who type, so that a model meets text as it is written out there."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from random import Random

TYPOS_A_WORD = 0.06
CAPITALS_A_WORD = 0.15

_WORD = re.compile(r"[^\W\d_]{4,}")
_KEYBOARD = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_BESIDE = {
    letter: row[max(0, at - 1) : at] + row[at + 1 : at + 2] for row in _KEYBOARD for at, letter in enumerate(row)
}


def noisy(text: str, rng: Random) -> tuple[str, str]:
    """The text with one kind of noise, and the name of that kind. Numbers stay as they are."""
    kind = rng.choice(sorted(KINDS))
    return KINDS[kind](text, rng), kind


def typos(text: str, rng: Random) -> str:
    """Here and there a letter swapped, left out, doubled, or hit beside; once at least where there is a longer word."""
    words = list(_WORD.finditer(text))
    hit = [word for word in words if rng.random() < TYPOS_A_WORD] or ([rng.choice(words)] if words else [])
    pieces, at = list[str](), 0
    for word in hit:
        pieces += [text[at : word.start()], _mistyped(word.group(), rng)]
        at = word.end()
    return "".join([*pieces, text[at:]])


def _mistyped(word: str, rng: Random) -> str:
    at = rng.randrange(1, len(word) - 1)
    letter, following = word[at], word[at + 1]
    options = [word[:at] + word[at + 1 :], word[:at] + letter + word[at:]]
    if letter != following:
        options.append(word[:at] + following + letter + word[at + 2 :])
    options += [word[:at] + beside + word[at + 1 :] for beside in _BESIDE.get(letter, "")]
    return rng.choice(options)


def _capitals(text: str, rng: Random) -> str:
    return _WORD.sub(lambda word: word.group().upper() if rng.random() < CAPITALS_A_WORD else word.group(), text)


KINDS: Mapping[str, Callable[[str, Random], str]] = {
    "typos": typos,
    "lowercase": lambda text, rng: text.lower(),
    "uppercase": lambda text, rng: text.upper(),
    "capitals": _capitals,
}
