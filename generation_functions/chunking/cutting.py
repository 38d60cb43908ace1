"""Cutting a stretch of text that is too long to keep whole: at a line, a clause, a space, or between two characters."""

from __future__ import annotations

import re
import unicodedata
from collections import deque
from collections.abc import Callable, Iterator

Measure = Callable[[int, int], int]
"""Tokens of `text[start:end]`, without the space around it."""

MOST_CLUSTER = 64
"""Longest run of joined characters that is kept whole; a longer one is not writing."""

_LINE = re.compile(r"\n")
_CLAUSE = re.compile(r"[;:,–—·؛،]\s+|[、，；：﹐﹑﹔﹕…]+\s*|[፣፤፥၊๚៖·]\s*")
_SPACE = re.compile(r"\s+")
_INK = re.compile(r"\S")


def cut(text: str, start: int, end: int, limit: int, measure: Measure) -> Iterator[tuple[int, int]]:
    """Spans that cover `text[start:end]` without a gap, each of at most `limit` tokens by `measure`.

    A single character that measures more than the limit stands alone: there is nothing left to cut. Lazy, linear.
    """
    guess = limit * 4
    while start < end:
        ink = _INK.search(text, start, end)
        if not ink:
            yield start, end
            return
        size = _fitting(ink.start(), min(end, ink.start() + guess), end, limit, measure)
        guess = max(4, size + size // 4)
        place = ink.start() + size
        place = end if place >= end else _over_space(text, nice_place(text, ink.start(), place), end)
        yield start, place
        start = place


def _fitting(start: int, stop: int, end: int, limit: int, measure: Measure) -> int:
    """About the most characters from `start` that fit the limit, at least one: a guess, scaled until it fits."""
    size = stop - start
    tokens = measure(start, stop)
    if tokens * 2 < limit and stop < end:
        size = min(end - start, int(size * limit / max(tokens, 1)))
        tokens = measure(start, start + size)
    while tokens > limit and size > 1:
        size = max(1, min(size - 1, int(size * limit / tokens)))
        tokens = measure(start, start + size)
    return size


def nice_place(text: str, start: int, place: int) -> int:
    """The best boundary at or before `place`: lines and clauses in the last half, spaces after the first quarter."""
    half, quarter = start + (place - start + 1) // 2, start + (place - start + 3) // 4
    for pattern, least in ((_LINE, half), (_CLAUSE, half), (_SPACE, half), (_SPACE, quarter)):
        last = deque(pattern.finditer(text, least, place), maxlen=1)
        if last and last[0].end() > start:
            return last[0].end()
    return _between_characters(text, start, place)


def _over_space(text: str, place: int, end: int) -> int:
    """`place`, moved over the space that follows, but not into a line's indentation."""
    ink = _INK.search(text, place, end)
    if not ink:
        return end
    line = text.rfind("\n", place - 1, ink.start()) + 1
    return line if line >= place else ink.start()


def _between_characters(text: str, start: int, place: int) -> int:
    """`place`, moved back out of a character that is written with several code points."""
    for back in range(place, max(start, place - MOST_CLUSTER), -1):
        if not joined(text, back):
            return back
    return place


def joined(text: str, place: int) -> bool:
    """Whether `text[place - 1]` and `text[place]` are parts of one character as readers see it.

    The common cases of Unicode's grapheme clusters (UAX 29): combining marks, joiners, variation selectors, skin
    tones, flags, conjoining Hangul, and vowels that are written before or after their consonant.
    """
    before, after = text[place - 1], text[place]
    if before < "\u0300" and after < "\u0300":
        return False
    if (
        unicodedata.category(after)[0] == "M"
        or after == "\u200d"
        or before in "\u200d"
        or unicodedata.combining(before) == 9
    ):
        return True
    if "\U0001f3fb" <= after <= "\U0001f3ff" or after in "ำຳ" or before in "เแโใไເແໂໃໄ":
        return True
    if "\U0001f1e6" <= after <= "\U0001f1ff":
        return _flags_before(text, place) % 2 == 1
    conjoining = "\u1160" <= after <= "\u11ff" and "\u1100" <= before <= "\u11ff"
    return conjoining or ("\ud800" <= before <= "\udbff" and "\udc00" <= after <= "\udfff")


def _flags_before(text: str, place: int) -> int:
    """How many regional indicators stand right before `place`; two make a flag."""
    count = 0
    while count < MOST_CLUSTER and place > count and "\U0001f1e6" <= text[place - count - 1] <= "\U0001f1ff":
        count += 1
    return count
