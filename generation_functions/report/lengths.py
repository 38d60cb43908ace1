"""How long rows are: their tokens, told in a few numbers and as a histogram."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass

from generation_functions.report.scale import nice_step

MOST_BINS = 24
_HEAD_SHARE = 0.995


@dataclass(frozen=True)
class Spread:
    """A handful of numbers about many: the mean, and the values below which the named share of them lies."""

    count: int
    total: int
    mean: float
    least: int
    median: int
    p90: int
    p99: int
    most: int


@dataclass(frozen=True)
class Histogram:
    """Counts of values in bins of equal width: bin `i` holds `start + i * width` up to the next one, without it.

    `beyond` counts the values above the last bin; there are some where a few values are very large.
    """

    start: int
    width: int
    counts: tuple[int, ...]
    beyond: int


@dataclass(frozen=True)
class Lengths:
    """Tokens of whole rows, of questions and of answers; and the rows that do not fit the context."""

    limit: int
    over: int
    rows: Spread
    questions: Spread
    answers: Spread
    histogram: Histogram


class LengthCount:
    """Adds up lengths. Eight bytes a value."""

    def __init__(self) -> None:
        self.values = array("q")

    def add(self, value: int) -> None:
        """Take one more length in."""
        self.values.append(value)

    def spread(self) -> Spread:
        """What was added, in a few numbers; zeros where nothing was."""
        return spread_of(self.values)


def spread_of(values: Sequence[int]) -> Spread:
    """The few numbers about many. A quantile is one of the values: the smallest that so many do not exceed."""
    found = sorted(values)
    if not found:
        return Spread(0, 0, 0.0, 0, 0, 0, 0, 0)
    total = sum(found)
    middle, high, highest = (found[max(0, -(-len(found) * percent // 100) - 1)] for percent in (50, 90, 99))
    return Spread(len(found), total, round(total / len(found), 2), found[0], middle, high, highest, found[-1])


def histogram_of(values: Sequence[int]) -> Histogram:
    """At most `MOST_BINS` bins of a round width; the highest values share one count where they are far away."""
    if not values:
        return Histogram(0, 1, (), 0)
    found = sorted(values)
    head = found[min(len(found) - 1, int(len(found) * _HEAD_SHARE))]
    top = found[-1] if found[-1] <= 1.5 * head + MOST_BINS else head
    width = max(1, int(nice_step((top - found[0] + 1) / (MOST_BINS - 2))))
    start = found[0] // width * width
    counts = [0] * ((top - start) // width + 1)
    beyond = 0
    for value in found:
        at = (value - start) // width
        if at < len(counts):
            counts[at] += 1
        else:
            beyond += 1
    return Histogram(start, width, tuple(counts), beyond)


def lengths_of(rows: LengthCount, questions: LengthCount, answers: LengthCount, *, limit: int) -> Lengths:
    """The lengths of a dataset against a context of `limit` tokens."""
    over = sum(value > limit for value in rows.values)
    return Lengths(limit, over, rows.spread(), questions.spread(), answers.spread(), histogram_of(rows.values))
