"""Markdown as readers write it: headings, lists and tables, one blank line between blocks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_SPACES = re.compile(r"[^\S\n]+")
_AROUND_BREAK = re.compile(r" ?\n ?")
_LEADING_MARK = re.compile(r"^(#{1,6}(?=\s)|[-+](?=\s)|>|\d+[.)](?=\s)|```|~~~)", re.MULTILINE)


def heading(text: str, level: int) -> str:
    """A heading on one line, at level 1 to 6; empty for a text that is blank."""
    title = " ".join(text.split())
    return f"{'#' * max(1, min(level, 6))} {title}" if title else ""


def paragraph(text: str) -> str:
    """Running text: spaces single, the author's line breaks kept, and nothing at a line's start that only looks like
    a heading or a list."""
    flat = _AROUND_BREAK.sub("\n", _SPACES.sub(" ", text)).strip()
    return _LEADING_MARK.sub(r"\\\1", flat)


def item(text: str, depth: int = 0, number: int | None = None) -> str:
    """One line of a list; `depth` counts from 0."""
    mark = f"{number}." if number is not None else "-"
    return f"{'  ' * depth}{mark} {' '.join(text.split())}"


def table(rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; the first row is its head. Rows that are blank, and columns that are blank at the end, go."""
    cells = [[_cell(value) for value in row] for row in rows]
    cells = [row for row in cells if any(row)]
    width = max((max((n for n, value in enumerate(row, 1) if value), default=0) for row in cells), default=0)
    if not width:
        return ""
    lines = ["| " + " | ".join([*row[:width], *[""] * (width - len(row))]) + " |" for row in cells]
    lines.insert(1, "|" + " --- |" * width)
    return "\n".join(lines)


def blocks(parts: Iterable[str]) -> str:
    """A document of blocks, those that are blank left out; it ends with a newline."""
    text = "\n\n".join(part for part in parts if part.strip())
    return f"{text}\n" if text else ""


def paged(pages: Iterable[str]) -> tuple[str, tuple[int, ...]]:
    """Pages, each ending with a newline, as one text, and where each begins: one without text where the next does."""
    text, offsets = "", []
    for page in pages:
        text += "\n" if text and page else ""
        offsets.append((len(text), bool(page)))
        text += page
    return text, placed(offsets, len(text))


def placed(offsets: Sequence[tuple[int, bool]], end: int) -> tuple[int, ...]:
    """Where pages begin, from where each was begun and whether it gave text."""
    following, found = end, []
    for offset, has_text in reversed(offsets):
        following = offset if has_text else following
        found.append(following)
    return tuple(reversed(found))


def _cell(value: str) -> str:
    text = " ".join(value.split())
    return text.replace("|", "\\|") if "|" in text else text
