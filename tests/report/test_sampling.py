"""Seeded samples."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation_functions.report.sampling import Sample
from generation_functions.report.survey import chosen


@settings(deadline=None)
@given(st.integers(0, 60), st.integers(0, 20), st.integers())
def test_a_sample_is_so_many_of_the_items_in_their_order(count: int, size: int, seed: int) -> None:
    sample: Sample[int] = Sample(size, seed, "x")
    sample.extend(range(count))
    assert len(sample.items) == min(count, size)
    assert sample.items == sorted(set(sample.items))


def drawn(seed: int) -> list[int]:
    sample: Sample[int] = Sample(10, seed, "x")
    sample.extend(range(1000))
    return sample.items


def test_the_seed_decides() -> None:
    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)


@pytest.mark.parametrize(
    ("size", "total", "least", "most"), [(50, 50, 50, 50), (1000, 10_000, 850, 1150), (0, 9, 0, 0)]
)
def test_chosen_takes_about_so_many(size: int, total: int, least: int, most: int) -> None:
    take = chosen(size, total, 0, "x")
    assert least <= sum(map(take, range(total))) <= most
