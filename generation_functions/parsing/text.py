"""Plain text: the whole completion, stripped."""

from __future__ import annotations

from dataclasses import dataclass

from generation_functions.errors import ParseError


@dataclass(frozen=True)
class Text:
    """The completion itself. Raises `ParseError` when nothing is left after stripping."""

    def __call__(self, completion: str) -> str:
        stripped = completion.strip()
        if not stripped:
            raise ParseError("Expected some text, found nothing.")
        return stripped


text = Text()
