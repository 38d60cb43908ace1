"""JSON lines into Parquet, a row group at a time: one schema for all rows, found by reading them once beforehand.

A column whose values have no common type (text here, a list there) is written as JSON text, and named in the answer;
the schemas of tools are JSON text always. A column's metadata says so to whoever reads the file with this module. The
bytes depend on the rows and the library's version alone. What a mapping has not is null in Parquet, so reading leaves
out what is null.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from generation_functions.datasets.plain_rows import AS_JSON_TEXT, GROUP_ROWS, write_plain
from generation_functions.rows import Json

JSON_TEXT = b"millrace.json_text"


def write_parquet(sources: Sequence[Path], targets: Sequence[Path]) -> tuple[str, ...]:
    """Write the rows of each JSONL file as Parquet, all in one schema. Returns the columns that became JSON text.

    Raises `OSError`. Files without rows have no columns, and so no Parquet form: the caller leaves them out.
    """
    if write_plain(sources, targets):
        return ()
    columns = _columns(sources)
    while (stubborn := _write_all(sources, targets, columns)) is not None:
        columns[stubborn] = None
    pa.default_memory_pool().release_unused()  # it would keep what it took until the process ends
    return tuple(name for name, found in columns.items() if found is None and name not in AS_JSON_TEXT)


def read_parquet(path: Path) -> Iterator[dict[str, Json]]:
    """The rows of a Parquet file, a row group's part at a time. Raises `OSError`, `pyarrow.ArrowException`."""
    with pq.ParquetFile(path) as file:
        as_text = {field.name for field in file.schema_arrow if (field.metadata or {}).get(JSON_TEXT) == b"1"}
        for batch in file.iter_batches(GROUP_ROWS):
            for row in batch.to_pylist():
                yield {name: _read_back(value, name in as_text) for name, value in row.items() if value is not None}


def _read_back(value: Json, as_text: bool) -> Json:
    if as_text:
        return orjson.loads(value)
    if isinstance(value, dict):
        return {name: _read_back(item, False) for name, item in value.items() if item is not None}
    return [_read_back(item, False) for item in value] if isinstance(value, list) else value


def _write_all(sources: Sequence[Path], targets: Sequence[Path], columns: Mapping[str, Any]) -> str | None:
    found = (_write(source, target, columns) for source, target in zip(sources, targets, strict=True))
    return next((stubborn for stubborn in found if stubborn is not None), None)


def _write(source: Path, target: Path, columns: Mapping[str, Any]) -> str | None:
    """Write all rows; the name of a column whose values its type cannot hold after all, and then no whole file."""
    schema = pa.schema([_field(name, found) for name, found in columns.items()])
    with pq.ParquetWriter(target, schema, compression="zstd") as writer:
        for rows in _groups(source):
            arrays = {name: _array(rows, name, found) for name, found in columns.items()}
            stubborn = next((name for name, array in arrays.items() if array is None), None)
            if stubborn is not None:
                return stubborn
            writer.write_table(pa.Table.from_arrays(list(arrays.values()), schema=schema))
    return None


def _field(name: str, found: Any) -> Any:
    return pa.field(name, pa.string(), metadata={JSON_TEXT: b"1"}) if found is None else pa.field(name, found)


def _groups(source: Path) -> Iterator[list[dict[str, Json]]]:
    with source.open("rb") as lines:
        while group := [orjson.loads(line) for line in islice(lines, GROUP_ROWS)]:
            yield group


def _columns(sources: Sequence[Path]) -> dict[str, Any]:
    """Each column's type over all rows, in order of appearance; None where there is no common one."""
    columns: dict[str, Any] = {}
    for rows in (group for source in sources for group in _groups(source)):
        for name in dict.fromkeys(name for row in rows for name in row):
            if name in AS_JSON_TEXT:
                columns[name] = None
            if name in columns and columns[name] is None:
                continue
            columns[name] = _common(columns.get(name, pa.null()), _type([row.get(name) for row in rows]))
    return {name: found if found is not None and _storable(found) else None for name, found in columns.items()}


def _type(values: list[Json]) -> Any:
    try:
        return pa.infer_type(values)
    except (pa.ArrowException, TypeError, ValueError, OverflowError):
        return None


def _common(one: Any, other: Any) -> Any:
    if one is None or other is None:
        return None
    try:
        schemas = [pa.schema([("it", found)]) for found in (one, other)]
        return pa.unify_schemas(schemas, promote_options="permissive").field("it").type
    except (pa.ArrowException, TypeError):
        return None


def _storable(found: Any) -> bool:
    """Parquet has no form for a mapping without fields."""
    if pa.types.is_struct(found):
        return found.num_fields > 0 and all(_storable(field.type) for field in found)
    return not pa.types.is_list(found) or _storable(found.value_type)


def _array(rows: list[dict[str, Json]], name: str, found: Any) -> Any:
    """A column of a row group; None where a value does not fit its type (a long integer among fractions)."""
    if found is not None:
        try:
            return pa.array([row.get(name) for row in rows], found)
        except (pa.ArrowException, TypeError, ValueError, OverflowError):
            return None
    texts = [orjson.dumps(row[name]).decode() if name in row else None for row in rows]
    return pa.array(texts, pa.string())
