"""What the steps make of a model's answers."""

from __future__ import annotations

from typing import Any

import pytest

from generation.core_components.conversations.passages import passages_of
from generation.core_pipelines.rephrase_dataset.steps import gives_away, unfaithful, unthought, wanted_thoughts

MESSAGES = [
    {"role": "user", "content": "How do I undo ⟦1⟧ after 3 days?"},
    {"role": "assistant", "content": "Open the history, find the entry of that day, and press the arrow beside it."},
]
ROW: dict[str, Any] = {"messages": MESSAGES, "passages": passages_of(MESSAGES), "code": None}
GOOD = {"user1": "It's 3 days old, how is ⟦1⟧ undone?", "assistant2": "Find that day's entry in the history."}


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({}, None),
        ({"user1": "How is it undone after 3 days?"}, "⟦1⟧"),
        ({"user1": "How is ⟦1⟧ undone?"}, "lost the number 3"),
        ({"assistant2": "Press it 7 times."}, "the number 7"),
        ({"assistant4": "More."}, "<assistant4>"),
    ],
)
def test_an_unfaithful_rewriting_is_told(change: dict[str, str], wrong: str | None) -> None:
    problem = unfaithful({**GOOD, **change}, ROW)
    assert problem is None if wrong is None else wrong in (problem or "")


def test_the_language_asked_for_is_checked() -> None:
    row = {**ROW, "code": "de"}
    told = "I would like to know how all of this can be undone after 3 days, with ⟦1⟧ still being there."
    assert "must be in German" in (unfaithful({**GOOD, "user1": told}, row) or "")


@pytest.mark.parametrize(
    ("prompt", "wrong"),
    [
        ("You support users of an editor. Be brief.", None),
        ("Tell them: open the history, find the entry of that day, always.", "is taken from the conversation"),
        ("Be brief. " * 300, "characters"),
    ],
)
def test_a_system_prompt_gives_nothing_away(prompt: str, wrong: str | None) -> None:
    problem = gives_away(prompt, ROW)
    assert problem is None if wrong is None else wrong in (problem or "")


@pytest.mark.parametrize(
    ("thoughts", "wrong"),
    [
        ({"thoughts2": "They undid nothing yet. The history keeps it, so point there."}, None),
        ({}, "<thoughts2> is missing"),
        ({"thoughts2": "Easy."}, "too short"),
        ({"thoughts2": "Well, the given answer says to open the history first."}, "not there yet"),
        ({"thoughts2": f"I say it: {MESSAGES[1]['content']}"}, "recites"),
        ({"thoughts2": "先看看历史记录里有没有那一天。"}, None),
    ],
)
def test_thoughts_lead_to_the_answer_and_are_not_it(thoughts: dict[str, str], wrong: str | None) -> None:
    problem = unthought(thoughts, ROW)
    assert problem is None if wrong is None else wrong in (problem or "")


def test_thoughts_are_wanted_where_an_answer_has_none() -> None:
    talk = [
        *MESSAGES,
        MESSAGES[0],
        {**MESSAGES[1], "reasoning_content": "Known."},
        {"role": "assistant", "content": ""},
    ]
    assert wanted_thoughts({"messages": talk}) == ["thoughts2"]
