"""Lengths in a few numbers, in bins, and on axes."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation_functions.report.lengths import MOST_BINS, LengthCount, Spread, histogram_of, lengths_of, spread_of
from generation_functions.report.scale import counted, nice_step, number, percent, ticks

VALUES = st.lists(st.integers(0, 10**6), min_size=1, max_size=200)


@pytest.mark.parametrize(
    ("values", "spread"),
    [
        ([], Spread(0, 0, 0.0, 0, 0, 0, 0, 0)),
        ([7], Spread(1, 7, 7.0, 7, 7, 7, 7, 7)),
        (list(range(100, 0, -1)), Spread(100, 5050, 50.5, 1, 50, 90, 99, 100)),
        ([1, 2, 3, 1000], Spread(4, 1006, 251.5, 1, 2, 1000, 1000, 1000)),
    ],
)
def test_spread(values: list[int], spread: Spread) -> None:
    assert spread_of(values) == spread


@settings(deadline=None)
@given(VALUES)
def test_every_value_is_in_one_bin(values: list[int]) -> None:
    found = histogram_of(values)
    assert sum(found.counts) + found.beyond == len(values)
    assert found.start <= min(values)
    assert found.start % found.width == 0
    assert len(found.counts) <= MOST_BINS + 1
    for at, count in enumerate(found.counts):
        low = found.start + at * found.width
        assert count == sum(low <= value < low + found.width for value in values)


def test_a_few_far_values_do_not_flatten_the_rest() -> None:
    found = histogram_of([*range(100, 300), 90_000])
    assert found.beyond == 1
    assert found.width <= 20


@pytest.mark.parametrize(("limit", "over"), [(9, 2), (10, 1), (50, 0)])
def test_rows_over_the_limit(limit: int, over: int) -> None:
    rows = LengthCount()
    for value in (3, 10, 50):
        rows.add(value)
    assert lengths_of(rows, LengthCount(), LengthCount(), limit=limit).over == over


@settings(deadline=None)
@given(st.floats(0, 1e6), st.floats(1e-3, 1e6), st.integers(2, 10))
def test_ticks_are_few_even_and_inside(start: float, room: float, most: int) -> None:
    found = ticks(start, start + room, most=most)
    assert len(found) <= most + 1
    near = 1e-6 * (1 + room)
    assert all(start - near <= mark <= start + room + near for mark in found)
    gaps = {round(b - a, 6) for a, b in itertools.pairwise(found)}
    assert len(gaps) <= 1 or max(gaps) - min(gaps) < 1e-5 * max(gaps)


@pytest.mark.parametrize(("least", "step"), [(0, 1), (0.3, 0.5), (1, 1), (1.1, 2), (21, 50), (999, 1000)])
def test_nice_step(least: float, step: float) -> None:
    assert nice_step(least) == step


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [(0, 10, "0 %"), (10, 10, "100 %"), (1, 8, "12 %"), (4, 1000, "0.4 %"), (1, 10**6, "under 0.1 %"),
     (999_999, 10**6, "over 99.9 %"), (1, 0, "0 %")],
)  # fmt: skip
def test_percent_is_never_all_or_none_of_what_is_not(part: float, whole: float, text: str) -> None:
    assert percent(part, whole) == text


def test_numbers_and_counts_read_well() -> None:
    assert (number(1234.0), number(0.25), counted(1, "row"), counted(2000, "row")) == (
        "1,234",
        "0.25",
        "1 row",
        "2,000 rows",
    )
