"""Markdown as readers write it: headings, lists and tables, one blank line between blocks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

_LEADING_MARK = re.compile(r"\n(#{1,6}(?=\s)|[-+](?=\s)|>|\d+[.)](?=\s)|```|~~~)")


def squeezed(text: str) -> str:
    """The words of a text with one space between them."""
    # Most texts are so already, and looking is several times as fast as taking them apart.
    if text.isprintable() and "  " not in text:
        return text.strip()
    return " ".join(text.split())


def heading(text: str, level: int) -> str:
    """A heading on one line, at level 1 to 6; empty for a text that is blank."""
    title = squeezed(text)
    return f"{'#' * max(1, min(level, 6))} {title}" if title else ""


def paragraph(text: str) -> str:
    """Running text: spaces single, the author's line breaks kept, and nothing at a line's start that only looks like
    a heading or a list."""
    if "\n" not in text:
        flat = squeezed(text)
        if flat[:1].isalpha():
            return flat
    else:
        flat = "\n".join(map(squeezed, text.split("\n"))).strip()
    return _LEADING_MARK.sub(r"\n\\\1", "\n" + flat)[1:]


def item(text: str, depth: int = 0, number: int | None = None) -> str:
    """One line of a list; `depth` counts from 0."""
    mark = f"{number}." if number is not None else "-"
    return f"{'  ' * depth}{mark} {squeezed(text)}"


def table(rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; the first row is its head. Rows that are blank, and columns that are blank at the end, go."""
    lines = [line for row in rows if (line := _line(row))[1]]
    return "\n".join(_drawn(lines, max((count for _, count in lines), default=0)))


def table_width(rows: Iterable[Sequence[str]]) -> int:
    """How many columns a table of these rows has."""
    return max((_line(row)[1] for row in rows), default=0)


def table_lines(rows: Iterable[Sequence[str]], width: int) -> Iterator[str]:
    """The lines of a table that is so wide. Lazy."""
    return _drawn((line for row in rows if (line := _line(row))[1]), width)


def _drawn(lines: Iterable[tuple[str, int]], width: int) -> Iterator[str]:
    for number, (text, count) in enumerate(lines):
        yield f"| {text}{' | ' * (width - count)} |"
        if not number:
            yield "|" + " --- |" * width


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


def _line(row: Sequence[str]) -> tuple[str, int]:
    """A row's cells up to its last that is not blank, and how many they are."""
    line = " | ".join(row)
    # Two spaces, or one at either end, tell of a blank cell or of one that is not squeezed.
    if line.isprintable() and "  " not in line and line.count("|") == len(row) - 1 and line.strip() == line:
        return line, len(row) if line else 0
    cells = [_cell(value) for value in row]
    while cells and not cells[-1]:
        cells.pop()
    return " | ".join(cells), len(cells)


def _cell(value: str) -> str:
    text = squeezed(value)
    return text.replace("|", "\\|") if "|" in text else text
