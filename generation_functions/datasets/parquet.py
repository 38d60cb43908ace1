"""JSON lines into Parquet, a row group at a time: one schema for all rows, found by reading them once beforehand.

A column whose values have no common type (text here, a list there) is written as JSON text, and named in the answer.
The bytes depend on the rows and the library's version alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from generation_functions.rows import Json

GROUP_ROWS = 2_000


def write_parquet(source: Path, target: Path) -> tuple[str, ...]:
    """Write the rows of a JSONL file as Parquet. Returns the columns that had to become JSON text.

    Raises `OSError`. A file without rows has no columns, and so no Parquet form: the caller leaves it out.
    """
    columns = _columns(source)
    while (stubborn := _write(source, target, columns)) is not None:
        columns[stubborn] = None
    return tuple(name for name, found in columns.items() if found is None)


def _write(source: Path, target: Path, columns: Mapping[str, Any]) -> str | None:
    """Write all rows; the name of a column whose values its type cannot hold after all, and then no whole file."""
    schema = pa.schema([(name, found or pa.string()) for name, found in columns.items()])
    with pq.ParquetWriter(target, schema, compression="zstd") as writer:
        for rows in _groups(source):
            arrays = {name: _array(rows, name, found) for name, found in columns.items()}
            stubborn = next((name for name, array in arrays.items() if array is None), None)
            if stubborn is not None:
                return stubborn
            writer.write_table(pa.Table.from_arrays(list(arrays.values()), schema=schema))
    return None


def _groups(source: Path) -> Iterator[list[dict[str, Json]]]:
    with source.open("rb") as lines:
        while group := [orjson.loads(line) for line in islice(lines, GROUP_ROWS)]:
            yield group


def _columns(source: Path) -> dict[str, Any]:
    """Each column's type over all rows, in order of appearance; None where there is no common one."""
    columns: dict[str, Any] = {}
    for rows in _groups(source):
        for name in dict.fromkeys(name for row in rows for name in row):
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
