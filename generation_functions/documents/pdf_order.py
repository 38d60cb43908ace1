"""The order in which a page's lines are read: columns one after another, rows of tables together."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

COLUMN_CHARACTERS = 18
"""Characters in the middle line of a column; what is narrower is a table's."""

BULLETS = "•◦▪‣●○■□➢➤►▶◆◇❖✓✔\uf0a7\uf0a8\uf0b7\uf0d8\uf0fc\uf076–—·-"
"""What items begin with, in usual letters and in those of symbol fonts."""

_MARK = re.compile(rf"[{BULLETS}]|\(?(?:\d{{1,2}}|[a-z])[.)]")

FARTHEST_ITEM = 5
"""Heights of type that an item may stand from its mark."""

_MOST_COLUMNS = 6
_MOST_EDGES = 24
"""Left edges of a page that are tried as those of a column."""

Box = tuple[float, float, float, float]
"""Left, bottom, right, top, in points."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of one column. Places are in points from the page's lower left corner; `size` is its type's, in points.

    A row of a table has its cells, too, and where each begins and ends. `fixed` is type of which all letters are as
    wide, as of a typewriter.
    """

    text: str
    left: float
    bottom: float
    right: float
    top: float
    size: float
    page_height: float = 0.0
    cells: tuple[str, ...] = field(default=())
    spans: tuple[tuple[float, float], ...] = field(default=())
    fixed: bool = False


def ordered(lines: Sequence[Line], right_to_left: bool = False) -> list[Line]:
    """The lines in reading order; where the page is read from right to left, so are its columns and rows."""
    if right_to_left:
        return [_mirrored(line) for line in _ordered(_whole(list(map(_mirrored, lines)), True))]
    return list(_ordered(_whole(lines)))


def union(boxes: Sequence[Box]) -> Box:
    """The box around all of these."""
    return (
        min(box[0] for box in boxes), min(box[1] for box in boxes),
        max(box[2] for box in boxes), max(box[3] for box in boxes),
    )  # fmt: skip


def _mirrored(line: Line) -> Line:
    return replace(line, left=-line.right, right=-line.left)


def _ordered(lines: Sequence[Line], depth: int = 0) -> Iterator[Line]:
    rows = _rows(lines)
    if depth > _MOST_COLUMNS * 4 or all(len(row) == 1 for row in rows):
        yield from (line for row in rows for line in row)
        return
    gutter = _gutter(lines)
    if gutter is not None:
        yield from _sides(lines, gutter, depth)
        return
    for part, edge in _bands(lines):
        if edge is not None:
            yield from _sides(part, edge, depth)
        elif len(part) < len(lines):
            yield from _ordered(part, depth + 1)
        else:
            yield from _cut_apart(rows, depth)


def _sides(lines: Sequence[Line], edge: float, depth: int) -> Iterator[Line]:
    yield from _ordered([line for line in lines if line.left < edge], depth + 1)
    yield from _ordered([line for line in lines if line.left >= edge], depth + 1)


def _cut_apart(rows: list[list[Line]], depth: int) -> Iterator[Line]:
    cut = _cut(rows)
    if cut is None:
        yield from map(_joined, rows)
        return
    for half in (rows[:cut], rows[cut:]):
        yield from _ordered([line for row in half for line in row], depth + 1)


def _rows(lines: Sequence[Line]) -> list[list[Line]]:
    """Lines that stand beside one another, from top to bottom, each row from left to right."""
    rows: list[tuple[Line, list[Line]]] = []
    for line in sorted(lines, key=lambda line: -(line.top + line.bottom)):
        if rows and _beside(rows[-1][0], line):
            tallest = max(rows[-1][0], line, key=lambda line: line.top - line.bottom)
            rows[-1] = (tallest, [*rows[-1][1], line])
        else:
            rows.append((line, [line]))
    return [sorted(row, key=lambda line: line.left) for _, row in rows]


def _beside(one: Line, other: Line) -> bool:
    """Whether the middle of the lower one is within the height of the other, or nearly."""
    low, high = sorted((one, other), key=lambda line: line.top - line.bottom)
    room = (high.top - high.bottom) * 0.15
    return high.bottom - room <= (low.top + low.bottom) / 2 <= high.top + room


def _whole(lines: Sequence[Line], mirrored: bool = False) -> list[Line]:
    """The lines, those put together that a raised or lowered number, or the room after an item's mark, divided."""
    found: list[Line] = []
    for row in _rows(lines):
        start = len(found)
        if len(row) == 2 and _begins_item(*row):
            found.append(_put_together(*row))
            continue
        for line in row:
            if len(found) > start and _touch(found[-1], line):
                found[-1] = _put_together(found[-1], line)
            else:
                found.append(line)
    return found


def _begins_item(mark: Line, text: Line) -> bool:
    """Whether a line is the mark of a list's item, and the one beside it the item."""
    return _MARK.fullmatch(mark.text) is not None and text.left - mark.right < text.size * FARTHEST_ITEM


def _touch(line: Line, following: Line) -> bool:
    """Whether a line goes on at once; type of another size, or a letter or two, may stand a little apart.

    Lines that run up or down the page stand as close and do not."""
    size = max(line.size, following.size)
    if any(len(one.text) > 3 and one.top - one.bottom > one.right - one.left for one in (line, following)):
        return False
    small = min(line.size, following.size) < size * 0.85 or min(len(line.text), len(following.text)) <= 2
    return -size * 0.5 < following.left - line.right < size * (0.5 if small else 0.3)


def _put_together(line: Line, following: Line) -> Line:
    gap = following.left - line.right
    larger = max(line, following, key=lambda line: len(line.text))
    left, bottom, right, top = union([(one.left, one.bottom, one.right, one.top) for one in (line, following)])
    text = f"{line.text}{' ' if gap > larger.size * 0.2 else ''}{following.text}"
    size = larger.size if len(larger.text) > 2 else max(line.size, following.size)
    fixed = line.fixed and following.fixed
    return Line(text, left, bottom, right, top, size, line.page_height, fixed=fixed)


# Columns


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


_Bands = list[tuple[list[Line], float | None]]


def _bands(lines: Sequence[Line]) -> _Bands:
    """The page from top to bottom, divided by the lines that stand across its columns: each part with the left edge of
    the column to the right, None for a part that has no columns."""
    lefts = Counter(round(line.left) for line in lines)
    best: _Bands = [(list(lines), None)]
    most = 0
    for left, count in lefts.most_common(_MOST_EDGES):
        if count < 2:
            break
        bands = _divided(lines, left - 1.0)
        held = sum(len(line.text) for part, edge in bands if edge is not None for line in part)
        if held > most:
            best, most = bands, held
    return best


def _divided(lines: Sequence[Line], edge: float) -> _Bands:
    bands: _Bands = []
    for part, across in _between(lines, edge):
        sides = ([line for line in part if line.left < edge], [line for line in part if line.left >= edge])
        if all(map(_is_column, sides)):
            bands.append((part, edge))
        else:
            across = [*part, *across]
        if across and bands and bands[-1][1] is None:
            bands[-1][0].extend(across)
        elif across:
            bands.append((across, None))
    return bands


def _between(lines: Sequence[Line], edge: float) -> Iterator[tuple[list[Line], list[Line]]]:
    """What stands above each line that crosses the edge, and that line."""
    part: list[Line] = []
    for line in sorted(lines, key=lambda line: -(line.top + line.bottom)):
        if line.left < edge < line.right:
            yield part, [line]
            part = []
        else:
            part.append(line)
    yield part, []


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
    left, bottom, right, top = union([(line.left, line.bottom, line.right, line.top) for line in row])
    cells, spans = tuple(line.text for line in row), tuple((line.left, line.right) for line in row)
    fixed = all(line.fixed for line in row)
    return Line("  ".join(cells), left, bottom, right, top, row[0].size, row[0].page_height, cells, spans, fixed)
