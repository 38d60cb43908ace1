"""The prompt files of Augmentoolkit 3 that this pipeline takes in place of its own, and how their answers are read.

There, one prompt writes the whole conversation. Its rows have all four turns after the first step, and the steps that
would write them pass them on.
"""

from __future__ import annotations

from generation_functions.parsing import tags
from generation_functions.stand_ins import StandIn

_turns = tags("initial_question", "flawed_answer", "followup_confirmation", "correct_answer")


def whole_conversation(completion: str) -> list[dict[str, str]]:
    """The one conversation of a completion, in this pipeline's fields. Raises `ParseError`."""
    said = _turns(completion)
    right = said["correct_answer"]
    return [
        {
            "question": said["initial_question"],
            "answer": right,
            "first": said["flawed_answer"],
            "doubt": said["followup_confirmation"],
            "thoughts": "",
            "correction": right,
        }
    ]


ask = (
    StandIn("masked_conversation_generation", {"text": "text", "metadata": "source"}, whole_conversation),
    StandIn("filter", unused="no step sorts chunks out beforehand; ask drops those with nothing to ask about"),
)
