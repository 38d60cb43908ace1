"""The estimate against real tokenizers' counts, and the laws that chunking relies on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation_functions.models import estimate_tokens

# Tokens by o200k and by DeepSeek-V3's vocabulary, counted once.
COUNTED = json.loads(Path(__file__).with_name("token_counts.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("counted", COUNTED, ids=[counted["script"] for counted in COUNTED])
def test_the_estimate_is_near_what_tokenizers_count(counted: dict[str, Any]) -> None:
    mean = (counted["o200k"] + counted["deepseek"]) / 2
    assert 0.7 * mean <= estimate_tokens(counted["text"]) <= 1.4 * mean


def test_only_the_empty_text_has_no_tokens() -> None:
    assert estimate_tokens("") == 0
    assert estimate_tokens(" ") == estimate_tokens("\n") == estimate_tokens("\x00") == 1


def test_a_lone_surrogate_is_counted_like_any_character() -> None:
    assert estimate_tokens("\ud800") == 1


@given(st.text(), st.text())
def test_more_text_never_has_fewer_tokens(text: str, more: str) -> None:
    assert estimate_tokens(text) <= estimate_tokens(text + more)
    assert estimate_tokens(more) <= estimate_tokens(text + more)


@given(st.lists(st.text(), max_size=8))
def test_parts_add_up_to_the_whole(parts: list[str]) -> None:
    whole, pieces = estimate_tokens("".join(parts)), sum(map(estimate_tokens, parts))
    assert whole <= pieces <= whole + len(parts)
