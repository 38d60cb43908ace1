"""Rows as a CSV table and back. What is no text is JSON in its cell; a missing field is an empty cell.

Cells are written so that reading gives back what was written: a text that would be taken for JSON is put in JSON's
quotes, except in the columns that are always text, where every cell is taken as it stands.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import orjson

from generation_functions.errors import ConfigError
from generation_functions.rows import Json

ALWAYS_TEXT = frozenset({"text", "instruction", "input", "output", "system"})
TEXT_OR_MESSAGES = frozenset({"prompt", "completion", "chosen", "rejected"})
MISSING = object()


def write_csv(sources: Sequence[Path], targets: Sequence[Path]) -> tuple[str, ...]:
    """Write the rows of each JSONL file as a table; all have the same columns. Gives what they do not say."""
    columns = list(dict.fromkeys(name for source in sources for row in _rows(source) for name in row))
    lost: dict[str, None] = {}
    for source, target in zip(sources, targets, strict=True):
        with target.open("w", encoding="utf-8", newline="") as file:
            table = csv.writer(file, lineterminator="\r\n")
            table.writerow(columns)
            for row in _rows(source):
                table.writerow([cell_of(name, row.get(name, MISSING)) for name in columns])
                lost.update(dict.fromkeys(_losses(row, columns)))
    return tuple(lost)


def read_csv(path: Path) -> Iterator[dict[str, Json]]:
    """The rows of a table with a header. Raises `OSError`, `ConfigError`."""
    csv.field_size_limit(sys.maxsize)
    with path.open(encoding="utf-8-sig", newline="") as file:
        table = csv.reader(file, strict=True)
        try:
            columns = next(table, [])
            for cells in table:
                yield _row(path, table.line_num, columns, cells)
        except (csv.Error, UnicodeDecodeError) as exc:
            raise ConfigError(f"{path} is no table in UTF-8: {exc}", hint="save it anew as CSV in UTF-8") from exc


def cell_of(column: str, value: Json) -> str:
    """A value as a cell."""
    if value is MISSING:
        return ""
    if not isinstance(value, str):
        return orjson.dumps(value).decode()
    if column in ALWAYS_TEXT or value_of(column, value) == value:
        return value
    return orjson.dumps(value).decode()


def value_of(column: str, cell: str) -> Json:
    """A cell as a value; `MISSING` for an empty one, where that is no text."""
    if column in ALWAYS_TEXT or (column in TEXT_OR_MESSAGES and not cell.startswith(("[", "{", '"'))):
        return cell
    if not cell:
        return MISSING
    try:
        return orjson.loads(cell)
    except orjson.JSONDecodeError:
        return cell


def _row(path: Path, line: int, columns: Sequence[str], cells: Sequence[str]) -> dict[str, Json]:
    if len(cells) > len(columns):
        raise ConfigError(
            f"{path}:{line}: {len(cells)} cells under {len(columns)} columns", hint="put texts with commas in quotes"
        )
    values = ((name, value_of(name, cell)) for name, cell in zip(columns, cells, strict=False))
    return {name: value for name, value in values if value is not MISSING}


def _losses(row: Mapping[str, Json], columns: Sequence[str]) -> Iterator[str]:
    for name in columns:
        if name not in row and (name in ALWAYS_TEXT or name in TEXT_OR_MESSAGES):
            yield f"whether `{name}` is missing or empty"
        elif value_of(name, cell_of(name, row.get(name, MISSING))) != row.get(name, MISSING):
            yield f"what kind of value `{name}` is, where it is no text"


def _rows(source: Path) -> Iterator[dict[str, Json]]:
    with source.open("rb") as lines:
        yield from map(orjson.loads, lines)
