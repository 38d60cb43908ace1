"""The tables of reStructuredText, drawn with characters or written as lists, as rows of cells."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence

_GRID = re.compile(r"\+(?:[-=]+\+)+$")
_ROW = re.compile(r"\s*\*\s+(-)(?:\s(.*))?$")
_SIMPLE = re.compile(r"=+(?: +=+)+$")


def is_grid(lines: Sequence[str]) -> bool:
    """Whether a block is drawn with `+---+`."""
    return bool(_GRID.match(lines[0].strip()))


def is_simple(lines: Sequence[str]) -> bool:
    """Whether a block is drawn with columns of `===`."""
    return bool(_SIMPLE.match(lines[0].strip()))


def grid_rows(lines: Sequence[str]) -> Iterator[list[str]]:
    """The rows of a grid; a cell's lines are joined."""
    cells: list[list[str]] = []
    for line in (line.strip() for line in lines):
        if line.startswith("+"):
            if any(any(parts) for parts in cells):
                yield [" ".join(filter(None, parts)) for parts in cells]
            cells = []
        elif line.startswith("|"):
            for column, value in enumerate(line.strip("|").split("|")):
                if column == len(cells):
                    cells.append([])
                cells[column].append(value.strip())


def simple_rows(lines: Sequence[str]) -> Iterator[list[str]]:
    """The rows between the rules; a line with an empty first column goes on with the row before."""
    spans = [match.span() for match in re.finditer(r"=+", lines[0])]
    spans[-1] = (spans[-1][0], 1 << 20)
    row: list[str] = []
    for line in lines[1:]:
        if _SIMPLE.match(line.strip()) or not line.strip():
            continue
        cells = [line[begin:end].strip() for begin, end in spans]
        if row and not cells[0]:
            row = [" ".join(filter(None, pair)) for pair in zip(row, cells, strict=True)]
            continue
        if row:
            yield row
        row = cells
    if row:
        yield row


def csv_rows(lines: Sequence[str]) -> Iterator[list[str]]:
    """The rows of delimited text, of which the first may be empty."""
    rows = csv.reader((line for line in lines if line.strip()), skipinitialspace=True)
    while True:
        try:
            yield next(rows)
        except StopIteration:
            return
        except csv.Error:
            continue


def list_rows(lines: Sequence[str]) -> Iterator[list[str]]:
    """The rows of a list of lists: a row begins with `* -`, and each further cell with `-` below the first."""
    row: list[str] = []
    indent = 0
    for line in lines:
        inner = len(line) - len(line.lstrip())
        if begins := _ROW.match(line):
            if row:
                yield row
            row, indent = [(begins[2] or "").strip()], begins.start(1)
        elif row and inner == indent and line.strip()[:2] in ("-", "- "):
            row.append(line.strip()[1:].strip())
        elif row and line.strip():
            row[-1] = f"{row[-1]} {line.strip()}".strip()
    if row:
        yield row
