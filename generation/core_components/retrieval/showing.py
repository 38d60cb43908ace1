"""Passages as a prompt shows them, and read back from there."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

_SHOWN = re.compile(
    r'<passage source="(?P<source>[^"\n]*)"(?: title="(?P<title>[^"\n]*)")?>\n(?P<text>.*?)\n</passage>', re.DOTALL
)


def shown(passages: Sequence[Mapping[str, Any]]) -> str:
    """Passages one below the other, each with its source and title."""
    return "\n\n".join(_shown(passage) for passage in passages)


def passages_in(text: str) -> list[dict[str, str]]:
    """The passages of a text that `shown` made: `source`, `title` and `text`."""
    return [match.groupdict(default="") for match in _SHOWN.finditer(text)]


def _shown(passage: Mapping[str, Any]) -> str:
    source, title = (str(passage.get(name, "")).replace('"', "'").replace("\n", " ") for name in ("source", "title"))
    # A document that holds the closing tag must not end its own passage.
    text = str(passage["text"]).replace("</passage", "</ passage")
    return f'<passage source="{source}" title="{title}">\n{text}\n</passage>'
