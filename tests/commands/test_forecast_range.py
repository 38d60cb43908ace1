"""The range of an estimate, against populations whose true sum is known."""

from __future__ import annotations

from math import exp
from random import Random

import pytest

from commands.forecast import studentized

ROWS, TRIALS = 300, 120


def holds(spread: float, tried: int, trial: int) -> bool:
    rng = Random(1000 * tried + trial)
    population = [exp(rng.gauss(0, spread)) for _ in range(ROWS)]
    span = studentized([(ROWS, rng.sample(population, tried))], Random(trial), 300)
    return span.low <= sum(population) <= span.high


@pytest.mark.parametrize(("spread", "tried"), [(0.3, 12), (0.8, 12), (1.2, 30)])
def test_the_range_holds_the_truth_about_nine_times_of_ten(spread: float, tried: int) -> None:
    held = sum(holds(spread, tried, trial) for trial in range(TRIALS))
    assert 0.80 <= held / TRIALS <= 0.98


def test_where_every_row_was_tried_nothing_is_guessed() -> None:
    span = studentized([(3, [1.0, 2.0, 6.0])], Random(0))
    assert (span.low, span.likely, span.high) == (9.0, 9.0, 9.0)


def test_what_was_seen_is_the_least() -> None:
    span = studentized([(100, [1.0, 50.0, 1.0])], Random(0))
    assert span.low >= 52.0


def test_one_row_says_nothing_of_how_rows_differ() -> None:
    span = studentized([(10, [4.0])], Random(0))
    assert (span.low, span.likely, span.high) == (40.0, 40.0, 40.0)
