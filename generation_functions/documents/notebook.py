"""Notebooks (IPYNB): text as Markdown, code as fenced blocks, printed output after it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import BinaryIO

import orjson

from generation_functions.documents import markdown
from generation_functions.documents.document import Document, Limits, whole
from generation_functions.documents.encoding import clean_text
from generation_functions.documents.plain_text import fenced
from generation_functions.errors import DocumentError
from generation_functions.rows import Json

_TERMINAL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07]*\x07")
"""Colours and moves of a terminal's cursor."""

_REDRAWN = re.compile(r"[^\n]*\r(?!\n)")
"""What a line showed before it was drawn again, as bars of progress are."""

LONGEST_OUTPUT = 2_000
"""Characters of printed output that are kept with a cell."""


def read_notebook(file: BinaryIO, limits: Limits) -> Iterator[Document]:
    """One document: the cells in order. Pictures, tables of widgets and tracebacks are left out."""
    try:
        book = orjson.loads(whole(file, limits))
    except orjson.JSONDecodeError as exc:
        raise DocumentError(f"not a notebook: {exc}") from exc
    cells = book.get("cells") if isinstance(book, Mapping) else None
    if cells is None and isinstance(book, Mapping):
        cells = _of_worksheets(book.get("worksheets"))
    if not isinstance(cells, list):
        raise DocumentError("not a notebook: it has no cells")
    language = _language(book)
    text = clean_text(markdown.blocks(block for cell in cells for block in _cell(cell, language)))
    if not text:
        raise DocumentError("empty")
    yield Document("", text)


def _of_worksheets(sheets: Json) -> list[Json] | None:
    """The cells as format 3 has them, None where there are none."""
    found = [_mapping(sheet).get("cells") for sheet in sheets] if isinstance(sheets, list) else []
    return [cell for cells in found if isinstance(cells, list) for cell in cells] or None


def _language(book: Mapping[str, Json]) -> str:
    kernel = _mapping(_mapping(book.get("metadata")).get("kernelspec"))
    about = _mapping(_mapping(book.get("metadata")).get("language_info"))
    return str(about.get("name") or kernel.get("language") or "")


def _cell(cell: Json, language: str) -> Iterator[str]:
    source = _joined(_mapping(cell).get("source") or _mapping(cell).get("input"))
    if not source.strip():
        return
    if cell.get("cell_type") == "heading":
        level = cell.get("level")
        yield markdown.heading(source, level if isinstance(level, int) else 1)
        return
    if cell.get("cell_type") != "code":
        yield source.strip("\n")
        return
    yield fenced(source, language or _joined(cell.get("language"))).rstrip("\n")
    outputs = _mapping(cell).get("outputs")
    printed = _seen(map(_printed, outputs if isinstance(outputs, list) else []))
    if printed.strip():
        yield fenced(printed[:LONGEST_OUTPUT], "text").rstrip("\n")


def _seen(outputs: Iterable[str]) -> str:
    """What outputs leave to read on a page, without colours and what was drawn over."""
    text = "".join(outputs)
    return _REDRAWN.sub("", _TERMINAL.sub("", text)) if "\x1b" in text or "\r" in text else text


def _printed(output: Json) -> str:
    found = _mapping(output)
    if found.get("output_type") == "stream":
        return _joined(found.get("text"))
    said = _joined(_mapping(found.get("data")).get("text/plain") or found.get("text"))
    return said if said.endswith("\n") or not said else f"{said}\n"


def _joined(value: Json) -> str:
    return "".join(map(str, value)) if isinstance(value, list) else value if isinstance(value, str) else ""


def _mapping(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, Mapping) else {}
