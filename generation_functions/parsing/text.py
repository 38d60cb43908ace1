"""Plain text: the whole completion, stripped."""

from __future__ import annotations

from dataclasses import dataclass

from generation_functions.errors import ParseError
from generation_functions.parsing.surroundings import without_prose_fence


@dataclass(frozen=True)
class Text:
    """The completion itself, without a fence that calls all of it Markdown or text. Raises `ParseError` for nothing."""

    def __call__(self, completion: str) -> str:
        stripped = without_prose_fence(completion).strip()
        if not stripped:
            raise ParseError("Expected some text, found nothing.")
        return stripped


text = Text()
