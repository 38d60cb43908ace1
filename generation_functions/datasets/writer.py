"""Writing a dataset: records in; JSONL, Parquet and CSV out, streamed, split by document, in place all at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import BinaryIO, TypeAlias

import orjson

from generation_functions.datasets.conversion import Conversion
from generation_functions.datasets.form import Format
from generation_functions.datasets.formats import FORMATS, format_named
from generation_functions.datasets.naming import Names
from generation_functions.datasets.split import SPLITS, TEST, TRAIN, VALIDATION, Shares, Split, split_of
from generation_functions.datasets.staging import commit, digest, discard, part_of, storage
from generation_functions.errors import ConfigError, Problem
from generation_functions.rows import Json, canonical_json


@dataclass(frozen=True, slots=True)
class Record:
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


def write_dataset(
    records: Iterable[Record],
    folder: Path,
    name: str,
    *,
    formats: Sequence[str] = ("messages",),
    source: Format | None = None,
    skip_misfits: bool = False,
    expected: Sequence[str] = (),
    parquet: bool = True,
    csv: bool = False,
    shard_rows: int | None = None,
    validation_share: float = 0.0,
    test_share: float = 0.0,
    seed: int = 0,
) -> WrittenDataset:
    """Write `NAME.jsonl` (and `NAME.parquet`) in the first format, `NAME.FORMAT.jsonl` in the others.

    source        the format the records are in; without it each is what it looks like, and stays as it is as `messages`
    skip_misfits  leave out and count rows that have no form in a format, instead of raising
    expected      losses of a conversion that the caller knows of: no note tells them
    parquet, csv  write these kinds too, in the first format
    shard_rows    most rows in a file: more are spread over `NAME-00001-of-00003.jsonl` and its like

    Rows of documents drawn to be held out, by `(seed, document)`, go to `NAME.validation.jsonl` and `NAME.test.jsonl`.
    Memory is bounded, the same records give the same bytes, and files change all together when everything is written: a
    crash leaves the old ones whole. Files of this dataset that an earlier call wrote and this one does not are removed.

    Raises `ConfigError` for unknown formats, a bad name or share, and rows that do not fit; `StoreError` when the disk
    refuses.
    """
    chosen = _chosen(formats)
    shares = Shares(validation_share, test_share)
    _check(name, shares, shard_rows)
    names = Names(folder, name, chosen[0].name)
    writing = _Writing(
        names, [Conversion(form, source, skip_misfits, tuple(expected)) for form in chosen], shares, shard_rows
    )
    with storage(folder):
        folder.mkdir(parents=True, exist_ok=True)
        discard(names.unfinished())
    try:
        writing.write_rows(records, seed)
        with storage(folder):
            return writing.finish([kind for kind, asked in ((".parquet", parquet), (".csv", csv)) if asked])
    finally:
        with suppress(OSError):  # the next call sweeps what this one cannot
            discard(names.unfinished())


def _chosen(formats: Sequence[str]) -> list[Format]:
    if not formats:
        raise ConfigError("no dataset format was named", hint=f"the formats are: {', '.join(FORMATS)}")
    return [format_named(name) for name in dict.fromkeys(formats)]


def _check(name: str, shares: Shares, shard_rows: int | None) -> None:
    if not name or name.startswith(".") or any(char in name for char in "/\\\0\n"):
        raise ConfigError(f"{name!r} cannot name a dataset's files", hint="use letters, digits, - and _")
    for option, share in (("validation_share", shares.validation), ("test_share", shares.test)):
        if not 0 <= share <= 1:
            raise ConfigError(f"{option} must be between 0 and 1, not {share}", hint="0.05 keeps one document in 20")
    if shares.validation + shares.test > 1:
        raise ConfigError("validation_share and test_share are more than 1 together", hint="leave some to train on")
    if shard_rows is not None and shard_rows < 1:
        raise ConfigError(f"a file cannot have {shard_rows} rows", hint="shard_rows is 1 or more")


@dataclass
class _Writing:
    """One dataset on its way to disk, and in which order things happen."""

    names: Names
    conversions: list[Conversion]
    shares: Shares
    shard_rows: int | None
    counts: Counter[Target] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)

    @property
    def forms(self) -> list[str]:
        """Names of the formats; the first is the one that has the plain name."""
        return [conversion.target.name for conversion in self.conversions]

    def write_rows(self, records: Iterable[Record], seed: int) -> None:
        """Stream the records into unfinished files, one per format and split."""
        targets: list[Target] = [(form, split) for form in self.forms for split in SPLITS]
        with _opened({target: self.names.part(*target) for target in targets}, self.names.folder) as files:
            for record in records:
                split = split_of(record.document or record.key, self.shares, seed=seed)
                for conversion in self.conversions:
                    lines = _lines(conversion, record)
                    target = (conversion.target.name, split)
                    self.counts[target] += len(lines)
                    with storage(self.names.folder):
                        files[target].writelines(lines)

    def finish(self, kinds: Sequence[str]) -> WrittenDataset:
        """Make the other kinds of file, put everything in its place, and say what there is."""
        self._settle_split()
        for conversion in self.conversions:
            self.notes += [f"{self.names.path(conversion.target.name, TRAIN).name}: {n}" for n in conversion.notes()]
        plain = self.forms[0]
        splits = [split for split in SPLITS if split == TRAIN or self.counts[plain, split]]
        made = [piece for form in self.forms for split in splits for piece in self._pieces(form, split)]
        for kind in kinds:
            made += self._also_as(
                kind, [piece for piece in made if piece.form == plain and piece.path.suffix == ".jsonl"]
            )
        files = [DatasetFile(each.path, each.form, each.rows, *digest(part_of(each.path)), each.split) for each in made]
        paths = {file.path for file in files}
        commit([file.path for file in files], [p for p in self.names.present() if p not in paths], self.names.folder)
        train, validation, test = (self.counts[plain, split] for split in SPLITS)
        return WrittenDataset(self.names.name, train, validation, tuple(files), tuple(self.notes), test)

    def _settle_split(self) -> None:
        """A side without rows helps nobody: there must be rows to train on, and a note says which side has none."""
        plain, wanted = self.forms[0], self.shares.wanted
        rows = sum(self.counts[plain, split] for split in SPLITS)
        empty = [split for split in wanted if not self.counts[plain, split]]
        if rows and not self.counts[plain, TRAIN]:
            held_out: Split = next(split for split in (VALIDATION, TEST) if self.counts[plain, split])
            for form in self.forms:
                self.names.part(form, held_out).replace(self.names.part(form, TRAIN))
                self.counts[form, TRAIN] = self.counts.pop((form, held_out), 0)
            empty.append(held_out)
        shares = {VALIDATION: self.shares.validation, TEST: self.shares.test}
        for split in dict.fromkeys(empty) if rows else ():
            left = self.counts[plain, TRAIN]
            self.notes.append(
                f"with so few documents, a share of {split} rows cannot be split off"
                f" ({split}_share {shares[split]:g}): all {left} rows are for training"
            )

    def _pieces(self, form: str, split: Split) -> list[_Piece]:
        """The unfinished JSONL files of a format and a split: one, or its shards."""
        rows = self.counts[form, split]
        if self.shard_rows is None or rows <= self.shard_rows:
            return [_Piece(self.names.path(form, split), form, split, rows)]
        count = -(-rows // self.shard_rows)
        whole = self.names.part(form, split)
        pieces = []
        with whole.open("rb") as lines:
            for number in range(1, count + 1):
                path = self.names.path(form, split, shard=(number, count))
                size = min(self.shard_rows, rows - (number - 1) * self.shard_rows)
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

            self.notes += [f"{plain}: it does not say {lost}" for lost in write_csv(*parts)]
            return made
        from generation_functions.datasets.parquet import write_parquet

        mixed = write_parquet(*parts)
        self.notes += [f"{plain}: `{column}` holds values of several kinds, written as JSON text" for column in mixed]
        return made


@dataclass(frozen=True, slots=True)
class _Piece:
    """One file to be: where it goes, and what is in it."""

    path: Path
    form: str
    split: Split
    rows: int


@contextmanager
def _opened(parts: Mapping[Target, Path], folder: Path) -> Iterator[dict[Target, BinaryIO]]:
    """Files to write to. What closing says counts only where nothing went wrong before."""
    files: dict[Target, BinaryIO] = {}
    try:
        with storage(folder):
            files.update((target, part.open("wb")) for target, part in parts.items())
        yield files
        with storage(folder):
            for file in files.values():
                file.flush()
    finally:
        for file in files.values():
            with suppress(OSError):
                file.close()


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
