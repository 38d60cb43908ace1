"""The lines of a PDF page with their places, in reading order: columns one after another, rows of tables together."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pypdfium2 import PdfPage, PdfTextPage

COLUMN_CHARACTERS = 18
"""Characters in the middle line of a column; what is narrower is a table's."""

_HYPHENS = {"\ufffe": "\u00ad", "\x02": "\u00ad"}
_MOST_COLUMNS = 6


@dataclass(frozen=True, slots=True)
class Line:
    """One line of one column. Places are in points from the page's lower left corner; `size` is its type's, in points.

    A row of a table has its cells, too.
    """

    text: str
    left: float
    bottom: float
    right: float
    top: float
    size: float
    page_height: float = 0.0
    cells: tuple[str, ...] = field(default=())


def page_lines(page: PdfPage) -> list[Line]:
    """The page's lines in reading order. A hyphen that a line was broken at is a soft one (U+00AD)."""
    textpage = page.get_textpage()
    try:
        found = list(_segments(textpage, page.get_height()))
    finally:
        textpage.close()
    return list(_ordered(found))


def _segments(textpage: PdfTextPage, height: float) -> Iterator[Line]:
    from pypdfium2 import raw

    count = textpage.count_chars()
    if count <= 0:
        return
    buffer = (ctypes.c_ushort * (count + 1))()
    raw.FPDFText_GetText(textpage.raw, 0, count, buffer)
    text = bytes(buffer)[: count * 2].decode("utf-16-le", "surrogatepass")
    if len(text) != count:
        # Characters beyond the basic plane take two places there and one here.
        text = "".join(char + "\0" * (ord(char) > 0xFFFF) for char in text)[:count]
    at = 0
    for line in text.split("\n"):
        end = at + len(line)
        if line.strip("\r \t\0"):
            yield from _placed(textpage, at, line, height)
        at = end + 1


def _placed(textpage: PdfTextPage, at: int, line: str, height: float) -> Iterator[Line]:
    """One line of the text with its box, or its parts where a gap divides it."""
    from pypdfium2 import raw

    stripped = line.rstrip("\r \t\0")
    skipped = len(stripped) - len(stripped.lstrip())
    boxes = _boxes(textpage, at + skipped, len(stripped) - skipped)
    if not boxes:
        return
    size = raw.FPDFText_GetFontSize(textpage.raw, at + skipped) or 1.0
    size = _visible_size(size, boxes)
    groups = _grouped(boxes, size)
    if len(groups) == 1:
        yield _line(stripped.strip(), groups[0], size, height)
        return
    for group in groups:
        left, bottom, right, top = _union(group)
        text = textpage.get_text_bounded(left - 0.5, bottom - 0.5, right + 0.5, top + 0.5)
        if text.strip():
            yield _line(" ".join(text.split()), group, size, height)


Box = tuple[float, float, float, float]


def _boxes(textpage: PdfTextPage, at: int, count: int) -> list[Box]:
    from pypdfium2 import raw

    left, top, right, bottom = (ctypes.c_double() for _ in range(4))
    boxes = []
    for index in range(raw.FPDFText_CountRects(textpage.raw, at, count)):
        if raw.FPDFText_GetRect(textpage.raw, index, left, top, right, bottom):
            boxes.append((left.value, bottom.value, right.value, top.value))
    return boxes


def _visible_size(size: float, boxes: Sequence[Box]) -> float:
    """The size of type as it is seen: some files set type of one point and magnify it."""
    tallest = max(top - bottom for _, bottom, _, top in boxes)
    return tallest * 1.3 if size <= 2 or tallest > size * 3 else size


def _grouped(boxes: Sequence[Box], size: float) -> list[list[Box]]:
    groups: list[list[Box]] = []
    for box in boxes:
        gap = box[0] - groups[-1][-1][2] if groups else 0.0
        if groups and -size < gap < size * 1.6:
            groups[-1].append(box)
        else:
            groups.append([box])
    return groups


def _union(boxes: Sequence[Box]) -> Box:
    return (
        min(box[0] for box in boxes), min(box[1] for box in boxes),
        max(box[2] for box in boxes), max(box[3] for box in boxes),
    )  # fmt: skip


def _line(text: str, boxes: Sequence[Box], size: float, height: float) -> Line:
    text = "".join(_HYPHENS.get(char, char) for char in text if char != "\0" and (char >= " " or char in "\t\x02"))
    left, bottom, right, top = _union(boxes)
    # Letters of a font that is not at hand have boxes without height.
    return Line(text, left, bottom, right, max(top, bottom + size * 0.5), size, height)


# Reading order


def _ordered(lines: list[Line], depth: int = 0) -> Iterator[Line]:
    """Columns from left to right, each from top to bottom; what stands across them divides the page."""
    rows = _rows(lines)
    if depth > _MOST_COLUMNS * 4 or all(len(row) == 1 for row in rows):
        yield from (line for row in rows for line in row)
        return
    gutter = _gutter(lines)
    if gutter is not None:
        for side in ([line for line in lines if line.right <= gutter], [line for line in lines if line.left >= gutter]):
            yield from _ordered(side, depth + 1)
        return
    cut = _cut(rows)
    if cut is not None:
        yield from _ordered([line for row in rows[:cut] for line in row], depth + 1)
        yield from _ordered([line for row in rows[cut:] for line in row], depth + 1)
        return
    yield from map(_joined, rows)


def _rows(lines: Sequence[Line]) -> list[list[Line]]:
    """Lines that stand beside one another, from top to bottom, each row from left to right."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: -(line.top + line.bottom)):
        middle = (line.top + line.bottom) / 2
        if rows and rows[-1][0].bottom <= middle <= rows[-1][0].top:
            rows[-1].append(line)
        else:
            rows.append([line])
    return [sorted(row, key=lambda line: line.left) for row in rows]


def _gutter(lines: Sequence[Line]) -> float | None:
    """Where a vertical gap divides all lines into two sides that read as columns."""
    edge = -1e9
    for line in sorted(lines, key=lambda line: line.left):
        if edge > -1e9 and line.left > edge + line.size * 0.5:
            middle = (edge + line.left) / 2
            sides = ([one for one in lines if one.right <= middle], [one for one in lines if one.left >= middle])
            if all(map(_is_column, sides)):
                return middle
        edge = max(edge, line.right)
    return None


def _is_column(lines: Sequence[Line]) -> bool:
    lengths = sorted(_width(line.text) for line in lines)
    return len(lines) >= 2 and lengths[len(lengths) // 2] >= COLUMN_CHARACTERS


def _width(text: str) -> int:
    """Letters, those of East Asia counted double."""
    return len(text) + sum(1 for char in text if "\u2e80" <= char <= "\uffdc")


def _cut(rows: list[list[Line]]) -> int | None:
    """The row before or after which columns begin or end: at rows of one line that stand across a gutter of others."""
    for index in range(1, len(rows)):
        above, below = rows[index - 1], rows[index]
        if (len(above) == 1) != (len(below) == 1):
            one, more = (above[0], below) if len(above) == 1 else (below[0], above)
            if any(one.left < line.left - 1 < one.right for line in more[1:]):
                return index
    return None


def _joined(row: list[Line]) -> Line:
    """A row of a table as one line."""
    if len(row) == 1:
        return row[0]
    left, bottom, right, top = _union([(line.left, line.bottom, line.right, line.top) for line in row])
    cells = tuple(line.text for line in row)
    return Line("  ".join(cells), left, bottom, right, top, row[0].size, row[0].page_height, cells)
