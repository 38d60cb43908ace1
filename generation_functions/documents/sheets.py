"""Spreadsheets: a Markdown table per sheet under its name; CSV and TSV as one table."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO

from generation_functions.documents import markdown
from generation_functions.documents.document import Document, Limits, whole
from generation_functions.documents.encoding import clean_text
from generation_functions.documents.long_document import LongDocument, long_text
from generation_functions.documents.plain_text import text_of
from generation_functions.errors import DocumentError

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

LINES = 4_096
"""Lines of a long table that are made at a time."""

LONGEST_FIELD = 16 * 1024 * 1024
_DELIMITERS = ",;\t|"
_TOLD = re.compile(r"\Asep=([^\w\s\"]|\t)\n")
"""The first line that spreadsheet programs write to tell the mark between fields."""


def read_workbook(file: BinaryIO, limits: Limits) -> Iterator[Document]:
    """One document of a workbook (XLSX, XLSM, XLSB, XLS, ODS); a page per sheet. Formulas are given by their values."""
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    data = whole(file, limits)
    _refuse_bomb(data, limits)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        text, pages = markdown.paged(_sheet(workbook, name) for name in workbook.sheet_names)
    except PasswordError as exc:
        raise DocumentError("encrypted: it needs a password", hint="save it without a password") from exc
    except CalamineError as exc:
        raise DocumentError(f"damaged, or not what its name says: {exc}") from exc
    if not text:
        raise DocumentError("empty")
    yield Document("", text, pages=pages)


def _sheet(workbook: CalamineWorkbook, name: str) -> str:
    rows = workbook.get_sheet_by_name(name).to_python(skip_empty_area=True)
    grid = markdown.table([_shown(value) for value in row] for row in rows)
    return clean_text(markdown.blocks([markdown.heading(name, 2), grid])) if grid else ""


def _refuse_bomb(data: bytes, limits: Limits) -> None:
    """The library unpacks by itself, so what it would unpack is looked at first."""
    from zipfile import BadZipFile, ZipFile

    from generation_functions.documents.package import refuse_bomb

    if not data.startswith(b"PK"):
        return
    try:
        parts = ZipFile(io.BytesIO(data)).infolist()
    except (BadZipFile, ValueError, NotImplementedError) as exc:
        raise DocumentError(f"damaged, or not what its name says: {exc}") from exc
    for part in parts:
        refuse_bomb(part.file_size, part.compress_size, limits)
    if sum(part.file_size for part in parts) > limits.max_expanded:
        raise DocumentError("unpacks to more than the limit")


def _shown(value: object) -> str:
    """A cell as a person would write it: whole numbers without a point, midnight without a time."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    text = str(value)
    return text.removesuffix(" 00:00:00")


def read_table(file: BinaryIO, limits: Limits, delimiter: str = "") -> Iterator[Document]:
    """One document of delimited text; without a delimiter, by the one that its first lines agree on."""
    csv.field_size_limit(LONGEST_FIELD)
    try:
        if (long := long_text(file, limits)) is not None:
            yield _long_table(long, delimiter)
            return
        text, facts = text_of(file, limits)
        told = _TOLD.match(text)
        mark = told[1] if told else delimiter or _delimiter(text)
        grid = markdown.table(csv.reader(io.StringIO(text[told.end() if told else 0 :]), delimiter=mark))
    except csv.Error as exc:
        raise DocumentError(f"not a table: {exc}") from exc
    if not grid:
        raise DocumentError("empty")
    yield Document("", grid + "\n", metadata=facts)


def _long_table(text: LongDocument, delimiter: str) -> LongDocument:
    """The same of a text that is not held: its rows are gone through for the table's width, and again for the table."""
    first = next(text.parts())
    told = _TOLD.match(first)
    mark = told[1] if told else delimiter or _delimiter(first)

    def rows() -> Iterator[list[str]]:
        return csv.reader(islice(_lines(text.parts()), bool(told), None), delimiter=mark)

    width = markdown.table_width(rows())
    if not width:
        raise DocumentError("empty")

    def parts() -> Iterator[str]:
        lines = markdown.table_lines(rows(), width)
        while part := "".join(f"{line}\n" for line in islice(lines, LINES)):
            yield part

    return LongDocument("", parts)


def _lines(parts: Iterable[str]) -> Iterator[str]:
    """The lines of a text, each with its end."""
    held = ""
    for part in parts:
        *lines, held = (held + part).split("\n")
        yield from (f"{line}\n" for line in lines)
    if held:
        yield held


def _delimiter(text: str) -> str:
    """The mark that divides most of the first lines into the same number of fields, more than one."""
    lines = text[:65_536].splitlines()[:20]

    def agreement(mark: str) -> tuple[int, int]:
        widths = [len(row) for row in csv.reader(lines, delimiter=mark) if row]
        usual = max(set(widths), key=widths.count, default=1)
        return (widths.count(usual) if usual > 1 else 0, usual)

    return max(_DELIMITERS, key=agreement)
