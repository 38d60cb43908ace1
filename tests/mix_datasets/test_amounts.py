"""How much of each source is taken, and which rows: the promises about shares, limits and draws."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from generation.core_pipelines.mix_datasets.amounts import (
    ALL,
    BALANCED,
    CAPPED,
    FULL,
    NO_MORE,
    SHARED,
    Wish,
    amounts,
    drawn,
)
from generation_functions.errors import ConfigError


@pytest.mark.parametrize(
    ("wishes", "total", "generic", "expected"),
    [
        ([Wish("a", 10), Wish("b", 30)], None, None, [(10, ALL), (30, ALL)]),
        ([Wish("a", 10), Wish("b", 30)], 20, None, [(5, FULL), (15, FULL)]),
        ([Wish("a", 10), Wish("b", 30)], 80, None, [(10, NO_MORE), (30, NO_MORE)]),
        ([Wish("a", 10, most=4), Wish("b", 30)], None, None, [(4, CAPPED), (30, ALL)]),
        ([Wish("a", 10, share=1), Wish("b", 30, share=1)], None, None, [(10, ALL), (10, SHARED)]),
        ([Wish("a", 10, share=1), Wish("b", 30, share=1)], 40, None, [(10, NO_MORE), (20, SHARED)]),
        ([Wish("a", 10, share=1, most=5), Wish("b", 30, share=2)], None, None, [(5, CAPPED), (10, SHARED)]),
        ([Wish("a", 90), Wish("g", 1000, generic=True)], None, 0.1, [(90, ALL), (10, BALANCED)]),
        ([Wish("g", 5, generic=True), Wish("a", 90)], None, 0.1, [(5, NO_MORE), (90, ALL)]),
        ([Wish("a", 90), Wish("g", 1000, generic=True)], 50, 0.2, [(40, FULL), (10, BALANCED)]),
        ([Wish("a", 20), Wish("g", 1000, generic=True)], 100, 0.5, [(20, NO_MORE), (20, BALANCED)]),
        (
            [Wish("a", 9, share=1), Wish("b", 9, share=1), Wish("c", 9, share=1)],
            7,
            None,
            [(2, SHARED), (3, SHARED), (2, SHARED)],
        ),
        ([Wish("a", 99), Wish("g", 999, generic=True)], 256, 0.892578125, [(28, FULL), (228, BALANCED)]),
        ([Wish("a", 0), Wish("b", 0)], 10, None, [(0, ALL), (0, ALL)]),
    ],
)
def test_amounts(wishes: list[Wish], total: int | None, generic: float | None, expected: list[tuple[int, str]]) -> None:
    assert [(amount.most, amount.why) for amount in amounts(wishes, total, generic)] == expected


@pytest.mark.parametrize(
    ("wishes", "generic", "says"),
    [
        ([Wish("a", 1, share=1), Wish("b", 1)], None, "'b' has no share, and others have"),
        ([Wish("a", 1)], 0.5, "generic_share needs sources of both kinds"),
    ],
)
def test_wishes_that_cannot_be_met_are_told(wishes: list[Wish], generic: float | None, says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        amounts(wishes, None, generic)


sizes = st.integers(0, 10_000)
wishes = st.lists(
    st.builds(Wish, st.just("w"), sizes, st.floats(0.1, 10), st.none() | st.integers(1, 9_999), st.booleans()),
    min_size=1,
)


@given(wishes, st.none() | st.integers(1, 50_000), st.none() | st.floats(0, 0.9))
def test_no_limit_is_ever_passed(found: list[Wish], total: int | None, generic: float | None) -> None:
    if generic is not None:
        assume(len({wish.generic for wish in found}) == 2)
    made = amounts(found, total, generic)
    assert all(0 <= amount.most <= wish.cap for wish, amount in zip(found, made, strict=True))
    if total is not None:
        assert sum(amount.most for amount in made) <= total


@given(wishes)
def test_without_a_total_shares_hold_and_one_source_is_used_up(found: list[Wish]) -> None:
    made = amounts(found, None, None)
    reach = min(wish.cap / (wish.share or 1) for wish in found)
    assert all(
        abs(amount.most - reach * (wish.share or 1)) <= 0.5 + 1e-6 for wish, amount in zip(found, made, strict=True)
    )
    assert any(amount.most == wish.cap for wish, amount in zip(found, made, strict=True))


costs = st.lists(st.tuples(st.integers(0, 2**64 - 1), st.integers(0, 50)), unique_by=lambda each: each[0])


@given(costs, st.integers(0, 500))
def test_what_is_drawn_fits_and_comes_first_by_its_draw(found: list[tuple[int, int]], most: int) -> None:
    taken, spent = drawn(found, most)
    assert spent == sum(found[index][1] for index in taken) <= most
    left = [draw for index, (draw, _) in enumerate(found) if index not in taken]
    assert all(found[index][0] < draw for index in taken for draw in left)
    assert drawn(found, 10**9)[0] == set(range(len(found)))
