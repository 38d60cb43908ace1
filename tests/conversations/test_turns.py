"""Turns and thoughts, taken out and put in."""

from __future__ import annotations

from typing import Any

import pytest

from generation.core_components.conversations import (
    answered,
    answers,
    question_of,
    system_of,
    with_system,
    with_thoughts,
    without_thoughts,
)
from generation.core_components.conversations.thoughts import written
from tests.conversations.rows import said

TALK = said(("system", "S"), ("user", "Q1"), ("assistant", "A1"), ("user", "Q2"), ("assistant", "A2"))["messages"]


def contents(messages: Any) -> list[str]:
    return [message["content"] for message in messages]


def test_a_talk_in_parts() -> None:
    assert answers(TALK) == ["A1", "A2"]
    assert contents(question_of(TALK)) == ["S", "Q1", "A1", "Q2"]
    assert question_of(TALK[:1]) == []
    assert (system_of(TALK), system_of(TALK[1:])) == ("S", "")


@pytest.mark.parametrize(
    ("messages", "prompt", "expected"),
    [(TALK, "T", ["T", "Q1", "A1", "Q2", "A2"]), (TALK[1:3], "T", ["T", "Q1", "A1"]), (TALK[:2], "", ["Q1"])],
)
def test_a_system_prompt_is_put_in_or_taken_out(messages: Any, prompt: str, expected: list[str]) -> None:
    assert contents(with_system(messages, prompt)) == expected


def test_only_what_ends_with_an_answer_is_answered() -> None:
    assert answered({"messages": TALK})[0]
    assert not answered({"messages": TALK[:4]})[0]
    assert not answered({"messages": [*TALK[:2], {"role": "assistant", "content": "", "tool_calls": []}]})[0]


def test_thoughts_go_in_and_out_and_are_written_either_way() -> None:
    thinking = with_thoughts(TALK, ["T1", ""])
    assert [message.get("reasoning_content") for message in thinking] == [None, None, "T1", None, None]
    assert without_thoughts(thinking) == TALK
    assert written(thinking, "field") == thinking
    assert contents(written(thinking, "tags"))[2:4] == ["<think>\nT1\n</think>\n\nA1", "Q2"]
    assert all("reasoning_content" not in message for message in written(thinking, "tags"))
