"""JSON lines of texts, whole numbers and truth values into Parquet, without an object in Python for any of them.

Most datasets hold nothing else. Arrow's own reader makes the very tables that `parquet` makes of such rows, in a
quarter of the time and with Python's lock released. Whatever it might read otherwise than Python does (a fraction, a
number of more than 63 bits, a value whose kind changes) is left to `parquet`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain, islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.json
import pyarrow.parquet as pq

GROUP_ROWS = 2_000
AS_JSON_TEXT = frozenset({"tools"})
"""Columns that are JSON text whatever they hold. In one type for all, each would get the others' fields."""
_MOST_BYTES = 1 << 28
_AHEAD = 1
"""Groups that are read while one is written."""


def write_plain(sources: Sequence[Path], targets: Sequence[Path]) -> bool:
    """Write each JSONL file as Parquet, all in one schema. False where rows are not plain, and then no whole file.

    The first rows usually show all columns there are; where they do not, all rows are asked. Raises `OSError`.
    """
    for most_groups in (1, None):
        try:
            schema = _schema(islice(_all_groups(sources), most_groups))
            if schema is None:
                return False
            for source, target in zip(sources, targets, strict=True):
                _write(source, target, schema)
        except pa.ArrowException:  # a field or a kind of value that the rows looked at did not show
            continue
        return True
    return False


def _write(source: Path, target: Path, schema: Any) -> None:
    with ThreadPoolExecutor(1) as reader, pq.ParquetWriter(target, schema, compression="zstd") as writer:
        waiting: deque[Future[Any]] = deque()
        for group in _groups(source):
            waiting.append(reader.submit(_table, group, schema))
            if len(waiting) > _AHEAD:
                writer.write_table(waiting.popleft().result())
        for table in waiting:
            writer.write_table(table.result())


def _all_groups(sources: Sequence[Path]) -> Iterator[bytes]:
    return chain.from_iterable(map(_groups, sources))


def _groups(source: Path) -> Iterator[bytes]:
    with source.open("rb") as lines:
        while group := b"".join(islice(lines, GROUP_ROWS)):
            yield group


def _table(group: bytes, schema: Any = None) -> Any:
    if len(group) > _MOST_BYTES:
        raise pa.ArrowInvalid("rows too large to be read in one block")
    return pa.json.read_json(
        pa.py_buffer(group),
        read_options=pa.json.ReadOptions(use_threads=False, block_size=len(group) + 1),
        parse_options=pa.json.ParseOptions(
            explicit_schema=schema, unexpected_field_behavior="error" if schema is not None else "infer"
        ),
    )


def _schema(groups: Iterator[bytes]) -> Any:
    """The columns of these rows, in order of appearance; None where one of them is not plain."""
    found = pa.schema([])
    for group in groups:
        fields = [(field.name, _plain(field.type)) for field in _table(group).schema]
        if any(kind is None or name in AS_JSON_TEXT for name, kind in fields):
            return None
        found = pa.unify_schemas([found, pa.schema(fields)], promote_options="permissive")
    return found


def _plain(found: Any) -> Any:
    """The type as Python's values would have it; None for one that they would fit otherwise."""
    if pa.types.is_timestamp(found):  # a text that looks like a date is a text
        return pa.string()
    if pa.types.is_list(found):
        item = _plain(found.value_type)
        return None if item is None else pa.list_(item)
    if pa.types.is_struct(found):
        fields = [(field.name, _plain(field.type)) for field in found]
        return pa.struct(fields) if fields and all(kind is not None for _, kind in fields) else None
    return found if found in (pa.string(), pa.int64(), pa.bool_(), pa.null()) else None
