"""What a filter of keys may say, and what it must never say."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from generation_functions.rows import content_key
from generation_functions.store.key_filter import KeyFilter


@given(st.sets(st.text(), max_size=200))
def test_no_key_is_forgotten(keys: set[str]) -> None:
    known = KeyFilter()
    for key in keys:
        known.add(key)
    assert all(key in known for key in keys)


def test_hardly_a_stranger_is_taken_for_one_of_many() -> None:
    known = KeyFilter()
    for number in range(100_000):
        known.add(content_key("known", number))
    assert sum(content_key("stranger", number) in known for number in range(10_000)) <= 5
