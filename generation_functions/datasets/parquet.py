"""Parquet files, written in row groups and byte for byte the same for the same rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import Any

import orjson

from generation_functions.errors import ConfigError
from generation_functions.rows import Json

ROWS_A_GROUP = 2_000


class ParquetFile:
    """Gathers rows and writes them in groups, with columns that hold every row.

    Groups are written as they come while their columns agree. Where a later group has other fields or wider types, the
    file is written anew at the end from `lines`, the same rows as JSON lines. Without a row no file is made: an empty
    one would have no columns. Raises `ConfigError` for rows that no common column type can hold.
    """

    def __init__(self, path: Path, lines: Path, unfinished: Callable[[Path], Path], stack: ExitStack) -> None:
        self.path = path
        self.rows = 0
        self._lines = lines
        self._target = unfinished(path)
        self._stack = stack
        self._waiting: list[Mapping[str, Json]] = []
        self._writer: Any = None
        self._schema: Any = None
        self._mixed = False

    def add(self, row: Mapping[str, Json]) -> None:
        """Take one row."""
        self._waiting.append(row)
        self.rows += 1
        if len(self._waiting) >= ROWS_A_GROUP:
            self._flush()

    def finish(self) -> None:
        """Write what is left. The JSON lines must be finished by now."""
        if self._waiting:
            self._flush()
        if self._writer is not None:
            self._writer.close()
        if self._mixed:
            self._write_anew()

    def _flush(self) -> None:
        table = self._table(self._waiting, None)
        self._waiting = []
        if self._schema is None:
            self._schema = table.schema
            self._writer = self._open()
        elif table.schema != self._schema:
            self._mixed = True
            self._schema = self._unified(table.schema)
        if not self._mixed:
            self._writer.write_table(table, row_group_size=ROWS_A_GROUP)

    def _write_anew(self) -> None:
        writer = self._open()
        with self._lines.open("rb") as file:
            for group in _groups(map(orjson.loads, file)):
                writer.write_table(self._table(group, self._schema), row_group_size=ROWS_A_GROUP)
        writer.close()

    def _open(self) -> Any:
        import pyarrow.parquet as pq

        writer = pq.ParquetWriter(self._target, self._schema, compression="zstd")
        self._stack.callback(writer.close)
        return writer

    def _table(self, rows: list[Mapping[str, Json]], schema: Any) -> Any:
        import pyarrow as pa

        try:
            if schema is None:
                # Inference looks at the first row's names alone, and would drop fields that only later rows have.
                names = list(dict.fromkeys(name for row in rows for name in row))
                return pa.table({name: [row.get(name) for row in rows] for name in names})
            return pa.Table.from_pylist(rows, schema=schema)
        except (pa.ArrowInvalid, pa.ArrowTypeError) as exc:
            raise self._no_common_type(exc) from exc

    def _unified(self, schema: Any) -> Any:
        import pyarrow as pa

        try:
            return pa.unify_schemas([self._schema, schema], promote_options="permissive")
        except (pa.ArrowInvalid, pa.ArrowTypeError) as exc:
            raise self._no_common_type(exc) from exc

    def _no_common_type(self, exc: Exception) -> ConfigError:
        return ConfigError(
            f"the rows of {self.path.name} do not have one type a column: {exc}",
            hint="Let the shape function give every row fields of the same types, or write it with parquet=False.",
        )


def _groups(rows: Iterator[Mapping[str, Json]]) -> Iterator[list[Mapping[str, Json]]]:
    while group := list(islice(rows, ROWS_A_GROUP)):
        yield group
