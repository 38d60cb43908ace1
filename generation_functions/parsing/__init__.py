"""Parsers: what a completion says, as a value.

Each is a small pure value, `str -> value`, that raises `ParseError` with a message the model can be shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from generation_functions.parsing.choice import choice, verdict
from generation_functions.parsing.json_value import json_value
from generation_functions.parsing.labelled import labelled
from generation_functions.parsing.lists import bulleted_list, numbered_list
from generation_functions.parsing.question_answer import question_answer_pairs
from generation_functions.parsing.rating import rating
from generation_functions.parsing.tag import tag, tags
from generation_functions.parsing.text import text

if TYPE_CHECKING:
    from generation_functions.parsing.structured_output import structured

__all__ = [
    "bulleted_list",
    "choice",
    "json_value",
    "labelled",
    "numbered_list",
    "question_answer_pairs",
    "rating",
    "structured",
    "tag",
    "tags",
    "text",
    "verdict",
]


def __getattr__(name: str) -> Any:
    # Pydantic takes a tenth of a second to import, and most pipelines parse without it.
    if name == "structured":
        from generation_functions.parsing.structured_output import Structured

        return Structured
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
