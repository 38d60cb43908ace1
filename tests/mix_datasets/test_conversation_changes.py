"""System prompts and thoughts: what is taken out and put in, how often, and always the same."""

from __future__ import annotations

from typing import Any

import pytest

from generation.core_pipelines.mix_datasets.conversation_changes import Changes

SYSTEM = {"role": "system", "content": "Be kind."}


def talk(number: int, *, system: bool = False) -> list[dict[str, Any]]:
    turns = [{"role": "user", "content": f"Q{number}"}, {"role": "assistant", "content": f"<think>hm</think>A{number}"}]
    return [SYSTEM, *turns] if system else turns


def test_nothing_is_changed_unless_it_is_asked_for() -> None:
    assert not Changes().any
    assert not Changes(system_prompts=["S"], add_system=0).any
    assert Changes().made_to(talk(1, system=True), 0) == talk(1, system=True)


@pytest.mark.parametrize("share", [0.0, 0.25, 1.0])
def test_shares_of_conversations_are_changed(share: float) -> None:
    changes = Changes(drop_system=share, system_prompts=["One.", "Two."], add_system=share, drop_thoughts=share)
    with_prompt = [changes.made_to(talk(n, system=True), 7) for n in range(400)]
    without = [changes.made_to(talk(n), 7) for n in range(400)]
    counts = (
        sum(found[0]["role"] != "system" for found in with_prompt),
        sum(found[0]["role"] == "system" for found in without),
        sum("think" not in found[-1]["content"] for found in without),
    )
    assert all(abs(count - share * 400) <= 40 for count in counts)
    assert {found[0]["content"] for found in without if found[0]["role"] == "system"} == (
        {"One.", "Two."} if share else set()
    )
    assert with_prompt == [changes.made_to(talk(n, system=True), 7) for n in range(400)]


def test_thoughts_go_in_every_form_and_only_those_of_the_assistant() -> None:
    said = [
        {"role": "user", "content": "What does <think>x</think> mean?"},
        {"role": "assistant", "content": "<think>easy</think>\n\nA tag.", "reasoning_content": "easy", "weight": 1},
    ]
    changed = Changes(drop_thoughts=1).made_to(said, 0)
    assert changed == [said[0], {"role": "assistant", "content": "A tag.", "weight": 1}]


def test_a_lone_system_prompt_stays() -> None:
    assert Changes(drop_system=1).made_to([SYSTEM], 0) == [SYSTEM]
