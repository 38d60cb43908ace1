"""Axes: round steps and the ticks they give."""

from __future__ import annotations

from math import ceil, floor, log10


def nice_step(least: float) -> float:
    """The smallest of 1, 2, 5 times a power of ten that is not below `least`; 1 for nothing."""
    if least <= 0:
        return 1.0
    power = 10.0 ** floor(log10(least))
    return next(round(factor * power, 12) for factor in (1, 2, 5, 10) if factor * power >= least * (1 - 1e-9))


def ticks(start: float, end: float, *, most: int = 6) -> list[float]:
    """Round values from `start` to `end`, both included where they are round; at most `most`. Whole for whole ends."""
    if end <= start:
        return [start]
    step = nice_step((end - start) / max(1, most - 1))
    first = ceil(start / step - 1e-9) * step
    count = floor((end - first) / step + 1e-9) + 1
    return [round(first + number * step, 10) for number in range(count)]


def number(value: float) -> str:
    """A number as people read it: `1,234`, `0.25`."""
    return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}".rstrip("0")


def percent(part: float, whole: float) -> str:
    """`part` of `whole` in percent: `12 %`, `0.4 %`; never 0 or 100 for what is not."""
    if whole <= 0:
        return "0 %"
    share = 100 * part / whole
    if share in (0, 100):
        return f"{share:.0f} %"
    if share < 0.1:
        return "under 0.1 %"
    if share > 99.9:
        return "over 99.9 %"
    return f"{share:.1f} %" if share < 1 or share > 99 else f"{share:.0f} %"


def counted(count: int, noun: str, plural: str | None = None) -> str:
    """`1 row`, `1,234 rows`."""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"
