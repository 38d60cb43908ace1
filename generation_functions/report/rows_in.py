"""The rows of a dataset file: JSON lines, Parquet or CSV, one after another."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path

import orjson

from generation_functions.errors import StoreError
from generation_functions.rows import Json

SUFFIXES = (".jsonl", ".ndjson", ".parquet", ".csv", ".txt")
_BATCH = 1_000


def rows_in(path: Path) -> Iterator[Mapping[str, Json] | None]:
    """Each row's fields, in order; None for a line that is no row. A text file's lines are rows with a `text`.

    Raises `StoreError` for a file that is not there, cannot be read, or is of no kind that is known.
    """
    readers = {".parquet": _parquet, ".csv": _csv, ".txt": _lines}
    if path.suffix.lower() not in SUFFIXES:
        raise StoreError(f"{path} is no dataset file", hint=f"Name a run's folder, or a file: {', '.join(SUFFIXES)}.")
    try:
        yield from readers.get(path.suffix.lower(), _json_lines)(path)
    except OSError as exc:
        raise StoreError(
            f"{path} cannot be read: {exc.strerror or exc}", hint="Check the path and its rights."
        ) from exc


def _json_lines(path: Path) -> Iterator[Mapping[str, Json] | None]:
    with path.open("rb") as file:
        for line in file:
            if line.strip():
                yield _row(line)


def _row(line: bytes) -> Mapping[str, Json] | None:
    try:
        found = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    return found if isinstance(found, dict) else None


def _parquet(path: Path) -> Iterator[Mapping[str, Json] | None]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=_BATCH):
                yield from batch.to_pylist()
    except pa.ArrowInvalid as exc:
        raise StoreError(f"{path} is no Parquet file: {exc}") from exc


def _csv(path: Path) -> Iterator[Mapping[str, Json] | None]:
    csv.field_size_limit(1 << 30)
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        try:
            yield from ({str(name): value for name, value in row.items()} for row in csv.DictReader(file))
        except csv.Error as exc:
            raise StoreError(f"{path} is no CSV file: {exc}") from exc


def _lines(path: Path) -> Iterator[Mapping[str, Json] | None]:
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        yield from ({"text": line.strip()} for line in file if line.strip())
