"""The lines of a PDF page with their places, in reading order."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from generation_functions.documents.pdf_direction import RIGHT_TO_LEFT, logical, mostly_right_to_left, words
from generation_functions.documents.pdf_order import Box, Line, ordered, union

if TYPE_CHECKING:
    from pypdfium2 import PdfPage, PdfTextPage

FIXED_PITCH = 1
"""The flag of a font whose letters are all as wide."""

_TYPEWRITER = re.compile(rb"mono|courier|consol|typewriter|menlo|cmtt", re.IGNORECASE)
_HYPHENS = {"\ufffe": "\u00ad", "\x02": "\u00ad"}


def page_lines(page: PdfPage, written: Sequence[Line] = ()) -> list[Line]:
    """The page's lines in reading order, with those that were written into its form.

    A hyphen that a line was broken at is a soft one (U+00AD)."""
    textpage = page.get_textpage()
    try:
        found = [*_segments(textpage, page.get_height()), *written]
    finally:
        textpage.close()
    return ordered(found, mostly_right_to_left(line.text for line in found))


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
    if RIGHT_TO_LEFT.search(line):
        yield from _backward(textpage, at + skipped, len(stripped) - skipped, height)
        return
    boxes = _boxes(textpage, at + skipped, len(stripped) - skipped)
    if not boxes:
        return
    size = raw.FPDFText_GetFontSize(textpage.raw, at + skipped) or 1.0
    size = _visible_size(size, boxes)
    fixed = all(_is_fixed(textpage, at + index) for index in _looked_at(stripped, skipped))
    groups = _grouped(boxes, size)
    if len(groups) == 1:
        yield _line(stripped.strip(), groups[0], size, height, fixed)
        return
    for group in groups:
        left, bottom, right, top = union(group)
        text = textpage.get_text_bounded(left - 0.5, bottom - 0.5, right + 0.5, top + 0.5)
        if text.strip():
            yield _line(" ".join(text.split()), group, size, height, fixed)


def _backward(textpage: PdfTextPage, at: int, count: int, height: float) -> Iterator[Line]:
    """The same of a line with words written from right to left."""
    from pypdfium2 import raw

    found = words(textpage, at, count)
    boxes = [union([glyph.box for glyph in word]) for word in found]
    size = _visible_size(raw.FPDFText_GetFontSize(textpage.raw, at) or 1.0, boxes or [(0.0, 0.0, 0.0, 0.0)])
    start = 0
    for group in _grouped(boxes, size):
        yield _line(logical(found[start : start + len(group)]), group, size, height)
        start += len(group)


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


def _looked_at(line: str, start: int) -> set[int]:
    """Where some of a line's characters stand, the first and the last among them."""
    third = (len(line) - start) // 3
    return {
        next(index for index in range(first, len(line)) if not line[index].isspace())
        for first in (start, start + third, start + 2 * third, len(line) - 1)
    }


def _is_fixed(textpage: PdfTextPage, index: int) -> bool:
    """Whether a character is of a typewriter's font, as the font or its name says."""
    from pypdfium2 import raw

    name, flags = ctypes.create_string_buffer(64), ctypes.c_int()
    raw.FPDFText_GetFontInfo(textpage.raw, index, name, 64, flags)
    return bool(flags.value & FIXED_PITCH) or _TYPEWRITER.search(name.value) is not None


def _line(text: str, boxes: Sequence[Box], size: float, height: float, fixed: bool = False) -> Line:
    text = "".join(_HYPHENS.get(char, char) for char in text if char != "\0" and (char >= " " or char in "\t\x02"))
    left, bottom, right, top = union(boxes)
    # Letters of a font that is not at hand have boxes without height.
    return Line(text, left, bottom, right, max(top, bottom + size * 0.5), size, height, fixed=fixed)
