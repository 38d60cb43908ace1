"""A dataset on its way to disk: rows into unfinished files as they come, then every file into its place at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, NamedTuple, Self, TypeAlias

import orjson

from generation_functions.datasets.conversion import Conversion
from generation_functions.datasets.naming import Names
from generation_functions.datasets.split import SPLITS, TEST, TRAIN, VALIDATION, Shares, Split, split_of
from generation_functions.datasets.staging import commit, digest, discard, part_of, storage
from generation_functions.errors import ConfigError, Problem
from generation_functions.rows import Json, canonical_json


class Record(NamedTuple):
    """One row to write: its content, its key, and the identity of the document it came from (for the split)."""

    content: Mapping[str, Json]
    key: str = ""
    document: str = ""


@dataclass(frozen=True, slots=True)
class DatasetFile:
    """One file of a dataset. `format` is the rows' form; the file's kind is its suffix."""

    path: Path
    format: str
    rows: int
    bytes: int
    sha256: str
    split: Split


@dataclass(frozen=True, slots=True)
class WrittenDataset:
    """What was written: rows to train on, rows held out, the files, and what a reader should know.

    Counts are of the first format; another may have more rows or fewer.
    """

    name: str
    rows: int
    validation_rows: int
    files: tuple[DatasetFile, ...]
    notes: tuple[str, ...] = ()
    test_rows: int = 0


Target: TypeAlias = tuple[str, Split]
_ROWS_AT_ONCE = 64


class DatasetWriting:
    """One dataset: `add` its rows as they come, `finish` when all are there, and `close` in any case.

    Until `finish` has put all files into their places, and wherever it does not come to that, the old ones stay whole.
    `add` raises `ConfigError` for a row that does not fit, both raise `StoreError` when the disk refuses.
    """

    def __init__(
        self,
        names: Names,
        conversions: Sequence[Conversion],
        *,
        shares: Shares,
        seed: int,
        kinds: Sequence[str] = (),
        shard_rows: int | None = None,
    ) -> None:
        """`kinds` are endings of files in the first format beside `.jsonl`; the rest is as in `write_dataset`."""
        self.names = names
        self.counts: Counter[Target] = Counter()
        self._conversions = conversions
        self._shares, self._seed = shares, seed
        self._kinds = kinds
        self._shard_rows = shard_rows
        self._notes: list[str] = []
        self._files: dict[Target, BinaryIO] = {}
        with storage(names.folder):
            names.folder.mkdir(parents=True, exist_ok=True)
            discard(names.unfinished())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    @property
    def forms(self) -> list[str]:
        """Names of the formats; the first is the one that has the plain name."""
        return [conversion.target.name for conversion in self._conversions]

    def add(self, records: Iterable[Record]) -> None:
        """Write rows into unfinished files, one per format and split."""
        files, rows = self._opened(), iter(records)
        while some := list(islice(rows, _ROWS_AT_ONCE)):
            lines: dict[Target, list[bytes]] = {}
            for record in some:
                split = split_of(record.document or record.key, self._shares, seed=self._seed)
                for conversion in self._conversions:
                    lines.setdefault((conversion.target.name, split), []).extend(_lines(conversion, record))
            with storage(self.names.folder):
                for target, found in lines.items():
                    self.counts[target] += len(found)
                    files[target].writelines(found)

    def finish(self) -> WrittenDataset:
        """Make the other kinds of file, put everything in its place, and say what there is."""
        with storage(self.names.folder):
            for file in self._opened().values():
                file.flush()
            return self._placed()

    def close(self) -> None:
        """Remove what is unfinished. What the disk keeps for now, the next writing removes."""
        for file in self._files.values():
            with suppress(OSError):
                file.close()
        self._files = {}
        with suppress(OSError):
            discard(self.names.unfinished())

    def _opened(self) -> dict[Target, BinaryIO]:
        if not self._files:
            with storage(self.names.folder):
                for form in self.forms:
                    for split in SPLITS:
                        self._files[form, split] = self.names.part(form, split).open("wb")
        return self._files

    def _placed(self) -> WrittenDataset:
        self._settle_split()
        for conversion in self._conversions:
            self._notes += [f"{self.names.path(conversion.target.name, TRAIN).name}: {n}" for n in conversion.notes()]
        plain = self.forms[0]
        splits = [split for split in SPLITS if split == TRAIN or self.counts[plain, split]]
        made = [piece for form in self.forms for split in splits for piece in self._pieces(form, split)]
        with ThreadPoolExecutor(1) as reader:  # digests of lines while they become another kind of file
            digests = reader.map(digest, [part_of(piece.path) for piece in made])
            lines = [piece for piece in made if piece.form == plain]
            also = [piece for kind in self._kinds for piece in self._also_as(kind, lines)]
            told = [*digests, *(digest(part_of(piece.path)) for piece in also)]
        files = [
            DatasetFile(each.path, each.form, each.rows, *found, each.split)
            for each, found in zip([*made, *also], told, strict=True)
        ]
        paths = {file.path for file in files}
        commit([file.path for file in files], [p for p in self.names.present() if p not in paths], self.names.folder)
        train, validation, test = (self.counts[plain, split] for split in SPLITS)
        return WrittenDataset(self.names.name, train, validation, tuple(files), tuple(self._notes), test)

    def _settle_split(self) -> None:
        """A side without rows helps nobody: there must be rows to train on, and a note says which side has none."""
        plain, wanted = self.forms[0], self._shares.wanted
        rows = sum(self.counts[plain, split] for split in SPLITS)
        empty = [split for split in wanted if not self.counts[plain, split]]
        if rows and not self.counts[plain, TRAIN]:
            held_out: Split = next(split for split in (VALIDATION, TEST) if self.counts[plain, split])
            for form in self.forms:
                self.names.part(form, held_out).replace(self.names.part(form, TRAIN))
                self.counts[form, TRAIN] = self.counts.pop((form, held_out), 0)
            empty.append(held_out)
        shares = {VALIDATION: self._shares.validation, TEST: self._shares.test}
        for split in dict.fromkeys(empty) if rows else ():
            left = self.counts[plain, TRAIN]
            self._notes.append(
                f"with so few documents, a share of {split} rows cannot be split off"
                f" ({split}_share {shares[split]:g}): all {left} rows are for training"
            )

    def _pieces(self, form: str, split: Split) -> list[_Piece]:
        """The unfinished JSONL files of a format and a split: one, or its shards."""
        rows = self.counts[form, split]
        if self._shard_rows is None or rows <= self._shard_rows:
            return [_Piece(self.names.path(form, split), form, split, rows)]
        count = -(-rows // self._shard_rows)
        whole = self.names.part(form, split)
        pieces = []
        with whole.open("rb") as lines:
            for number in range(1, count + 1):
                path = self.names.path(form, split, shard=(number, count))
                size = min(self._shard_rows, rows - (number - 1) * self._shard_rows)
                with part_of(path).open("wb") as part:
                    part.writelines(islice(lines, size))
                pieces.append(_Piece(path, form, split, size))
        whole.unlink()
        return pieces

    def _also_as(self, kind: str, pieces: Sequence[_Piece]) -> list[_Piece]:
        """The same rows as another kind of file, in one schema for all of them."""
        filled = [piece for piece in pieces if piece.rows]
        made = [_Piece(piece.path.with_suffix(kind), piece.form, piece.split, piece.rows) for piece in filled]
        parts = [part_of(piece.path) for piece in filled], [part_of(piece.path) for piece in made]
        plain = self.names.path(self.forms[0], TRAIN, kind).name
        if not filled:
            return []
        if kind == ".csv":
            from generation_functions.datasets.csv_table import write_csv

            self._notes += [f"{plain}: it does not say {lost}" for lost in write_csv(*parts)]
            return made
        from generation_functions.datasets.parquet import write_parquet

        mixed = write_parquet(*parts)
        self._notes += [f"{plain}: `{column}` holds values of several kinds, written as JSON text" for column in mixed]
        return made


@dataclass(frozen=True, slots=True)
class _Piece:
    """One file to be: where it goes, and what is in it."""

    path: Path
    form: str
    split: Split
    rows: int


def _lines(conversion: Conversion, record: Record) -> list[bytes]:
    try:
        rows = conversion.rows_of(record.content)
    except ConfigError as exc:
        problems = [Problem(f"row {record.key}: {problem.message}", hint=problem.hint) for problem in exc.problems]
        raise ConfigError(problems) from exc
    return [_line(content, record.key) for content in rows]


def _line(content: Mapping[str, Json], key: str) -> bytes:
    try:
        return orjson.dumps(content, option=orjson.OPT_APPEND_NEWLINE)
    except TypeError as exc:
        # Lone surrogates: the canonical form replaces them, at the price of sorting this row's fields.
        return _canonical(content, key, exc) + b"\n"


def _canonical(content: Mapping[str, Json], key: str, cause: TypeError) -> bytes:
    try:
        return canonical_json(content)
    except TypeError:
        raise ConfigError(
            f"row {key} cannot be written as JSON: {cause}", hint="shape rows into plain values"
        ) from cause
