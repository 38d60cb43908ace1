"""Packing units into groups of at most so many tokens, with no tiny group left at the end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import accumulate
from typing import NamedTuple

from generation_functions.chunking.blocks import Headings
from generation_functions.chunking.cutting import Measure

TAIL_SHARE = 4
"""A last group below a quarter of the limit is balanced with the one before it."""


class Unit(NamedTuple):
    """What is not divided further: a block, a sentence, or a piece of one.

    tokens    of the unit without the space after it; `gap` of that space, where it is long enough to count.
    opens     whether it begins a block, the better place to divide.
    headings  the titles it stands under, outermost first.
    """

    start: int
    end: int
    tokens: int
    gap: int
    opens: bool
    headings: Headings


def pack(units: Iterable[Unit], limit: int, measure: Measure) -> Iterator[list[Unit]]:
    """Groups of neighbouring units, each of at most `limit` tokens measured as a whole. Holds two groups at a time."""
    before: list[Unit] = []
    last: list[Unit] = []
    for group in _groups(units, limit, measure):
        if before:
            yield before
        before, last = last, group
    if last:
        yield from _balanced(before, last, limit, measure)


def _groups(units: Iterable[Unit], limit: int, measure: Measure) -> Iterator[list[Unit]]:
    group: list[Unit] = []
    claimed = 0
    for unit in units:
        while group and claimed + unit.tokens > limit:
            kept, group = _settle(group, limit, measure)
            claimed = sum(held.tokens + held.gap for held in group)
            yield kept
        group.append(unit)
        claimed += unit.tokens + unit.gap
    while group:
        kept, group = _settle(group, limit, measure)
        yield kept


def _settle(group: list[Unit], limit: int, measure: Measure) -> tuple[list[Unit], list[Unit]]:
    """The longest beginning that fits, and the rest. Sums of counts may fall short of the count of the whole."""
    kept = len(group)
    while kept > 1 and (actual := measure(group[0].start, group[kept - 1].end)) > limit:
        claims = list(accumulate(unit.tokens + unit.gap for unit in group[:kept]))
        target = claims[-1] * limit / actual
        kept = max(1, min(kept - 1, sum(claim <= target for claim in claims)))
    return group[:kept], group[kept:]


def _balanced(before: list[Unit], last: list[Unit], limit: int, measure: Measure) -> list[list[Unit]]:
    """The last two groups, divided anew where the last would be tiny; at a block's beginning if that is fair enough."""
    if not before:
        return [last]
    both = before + last
    if measure(both[0].start, both[-1].end) <= limit:
        return [both]
    if sum(unit.tokens for unit in last) * TAIL_SHARE >= limit:
        return [before, last]
    claims = list(accumulate(unit.tokens + unit.gap for unit in both))

    def unfairness(place: int) -> tuple[bool, int]:
        left, right = claims[place - 1], claims[-1] - claims[place - 1]
        return not (both[place].opens and min(left, right) * TAIL_SHARE >= limit), abs(left - right)

    place = min(range(1, len(both)), key=unfairness)
    left, right = both[:place], both[place:]
    fits = all(measure(part[0].start, part[-1].end) <= limit for part in (left, right))
    return [left, right] if fits else [before, last]
