"""What stands around an answer because of the endpoint that gave it."""

from __future__ import annotations

import pytest

from generation_functions.parsing.surroundings import one_turn


@pytest.mark.parametrize(
    "completion",
    [
        "It rains.<|im_end|>",
        "It rains.</s>\n",
        "It rains.<|eot_id|><|eot_id|>",
        "It rains.<end_of_turn>\n<start_of_turn>user\nWhy?",
        "It rains. <|im_end|>\n<|im_start|>user\nWhy?<|im_end|>\n<|im_start|>assistant\nWell.<|im_end|>",
        "<|im_start|>assistant\nIt rains.<|im_end|>",
        "<|start_header_id|>assistant<|end_header_id|>\n\nIt rains.<|eot_id|>",
        "Assistant: It rains.",
    ],
)
def test_marks_of_a_template_and_turns_that_follow_are_no_part_of_an_answer(completion: str) -> None:
    assert one_turn(completion) == "It rains."


@pytest.mark.parametrize(
    "completion",
    [
        "The mark <|im_end|> ends a turn.",
        "HTML strikes out with <s>old</s>",
        "An assistant: somebody who helps.",
        "a > b [c]",
        "  kept as it is\n",
        "",
    ],
)
def test_an_answer_that_speaks_of_marks_is_left_alone(completion: str) -> None:
    assert one_turn(completion) == completion


def test_line_ends_are_plain() -> None:
    assert one_turn("one\r\ntwo\rthree") == "one\ntwo\rthree"
