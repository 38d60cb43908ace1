"""Rows of a dataset's file, whoever wrote it: JSON lines, JSON, Parquet or CSV. One shard stands for all of its set."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import TypeAlias

import orjson

from generation_functions.datasets.form import Format
from generation_functions.datasets.formats import common_format
from generation_functions.datasets.naming import shards_of
from generation_functions.errors import ConfigError, DocumentError, Problem
from generation_functions.rows import Json

SAMPLE = 100
"""How many rows are looked at to tell a file's format."""

Skip: TypeAlias = Callable[[ConfigError], None]


def _raised(fault: ConfigError) -> None:
    raise fault


def read_rows(path: Path, *, skip: Skip = _raised, alone: bool = False) -> Iterator[dict[str, Json]]:
    """The rows of a file, or of all the shards it belongs to, streamed (a `.json` file is read whole).

    `alone` reads no other shards.
    `skip` is told of what stands in a row's place and is none; without it, that is raised. Raises `DocumentError` for a
    file that cannot be read, `ConfigError` for one that holds no rows.
    """
    for file in [path] if alone else shards_of(path):
        yield from _read(file, skip)


def detect_format(path: Path) -> Format:
    """The format of a file's rows, by the first hundred. Raises `ConfigError` where they have none, or several."""
    try:
        return common_format(islice(read_rows(path), SAMPLE))
    except ConfigError as exc:
        raise ConfigError([Problem(p.message, p.file or path, p.line, p.hint) for p in exc.problems]) from exc


def is_dataset_file(path: Path) -> bool:
    """Whether a path is a file that can be read, by its ending."""
    return path.suffix.lower() in READERS and path.is_file()


def _read(path: Path, skip: Skip) -> Iterator[dict[str, Json]]:
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise ConfigError(
            f"{path} is no dataset: it ends with none of {', '.join(READERS)}", hint="rename or convert it"
        )
    try:
        yield from reader(path, skip)
    except (ConfigError, DocumentError):
        raise
    except Exception as exc:
        # Parquet's errors are of many kinds, and a file from elsewhere may raise any of them.
        raise DocumentError(
            f"{path} cannot be read: {exc}", hint="Check that it is whole, and what it really is."
        ) from exc


def _jsonl(path: Path, skip: Skip) -> Iterator[dict[str, Json]]:
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                row = _mapping(path, number, _parsed(path, number, line))
            except ConfigError as exc:
                skip(exc)
                continue
            yield row


def _json(path: Path, skip: Skip) -> Iterator[dict[str, Json]]:
    found = _parsed(path, 1, path.read_bytes())
    rows = found if isinstance(found, list) else [found]
    for number, row in enumerate(rows, start=1):
        try:
            row = _mapping(path, number, row)
        except ConfigError as exc:
            skip(exc)
            continue
        yield row


def _parquet(path: Path, skip: Skip) -> Iterator[dict[str, Json]]:
    from generation_functions.datasets.parquet import read_parquet

    yield from read_parquet(path)


def _csv(path: Path, skip: Skip) -> Iterator[dict[str, Json]]:
    from generation_functions.datasets.csv_table import read_csv

    yield from read_csv(path)


def _parsed(path: Path, line: int, data: bytes) -> Json:
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError as exc:
        raise ConfigError(Problem(f"no JSON: {exc}", path, line, hint="mend or remove this line")) from exc


def _mapping(path: Path, line: int, row: Json) -> dict[str, Json]:
    if not isinstance(row, dict):
        raise ConfigError(
            Problem(f"a row is a mapping of fields, not {type(row).__name__}", path, line, hint="mend or remove it")
        )
    return row


READERS: dict[str, Callable[[Path, Skip], Iterator[dict[str, Json]]]] = {
    ".jsonl": _jsonl, ".ndjson": _jsonl, ".json": _json, ".parquet": _parquet, ".csv": _csv,
}  # fmt: skip
