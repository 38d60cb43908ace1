"""Packing by heading: a section is a chunk; a long one is divided, and a short one joins its neighbour."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby, islice
from typing import NamedTuple

from generation_functions.chunking.blocks import Block
from generation_functions.chunking.packing import TAIL_SHARE, Unit, pack
from generation_functions.chunking.units import Ruler, units


class _Section(NamedTuple):
    """A section that fits the limit. `level` is its heading's, from 1; 0 for text before the first heading."""

    level: int
    units: list[Unit]


def pack_sections(ruler: Ruler, blocks: Iterable[Block]) -> Iterator[list[Unit]]:
    """Groups of units that begin at headings. Lazy: a text without headings is never held as a whole."""
    held: _Section | None = None
    for level, members in _sections(blocks):
        groups = pack(units(ruler, members), ruler.limit, ruler.measure)
        first = list(islice(groups, 2))
        section = _Section(level, first[0])
        joins = len(first) == 1 and held is not None and _together(ruler, held, section)
        if held and joins:
            held = _Section(held.level, held.units + section.units)
            continue
        if held:
            yield held.units
        held = section if len(first) == 1 else None
        if len(first) > 1:
            yield from first
            yield from groups
    if held:
        yield held.units


def _sections(blocks: Iterable[Block]) -> Iterator[tuple[int, Iterator[Block]]]:
    """The level of each section and its blocks, to be drawn before the next section."""
    count = level = 0

    def number(block: Block) -> int:
        nonlocal count, level
        if block.level:
            count, level = count + 1, block.level
        return count

    for _, members in groupby(blocks, number):
        yield level, members


def _together(ruler: Ruler, held: _Section, section: _Section) -> bool:
    """Whether two neighbours make one chunk: one of them is short, and the second does not begin a higher section."""
    shorter = min(sum(unit.tokens for unit in each.units) for each in (held, section))
    near = section.level >= held.level
    return near and shorter * TAIL_SHARE < ruler.limit and ruler.fits(held.units[0].start, section.units[-1].end)
