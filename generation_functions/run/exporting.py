"""A dataset on its way from the store to its files, most of it while the run still asks for the rest."""

from __future__ import annotations

import threading
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from generation_functions.errors import MillraceError
from generation_functions.rows import Place
from generation_functions.run.origins import Origins
from generation_functions.run.written import DATASETS_FOLDER, Dataset
from generation_functions.store import StoreReader
from generation_functions.store.history import DATASET_PREFIX
from generation_functions.store.places import encode_place

if TYPE_CHECKING:
    from generation_functions.datasets import DatasetWriting, Record
    from generation_functions.datasets.split import Shares

_BEHIND_ALL = b"\xff"
_ROWS_A_QUERY = 256
_ALONE = "SELECT id, key, fields, '' FROM rows WHERE id IN ({})"
_WITH_DOCUMENT = (
    "SELECT r.id, r.key, r.fields, COALESCE(json_extract(d.fields, '$.document'), r.root) FROM rows r"
    " LEFT JOIN rows c ON c.step = 'chunk' AND c.key = r.root"
    " LEFT JOIN rows d ON d.step = 'read' AND d.key = COALESCE(c.from_key, r.root) WHERE r.id IN ({})"
)
_KEPT = "FROM rows NOT INDEXED WHERE id >= ? AND step = ? AND run_attempt = ? AND status = 'kept' AND place >= ?"


@dataclass(frozen=True, slots=True)
class Stretch:
    """Part of a dataset, in source order: from one place up to another. No row of it was stored before `first_id`."""

    start: bytes = b""
    end: bytes = _BEHIND_ALL
    first_id: int = 0


def dataset_records(
    store: StoreReader, name: str, run_attempt: int, stretch: Stretch = Stretch(), *, documents: bool = True
) -> Iterator[Record]:
    """A dataset's rows in source order, each with the identity of its source document unless nobody asks for it."""
    from generation_functions.datasets import Record

    query = _WITH_DOCUMENT if documents else _ALONE
    order = _in_source_order(store, name, run_attempt, stretch)
    for start in range(0, len(order), _ROWS_A_QUERY):
        ids = order[start : start + _ROWS_A_QUERY]
        found = {row[0]: row for row in store.query(query.format(", ".join("?" * len(ids))), ids)}
        for _, key, fields, document in map(found.__getitem__, filter(found.__contains__, ids)):
            yield Record(orjson.loads(fields), key, document)


def _in_source_order(store: StoreReader, name: str, run_attempt: int, stretch: Stretch) -> array[int]:
    """Where a dataset's rows stand in the store. They finish nearly in source order, so sorting what stands there
    instead of the rows themselves takes little memory, and reads the rows nearly from first to last."""
    found = store.stream(
        f"SELECT id {_KEPT} AND place < ? ORDER BY place, key",
        (stretch.first_id, f"{DATASET_PREFIX}{name}", run_attempt, stretch.start, stretch.end),
    )
    return array("q", (number for (number,) in found))


@dataclass(frozen=True, slots=True)
class Export:
    """How a dataset is written; see `Run.write`."""

    formats: Sequence[str]
    parquet: bool
    shares: Shares
    seed: int


class GrowingDataset:
    """Writes a dataset's rows once nothing can come before them any more: `grow` as the run goes on, `finish` the rest.

    Both may be called from any thread. What goes wrong while it grows is no error: `finish` then writes all of it.
    """

    def __init__(self, run_folder: Path, store: StoreReader, name: str, run_attempt: int, export: Export) -> None:
        self._folder = run_folder / DATASETS_FOLDER
        self._store_path = store.path
        self._name, self._run_attempt, self._export = name, run_attempt, export
        self._turn = threading.Lock()
        self._open: _Open | None = None
        # Rows of an attempt before are replaced where they stand: what is stored later need not stand behind them.
        known = store.query("SELECT 1 FROM rows WHERE step = ? LIMIT 1", (f"{DATASET_PREFIX}{name}",))
        self._may_grow = not known

    def grow(self, reached: Place) -> None:
        """Write the rows whose places are before this one. They are all in the store, and none will follow."""
        with self._turn:
            if not self._may_grow:
                return
            try:
                self._opened().write_up_to(encode_place(reached))
            except MillraceError:
                self._drop()

    def finish(self) -> Dataset:
        """Write what is left, and put every file in its place. Raises `StoreError`, `ConfigError`."""
        with self._turn:
            try:
                return self._opened().finished()
            finally:
                self._drop()

    def close(self) -> None:
        """Leave the files as they were before, unless it is finished."""
        with self._turn:
            self._drop()

    def _opened(self) -> _Open:
        if self._open is None:
            self._open = _Open(self._folder, StoreReader(self._store_path), self._name, self._run_attempt, self._export)
        return self._open

    def _drop(self) -> None:
        self._may_grow = False
        if self._open is not None:
            self._open.close()
            self._open = None


class _Open:
    """Unfinished files, and how far the rows in them go."""

    def __init__(self, folder: Path, store: StoreReader, name: str, run_attempt: int, export: Export) -> None:
        self._store, self._name, self._run_attempt = store, name, run_attempt
        self._origins = Origins()
        self._left = Stretch()
        self._held_out = bool(export.shares.wanted)
        try:
            self._writing = _begun(folder, name, export)
        except BaseException:
            store.close()
            raise

    def write_up_to(self, end: bytes) -> None:
        left = self._left
        stretch = Stretch(left.start, end, left.first_id)
        records = dataset_records(self._store, self._name, self._run_attempt, stretch, documents=self._held_out)
        self._writing.add(self._origins.watching(records))
        self._left = Stretch(end, first_id=self._first_id_from(Stretch(end, first_id=left.first_id)))

    def _first_id_from(self, stretch: Stretch) -> int:
        step = f"{DATASET_PREFIX}{self._name}"
        return int(
            self._store.query(
                f"SELECT COALESCE((SELECT id {_KEPT} LIMIT 1), (SELECT MAX(id) + 1 FROM rows), 0)",
                (stretch.first_id, step, self._run_attempt, stretch.start),
            )[0][0]
        )

    def finished(self) -> Dataset:
        self.write_up_to(_BEHIND_ALL)
        written = self._writing.finish()
        return Dataset(
            self._name, self._writing.names.folder / f"{self._name}.jsonl", written.rows, written.validation_rows,
            tuple(file.path for file in written.files), tuple(written.notes), written.test_rows, self._origins,
        )  # fmt: skip

    def close(self) -> None:
        self._writing.close()
        self._store.close()


def _begun(folder: Path, name: str, export: Export) -> DatasetWriting:
    from generation_functions.datasets import begin_dataset
    from generation_functions.datasets.turns import LOST_TURNS  # a pipeline that asks for segments means them so

    return begin_dataset(
        folder, name, formats=export.formats, expected=(LOST_TURNS,), parquet=export.parquet, shares=export.shares,
        seed=export.seed,
    )  # fmt: skip
