"""The nearest known word."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation_functions.config.suggestions import closest, did_you_mean, edit_distance

OPTIONS = ["chunk_tokens", "input_dir", "judge", "large", "small", "votes", "writer"]


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("chunk_token", "chunk_tokens"),
        ("chunk-tokens", "chunk_tokens"),
        ("ChunkTokens", "chunk_tokens"),
        ("wirter", "writer"),
        ("larg", "large"),
        ("vtoes", "votes"),
        ("chunk", "chunk_tokens"),
        ("temperature", None),
        ("", None),
        ("zz", None),
    ],
)
def test_the_nearest_option_is_found(word: str, expected: str | None) -> None:
    assert closest(word, OPTIONS) == expected


def test_a_suggestion_is_a_question_or_nothing() -> None:
    assert did_you_mean("larg", OPTIONS) == "did you mean 'large'?"
    assert did_you_mean("zz", OPTIONS) is None
    assert did_you_mean("anything", []) is None


def test_ties_do_not_depend_on_the_order_of_options() -> None:
    assert closest("model_c", ["model_b", "model_a"]) == closest("model_c", ["model_a", "model_b"]) == "model_a"


@settings(deadline=None)
@given(st.text(max_size=12), st.text(max_size=12), st.text(max_size=12))
def test_distance_is_symmetric_and_zero_only_for_equal_words(one: str, other: str, third: str) -> None:
    assert edit_distance(one, other) == edit_distance(other, one)
    assert (edit_distance(one, other) == 0) == (one == other)
    assert edit_distance(one + third, other + third) <= edit_distance(one, other)


@pytest.mark.parametrize(("one", "other", "expected"), [("ab", "ba", 1), ("abc", "", 3), ("kitten", "sitting", 3)])
def test_known_distances(one: str, other: str, expected: int) -> None:
    assert edit_distance(one, other) == expected
