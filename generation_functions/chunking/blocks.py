"""The blocks of a text: paragraphs, fenced code and tables, each with the headings it stands under.

A block begins at its own headings, if it has any, and ends where the next begins, so that no text is between blocks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple, TypeAlias

Kind: TypeAlias = Literal["heading", "fence", "table", "paragraph"]
Headings: TypeAlias = tuple[str, ...]
Path: TypeAlias = list[tuple[int, str]]
"""The headings that a place of a text stands under, outermost first, each with its level."""

FENCE_REACH = 65_536
"""How far a fence's end is looked for, in characters; a longer block fits no chunk anyway."""

LONGEST_INDENT = 16
"""Spaces before a line that may mean something."""

_HEADING = re.compile(r" {0,3}(#{1,6})(?:[ \t]+([^\n]*))?(?=\n|\Z)")
_SETEXT = re.compile(r" {0,3}([^\s\-=][^\n]{0,119})\n {0,3}(=++|-++)[ \t]*+(?=\n|\Z)")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})[^\n]*")
_TABLE_RULE = re.compile(r"\n[ \t]*+\|?+[ \t]*+:?-++:?[ \t]*+\|[ \t:|\-]*+(?=\n|\Z)")
_PARAGRAPH_END = re.compile(r"\n(?=[^\S\n]*\n| {0,3}#{1,6}[ \t]| {0,3}(?:```|~~~))")
_INK = re.compile(r"\S")
_UNDER = frozenset(" =-")
"""What the line under a heading may begin with."""


class Block(NamedTuple):
    """text[start:body] are the block's own headings, text[body:end] the rest; `verbatim` for code and tables.

    `level` is that of its first own heading, from 1; 0 where it has none.
    """

    start: int
    body: int
    end: int
    verbatim: bool
    headings: Headings
    level: int = 0


class _Piece(NamedTuple):
    kind: Kind
    start: int
    end: int
    level: int = 0
    title: str = ""


def blocks(text: str, path: Path | None = None, *, in_table: bool = False) -> Iterator[Block]:
    """The blocks of a text, in order, from its first line that is not blank to its end. Lazy.

    path      what the text's beginning stands under; afterwards, what its end does.
    in_table  whether its beginning belongs to a table that began before.
    """
    held: Block | None = None
    for block in _with_headings(text, [] if path is None else path, in_table=in_table):
        if held:
            yield _until(block.start, held)
        held = block
    if held:
        yield _until(len(text), held)


def _until(end: int, block: Block) -> Block:
    start, body, _, verbatim, headings, level = block
    return Block(start, body, end, verbatim, headings, level)


def first_headings(text: str) -> Headings | None:
    """What the first block of a text stands under; None for a text without a block."""
    ink = _INK.search(text)
    if ink is None:
        return None
    at = ink.start()
    if _heading(text, _line_start(text, 0, at), at, text.find("\n", at)) is None:
        return ()
    return next(_with_headings(text, [])).headings


def _with_headings(text: str, path: Path, *, in_table: bool = False) -> Iterator[Block]:
    """Each body with the headings right before it; headings at the very end make a block of their own."""
    titles = _titles(path)
    first: _Piece | None = None
    for piece in _pieces(text, in_table):
        kind, begin, end, level, title = piece
        if kind == "heading":
            path[:] = [*(entry for entry in path if entry[0] < level), (level, title)]
            titles = _titles(path)
            first = first or piece
            continue
        start, level = (first.start, first.level) if first else (begin, 0)
        yield Block(start, begin, end, kind != "paragraph", titles, level)
        first = None
    if first:
        yield Block(first.start, len(text), len(text), False, titles, first.level)


def _titles(path: Path) -> Headings:
    return tuple(title for _, title in path if title)


def _pieces(text: str, in_table: bool) -> Iterator[_Piece]:
    fences = _Fences(text)
    position = 0
    while ink := _INK.search(text, position):
        at = ink.start()
        start = _line_start(text, position, at) if at > position else at
        line_end = text.find("\n", at)
        piece = _heading(text, start, at, line_end) or (fences.at(start) if text[at] in "`~" else None)
        piece = piece or _paragraph(text, start, line_end)
        yield piece._replace(kind="table") if in_table else piece
        in_table = False
        position = piece.end


def _line_start(text: str, position: int, ink: int) -> int:
    """Where the line of `ink` begins, so that it keeps its indentation; a very long one is only space."""
    start = text.rfind("\n", position, ink) + 1 or position
    return start if ink - start <= LONGEST_INDENT else ink


def _heading(text: str, start: int, ink: int, line_end: int) -> _Piece | None:
    """A heading in the line from `start` to `line_end`, the patterns asked only where the line's first letter, or the
    next line's, leaves room for one."""
    if text[ink] == "#" and (match := _HEADING.match(text, start)):
        title = (match[2] or "").strip().rstrip("#").rstrip()
        return _Piece("heading", start, match.end(), len(match[1]), title[:200])
    if text[line_end + 1 : line_end + 2] in _UNDER and line_end > 0 and (match := _SETEXT.match(text, start)):
        return _Piece("heading", start, match.end(), 1 if match[2][0] == "=" else 2, match[1].strip())
    return None


def _paragraph(text: str, start: int, line_end: int) -> _Piece:
    end = _PARAGRAPH_END.search(text, start)
    is_table = line_end > 0 and "|" in text[start:line_end] and _TABLE_RULE.match(text, line_end)
    kind: Kind = "table" if is_table else "paragraph"
    return _Piece(kind, start, end.start() if end else len(text))


class _Fences:
    """Fenced code, where the fence is closed within reach; an unclosed fence swallows nothing.

    Where a search failed is remembered, so that a text of many unclosed fences is still read in linear time.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.failed: dict[str, tuple[int, int]] = {}

    def at(self, start: int) -> _Piece | None:
        opening = _FENCE.match(self.text, start)
        if not opening:
            return None
        mark, size = opening[1][0], len(opening[1])
        failed_size, reached = self.failed.get(mark, (0, -1))
        if failed_size and size >= failed_size and start < reached:
            return None
        reach = min(len(self.text), opening.end() + FENCE_REACH)
        closing = re.compile(rf"\n {{0,3}}{re.escape(mark)}{{{size},}}[ \t]*(?=\n|\Z)").search(
            self.text, opening.end(), reach
        )
        if closing:
            return _Piece("fence", start, closing.end())
        self.failed[mark] = (size, reach)
        return None
