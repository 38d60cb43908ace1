"""Lines of pages as Markdown: paragraphs mended, headings by their size, tables by their cells."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby, pairwise

from generation_functions.documents import markdown
from generation_functions.documents.encoding import clean_text
from generation_functions.documents.pdf_order import BULLETS, Line
from generation_functions.documents.plain_text import fenced

HEADING = 1.15
"""How much larger than the body's a heading's type is."""

LONGEST_HEADING = 200
_END = re.compile(r"[.!?:;…。！？；：؟।”\"»」』)]\s*$")
_BULLET = re.compile(rf"^(?:[{BULLETS}]|\(?\d{{1,2}}[.)]|\(?[a-z]\))\s+(?=\S)")
_EAST_ASIAN = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]")
_UNSPACED = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
_LEADERS = re.compile(r"(?:\.\s?){4,}\s*\w{1,6}$")
"""Dots that lead to a page number, in a table of contents."""

_BROKEN = re.compile(r"[^\W\d_][-\u2010\u00ad]$")


@dataclass(frozen=True)
class PageText:
    """A page's blocks, and whether its first goes on with the last one of the page before."""

    blocks: list[str] = field(default_factory=list)
    goes_on: bool = False
    open_end: bool = False

    @classmethod
    def of(cls, lines: Sequence[Line], size: dict[float, int], in_type: bool = False) -> PageText:
        """The text of one page's lines; `size` is from `body_size`, `in_type` from `is_typewritten`."""
        if in_type:
            lines = [replace(line, fixed=False) for line in lines]
        groups = list(_groups(lines, size))
        blocks = [_block(group, size) for group in groups]
        if not groups:
            return cls()
        first, last = groups[0], groups[-1]
        if first[0].fixed or last[-1].fixed:
            return cls(blocks)
        starts_low = first[0].text[:1].islower() or bool(_EAST_ASIAN.match(first[0].text))
        open_end = not last[-1].cells and not heading_level(last[0], size) and not _END.search(last[-1].text)
        return cls(blocks, starts_low and not heading_level(first[0], size) and not first[0].cells, open_end)


def body_size(pages: Sequence[Sequence[Line]]) -> dict[float, int]:
    """Heading level by size of type: sizes above that of most letters, the largest first, at most four of them."""
    letters: Counter[float] = Counter()
    for lines in pages:
        for line in lines:
            letters[_rounded(line.size)] += len(line.text)
    if not letters:
        return {}
    body = letters.most_common(1)[0][0]
    larger = sorted((size for size in letters if size >= body * HEADING), reverse=True)
    return {size: min(level, 4) for level, size in enumerate(larger, 1)}


def is_typewritten(pages: Sequence[Sequence[Line]]) -> bool:
    """Whether a document is in a typewriter's type as a whole, so that it says nothing of code."""
    fixed = sum(len(line.text) for lines in pages for line in lines if line.fixed)
    return fixed * 2 > sum(len(line.text) for lines in pages for line in lines)


def assembled(pages: Sequence[PageText]) -> tuple[str, tuple[int, ...]]:
    """The text of all pages and where each begins. A sentence that goes on across a page is not broken."""
    parts: list[str] = []
    offsets: list[tuple[int, bool]] = []
    length, open_end = 0, False
    for page in pages:
        text = clean_text("\n\n".join(block for block in page.blocks if block.strip()))
        if parts and text:
            dropped, between = _joint(parts[-1], text) if open_end and page.goes_on else (0, "\n\n")
            if dropped:
                parts[-1] = parts[-1][:-dropped]
                length -= dropped
            parts.append(between)
            length += len(between)
        offsets.append((length, bool(text)))
        parts += [text] if text else []
        length += len(text)
        open_end = page.open_end if text else open_end
    return ("".join(parts) + "\n" if parts else "", markdown.placed(offsets, length))


def _rounded(size: float) -> float:
    return round(size * 2) / 2


def heading_level(line: Line, size: dict[float, int]) -> int:
    """The level of a heading, by what `body_size` told; 0 for a line that is none."""
    if len(line.text) > LONGEST_HEADING or line.cells or _LEADERS.search(line.text):
        return 0
    return size.get(_rounded(line.size), 0)


def _groups(lines: Sequence[Line], size: dict[float, int]) -> Iterator[list[Line]]:
    """Lines that belong together: a paragraph, a heading, a table."""
    group: list[Line] = []
    usual = _usual_gap(lines)
    for line in lines:
        if group and not _belongs(group, line, size, usual):
            yield group
            group = []
        group.append(line)
    if group:
        yield group


def _usual_gap(lines: Sequence[Line]) -> float:
    """Points from one baseline to the next, where lines follow closely."""
    gaps = sorted(
        above.bottom - below.bottom
        for above, below in pairwise(lines)
        if 0 < above.bottom - below.bottom < above.size * 3
    )
    return gaps[len(gaps) // 2] if gaps else 14.0


def _belongs(group: list[Line], line: Line, size: dict[float, int], usual: float) -> bool:
    last = group[-1]
    if line.fixed or last.fixed:
        return line.fixed and last.fixed and 0 < last.bottom - line.bottom < line.size * 4
    if bool(line.cells) or bool(last.cells):
        return bool(line.cells) and bool(last.cells)
    if heading_level(last, size) != heading_level(line, size) or _BULLET.match(line.text) or _LEADERS.search(last.text):
        return False
    gap = last.bottom - line.bottom
    if gap <= 0:
        # The top of the next column.
        return not _END.search(last.text) and not heading_level(line, size)
    widest = max(one.right - one.left for one in group)
    ends_short = last.right - last.left < widest * 0.8 and len(group) > 1
    indented = line.left > group[-1].left + line.size * 0.8 and len(group) > 1
    return (
        gap < usual * 1.35
        and not (ends_short and _END.search(last.text))
        and not (indented and bool(_END.search(last.text)))
    )


def _block(group: list[Line], size: dict[float, int]) -> str:
    if group[0].fixed and len(group) > 1:
        return _code(group)
    if group[0].cells:
        return _table(group)
    text = group[0].text
    for line in group[1:]:
        dropped, between = _joint(text, line.text)
        text = text[: len(text) - dropped] + between + line.text
    level = heading_level(group[0], size)
    if level and len(text) <= LONGEST_HEADING:
        return markdown.heading(text, level)
    if match := _BULLET.match(text):
        mark = match[0].strip()
        return f"{mark if mark.strip('().').isalnum() else '-'} {text[match.end() :]}"
    return markdown.paragraph(text)


def _code(group: list[Line]) -> str:
    """Lines of code as they stand: each as far in, and as far below the one before."""
    edge = min(line.left for line in group)
    longest = max(group, key=lambda line: len(line.text))
    # The room beside the ink of a line's last letter is in no box.
    letter = max(1.0, (longest.right - longest.left) / max(1.0, len(longest.text) - 0.2))
    gaps = sorted(above.bottom - below.bottom for above, below in pairwise(group))
    said: list[str] = []
    for number, line in enumerate(group):
        gap = group[number - 1].bottom - line.bottom if number else 0.0
        blank = max(0, round(gap / max(1.0, gaps[0])) - 1) if number else 0
        inside = round((line.left - edge) / letter)
        said += [*[""] * min(blank, 2), " " * min(inside, 80) + line.text]
    return fenced("\n".join(said)).rstrip("\n")


def _table(group: list[Line]) -> str:
    """Rows of cells as a table where their numbers agree; otherwise as lines."""
    widths = Counter(len(line.cells) for line in group)
    usual = widths.most_common(1)[0][0]
    if len(group) < 2 or widths[usual] * 2 < len(group):
        return "\n".join(markdown.paragraph(line.text) for line in group)
    columns = _columns([line for line in group if len(line.cells) == usual])
    parts = []
    for fits, lines in groupby(group, key=lambda line: len(line.cells) <= usual):
        rows = list(lines)
        parts.append(
            markdown.table(_aligned(line, columns) for line in rows) if fits else "\n".join(line.text for line in rows)
        )
    return "\n\n".join(parts)


def _columns(rows: Sequence[Line]) -> list[tuple[float, float]]:
    """Where the columns of whole rows begin and end."""
    return [
        (min(begin for begin, _ in spans), max(end for _, end in spans))
        for spans in zip(*(row.spans for row in rows), strict=True)
    ]


def _aligned(row: Line, columns: Sequence[tuple[float, float]]) -> Sequence[str]:
    """The cells of a row, each in its column: where some are blank, those below whose column they stand."""
    if len(row.cells) >= len(columns):
        return row.cells
    cells = [""] * len(columns)
    at = 0
    for number, (text, span) in enumerate(zip(row.cells, row.spans, strict=True)):
        free = range(at, len(columns) - (len(row.cells) - number - 1))
        best = max(free, key=lambda column: min(span[1], columns[column][1]) - max(span[0], columns[column][0]))
        cells[best], at = text, best + 1
    return cells


def _joint(before: str, after: str) -> tuple[int, str]:
    """How many characters go at the end of a line, and what stands between it and the next: nothing where a word was
    broken or the script has no spaces."""
    if _BROKEN.search(before):
        return (1 if before.endswith("\u00ad") or after[:1].islower() else 0), ""
    if _UNSPACED.match(before[-1:]) and _UNSPACED.match(after[:1]):
        return 0, ""
    return 0, " "
