"""A question without what a model writes after it."""

from __future__ import annotations

import pytest

from generation.core_components.questions import only_the_question


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("Why do tides rise?\nAnswer: Because of the Moon.\nSource: tides.txt", "Why do tides rise?"),
        ("Why do tides rise?\n\n**Reason:** It needs both.", "Why do tides rise?"),
        ("Warum steigt das Meer?\nAntwort 1: Wegen des Mondes.", "Warum steigt das Meer?"),
        ("为什么涨潮？\n\n这个问题需要两段。", "为什么涨潮？"),
        ("tell me about the\ntides again", "tell me about the\ntides again"),
        ("I read this somewhere.\n\nIs it so?", "I read this somewhere.\n\nIs it so?"),
        ("What does the answer: 42 mean?", "What does the answer: 42 mean?"),
    ],
)
def test_what_follows_a_question_is_no_part_of_it(text: str, question: str) -> None:
    assert only_the_question(text) == question
