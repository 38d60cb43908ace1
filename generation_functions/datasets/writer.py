"""Writing datasets: streaming, the same bytes for the same rows, and all files or none.

Every file is written beside its place under another name, and renamed only when all are whole and on disk. A file
whose bytes did not change is not touched.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Protocol, Self

import orjson

from generation_functions.datasets.formats import Format, format_named
from generation_functions.errors import ConfigError, StoreError
from generation_functions.rows import Json, canonical_json, content_key

TRAIN, VALIDATION = "train", "validation"
_UNFINISHED = ".unfinished"


@dataclass(frozen=True, slots=True)
class Record:
    """One row to write. `document` is the identity of its source document: a split never divides a document."""

    content: Mapping[str, Json]
    key: str = ""
    document: str = ""


@dataclass(frozen=True, slots=True)
class DatasetFile:
    """One file of a dataset."""

    path: Path
    format: str
    split: str
    rows: int
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class WrittenDataset:
    """What was written. `rows` are those to train on, without the validation rows."""

    name: str
    rows: int
    validation_rows: int
    files: tuple[DatasetFile, ...]
    notes: tuple[str, ...] = ()


class _Sink(Protocol):
    """Takes rows in one format into one file."""

    path: Path
    rows: int

    def add(self, row: Mapping[str, Json]) -> None: ...

    def finish(self) -> None: ...


def write_dataset(
    records: Iterable[Record],
    folder: Path,
    name: str,
    *,
    formats: Sequence[str] = ("messages",),
    parquet: bool = True,
    validation_share: float = 0.0,
    seed: int = 0,
) -> WrittenDataset:
    """Write rows, in their order, to `NAME.jsonl` in the first format, `NAME.FORMAT.jsonl` in the others, and Parquet.

    With a `validation_share` (0 to 1), rows of that share of documents go to `NAME.validation.jsonl` and its siblings;
    which documents depends on the seed and each document alone, so adding one moves no other.

    Raises `ConfigError` for a row that a format cannot hold, `StoreError` when the disk refuses.
    """
    if not 0 <= validation_share < 1:
        raise ConfigError(f"validation_share must be at least 0 and below 1, not {validation_share}")
    forms = [format_named(given) for given in dict.fromkeys(formats)]
    with _explained(folder):
        folder.mkdir(parents=True, exist_ok=True)
        _sweep(folder, name)
        with _Unfinished(folder, name, forms, parquet=parquet, split=validation_share > 0) as files:
            for record in records:
                files.add(_split_of(record, validation_share, seed), record)
            written = files.publish()
        _remove_stale(folder, name, {file.path for file in written})
    rows, held_out = (files.rows(split) for split in (TRAIN, VALIDATION))
    return WrittenDataset(name, rows, held_out, tuple(written), _notes(rows, held_out, validation_share))


def _split_of(record: Record, share: float, seed: int) -> str:
    if share == 0:
        return TRAIN
    drawn = int(content_key("split", seed, record.document or record.key)[:13], 16) / 16**13
    return VALIDATION if drawn < share else TRAIN


def _notes(rows: int, held_out: int, share: float) -> tuple[str, ...]:
    if share and rows + held_out and not (rows and held_out):
        side = "train" if not rows else "validation"
        return (f"the {side} split is empty: there are too few documents for a validation share of {share:g}",)
    return ()


@dataclass
class _Unfinished:
    """The files of one dataset while they are written. Leaving without `publish` removes them."""

    folder: Path
    name: str
    forms: Sequence[Format]
    parquet: bool
    split: bool
    _stack: ExitStack = field(default_factory=ExitStack)
    _sinks: dict[str, list[tuple[Format, _Sink]]] = field(default_factory=dict)

    def __enter__(self) -> Self:
        for split in (TRAIN, VALIDATION) if self.split else (TRAIN,):
            self._sinks[split] = [(form, sink) for form in self.forms for sink in self._open(form, split)]
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None) -> None:
        self._stack.close()
        for _, sink in self._all():
            _unfinished(sink.path).unlink(missing_ok=True)

    def _open(self, form: Format, split: str) -> Iterator[_Sink]:
        parts = [self.name]
        parts += [split] if split != TRAIN else []
        parts += [form.name] if form is not self.forms[0] else []
        stem = ".".join(parts)
        lines = self.folder / f"{stem}.jsonl"
        yield _JsonLines(lines, self._stack)
        if self.parquet:
            from generation_functions.datasets.parquet import ParquetFile

            yield ParquetFile(self.folder / f"{stem}.parquet", _unfinished(lines), _unfinished, self._stack)

    def _all(self) -> Iterator[tuple[Format, _Sink]]:
        for sinks in self._sinks.values():
            yield from sinks

    def rows(self, split: str) -> int:
        """Rows of a split so far."""
        return self._sinks[split][0][1].rows if split in self._sinks else 0

    def add(self, split: str, record: Record) -> None:
        """Write one row to every file of its split."""
        converted: dict[str, dict[str, Json]] = {}
        for form, sink in self._sinks[split]:
            if form.name not in converted:
                converted[form.name] = form.write(record.content)
            sink.add(converted[form.name])

    def publish(self) -> list[DatasetFile]:
        """Finish every file, then put all of them in their places."""
        for _, sink in self._all():
            sink.finish()
        self._stack.close()
        files = [self._described(form, sink, split) for split, sinks in self._sinks.items() for form, sink in sinks]
        for file in files:
            _put_in_place(file)
        _sync_folder(self.folder)
        return [file for file in files if file.path.exists()]

    def _described(self, form: Format, sink: _Sink, split: str) -> DatasetFile:
        path = _unfinished(sink.path)
        size, digest = (path.stat().st_size, _digest(path)) if path.exists() else (0, "")
        return DatasetFile(sink.path, form.name, split, sink.rows, size, digest)


class _JsonLines:
    """One JSON object a line, UTF-8, fields in the row's order."""

    def __init__(self, path: Path, stack: ExitStack) -> None:
        self.path = path
        self.rows = 0
        self._file: BinaryIO = stack.enter_context(_unfinished(path).open("wb"))

    def add(self, row: Mapping[str, Json]) -> None:
        try:
            line = orjson.dumps(row)
        except TypeError:
            line = canonical_json(row)
        self._file.write(line + b"\n")
        self.rows += 1

    def finish(self) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())


def _unfinished(path: Path) -> Path:
    return path.with_name(f".{path.name}{_UNFINISHED}")


def _put_in_place(file: DatasetFile) -> None:
    made = _unfinished(file.path)
    if not made.exists():
        file.path.unlink(missing_ok=True)
    elif file.path.exists() and file.path.stat().st_size == file.bytes and _digest(file.path) == file.sha256:
        made.unlink()
    else:
        made.replace(file.path)


def _digest(path: Path) -> str:
    digest = sha256()
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # pragma: no cover  (folders cannot be opened there)
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _sweep(folder: Path, name: str) -> None:
    """Remove what a crash left unfinished."""
    for path in folder.glob(f".*{_UNFINISHED}"):
        if _belongs(path.name[1:].removesuffix(_UNFINISHED), name):
            path.unlink()


def _remove_stale(folder: Path, name: str, written: set[Path]) -> None:
    """Remove files that an earlier writing of the same dataset made and this one did not."""
    for path in folder.iterdir():
        if path.is_file() and path not in written and _belongs(path.name, name):
            path.unlink()


def _belongs(file: str, name: str) -> bool:
    from generation_functions.datasets.formats import FORMATS

    if not file.startswith(f"{name}."):
        return False
    *between, ending = file.removeprefix(f"{name}.").split(".")
    return ending in ("jsonl", "parquet") and set(between) <= {VALIDATION, *FORMATS}


@contextmanager
def _explained(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as exc:
        hint = "Check the folder's rights." if isinstance(exc, PermissionError) else "Free some disk space."
        raise StoreError(
            f"a dataset cannot be written to {folder}: {exc.strerror or exc}",
            hint=f"{hint} Then run the same command again: nothing is paid twice.",
        ) from exc
