"""Thoughts are kept apart from the answer in every form that models write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation_functions.models.thoughts import split_thoughts


@pytest.mark.parametrize(
    ("text", "answer", "thoughts"),
    [
        ("plain", "plain", ""),
        ("  kept as it is \n", "  kept as it is \n", ""),
        ("<think>hm</think>\n\nyes", "yes", "hm"),
        ("\n<think>\nhm\n</think>yes", "yes", "hm"),
        ("<think></think>yes", "yes", ""),
        ("hm</think>yes", "yes", "hm"),
        ("hm</think>a<think>ho</think>b", "ab", "hm\n\nho"),
        ("<think>a</think>one<think>b</think>two", "onetwo", "a\n\nb"),
        ("<think>cut off", "", "cut off"),
        ("<think>a</think><think>cut off", "", "a\n\ncut off"),
        ("the tag <think> opens it", "the tag <think> opens it", ""),
        ("<thinking>x</thinking>", "<thinking>x</thinking>", ""),
        ("", "", ""),
    ],
)
def test_splitting(text: str, answer: str, thoughts: str) -> None:
    assert split_thoughts(text) == (answer, thoughts)


@given(st.text().filter(lambda text: "think>" not in text), st.text().filter(lambda text: "think>" not in text))
def test_what_is_wrapped_comes_back(thought: str, answer: str) -> None:
    assert split_thoughts(f"<think>{thought}</think>{answer}") == (answer.strip(), thought.strip())
