"""Writing a dataset: records in, JSONL and Parquet files out, streamed, split by document, in place all at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TypeAlias

import orjson

from generation_functions.datasets.formats import FORMATS, Format, format_named
from generation_functions.datasets.split import Split, split_of
from generation_functions.datasets.staging import commit, digest, discard, part_of, storage
from generation_functions.errors import ConfigError, Problem
from generation_functions.rows import Json, canonical_json

TRAIN: Split = "train"
VALIDATION: Split = "validation"


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
    """What was written: rows to train on, rows to validate with, the files, and what a reader should know."""

    name: str
    rows: int
    validation_rows: int
    files: tuple[DatasetFile, ...]
    notes: tuple[str, ...] = ()


Target: TypeAlias = tuple[str, Split]


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
    """Write `NAME.jsonl` (and `NAME.parquet`) in the first format, `NAME.FORMAT.jsonl` in the others.

    Rows of documents drawn for validation, by `(seed, document)`, go to `NAME.validation.jsonl` and its like. Memory is
    bounded, the same records give the same bytes, and files change all together when everything is written: a crash
    leaves the old ones whole. Files of this dataset that an earlier call wrote and this one does not are removed.

    Raises `ConfigError` for unknown formats, a bad name or share, and rows that do not fit; `StoreError` when the disk
    refuses.
    """
    chosen = _chosen(formats)
    _check(name, validation_share)
    writing = _Writing(folder, name, chosen)
    with storage(folder):
        folder.mkdir(parents=True, exist_ok=True)
        discard(writing.possible_parts())
    try:
        counts = writing.write_rows(records, validation_share, seed)
        with storage(folder):
            return writing.finish(counts, parquet=parquet, share=validation_share)
    finally:
        with suppress(OSError):  # the next call sweeps what this one cannot
            discard(writing.possible_parts())


def _chosen(formats: Sequence[str]) -> list[Format]:
    if not formats:
        raise ConfigError("no dataset format was named", hint=f"the formats are: {', '.join(FORMATS)}")
    return [format_named(name) for name in dict.fromkeys(formats)]


def _check(name: str, share: float) -> None:
    if not name or name.startswith(".") or any(char in name for char in "/\\\0\n"):
        raise ConfigError(f"{name!r} cannot name a dataset's files", hint="use letters, digits, - and _")
    if not 0 <= share <= 1:
        raise ConfigError(
            f"validation_share must be between 0 and 1, not {share}", hint="0.05 keeps one document in 20"
        )


class _Writing:
    """One dataset on its way to disk: where each form and split goes, and in which order things happen."""

    def __init__(self, folder: Path, name: str, formats: list[Format]) -> None:
        self.folder = folder
        self.name = name
        self.formats = formats

    def path(self, target: Target, suffix: str = ".jsonl") -> Path:
        """The first format has the plain name, others carry theirs; validation follows."""
        form, split = target
        middle = "" if form == self.formats[0].name else f".{form}"
        return self.folder / f"{self.name}{middle}{'.validation' if split == VALIDATION else ''}{suffix}"

    def possible_paths(self) -> Iterator[Path]:
        """Every file that a call for this dataset may ever have written."""
        for middle in ("", *(f".{form}" for form in FORMATS)):
            for split in ("", ".validation"):
                for suffix in (".jsonl", ".parquet"):
                    yield self.folder / f"{self.name}{middle}{split}{suffix}"

    def possible_parts(self) -> list[Path]:
        return [part_of(path) for path in self.possible_paths()]

    def write_rows(self, records: Iterable[Record], share: float, seed: int) -> dict[Split, int]:
        """Stream the records into unfinished files, one per format and split. Returns rows per split."""
        counts: dict[Split, int] = {TRAIN: 0, VALIDATION: 0}
        targets: list[Target] = [(form.name, split) for form in self.formats for split in (TRAIN, VALIDATION)]
        with _opened({target: part_of(self.path(target)) for target in targets}, self.folder) as files:
            for record in records:
                split = split_of(record.document or record.key, share=share, seed=seed)
                counts[split] += 1
                for form in self.formats:
                    line = _line(form, record)
                    with storage(self.folder):
                        files[form.name, split].write(line)
        return counts

    def finish(self, counts: dict[Split, int], *, parquet: bool, share: float) -> WrittenDataset:
        """Make the Parquet files, put everything in its place, and say what there is."""
        notes = self._settle_split(counts, share)
        splits: list[Split] = [TRAIN, VALIDATION] if counts[VALIDATION] else [TRAIN]
        made = [(self.path((form.name, split)), form.name, split) for form in self.formats for split in splits]
        if parquet:
            made += self._parquet([split for split in splits if counts[split]], notes)
        files = [DatasetFile(path, form, counts[split], *digest(part_of(path)), split) for path, form, split in made]
        paths = [file.path for file in files]
        commit(paths, [path for path in self.possible_paths() if path not in paths], self.folder)
        return WrittenDataset(self.name, counts[TRAIN], counts[VALIDATION], tuple(files), tuple(notes))

    def _settle_split(self, counts: dict[Split, int], share: float) -> list[str]:
        """A side without rows helps nobody: then everything is for training, and a note says so."""
        rows = counts[TRAIN] + counts[VALIDATION]
        if not rows or not share or (counts[TRAIN] and counts[VALIDATION]):
            return []
        if counts[VALIDATION]:
            for form in self.formats:
                part_of(self.path((form.name, VALIDATION))).replace(part_of(self.path((form.name, TRAIN))))
            counts[TRAIN], counts[VALIDATION] = rows, 0
        few = "with so few documents, a share of validation rows cannot be split off"
        return [f"{few} (validation_share {share:g}): all {rows} rows are for training"]

    def _parquet(self, splits: list[Split], notes: list[str]) -> list[tuple[Path, str, Split]]:
        from generation_functions.datasets.parquet import write_parquet

        made: list[tuple[Path, str, Split]] = []
        form = self.formats[0].name
        for split in splits:
            path = self.path((form, split), ".parquet")
            mixed = write_parquet(part_of(self.path((form, split))), part_of(path))
            notes += [
                f"{path.name}: `{column}` holds values of several kinds, written as JSON text" for column in mixed
            ]
            made.append((path, form, split))
        return made


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


def _line(form: Format, record: Record) -> bytes:
    try:
        content = form.write(record.content)
    except ConfigError as exc:
        problems = [Problem(f"row {record.key}: {problem.message}", hint=problem.hint) for problem in exc.problems]
        raise ConfigError(problems) from exc
    try:
        return orjson.dumps(content, option=orjson.OPT_APPEND_NEWLINE)
    except TypeError as exc:
        # Lone surrogates: the canonical form replaces them, at the price of sorting this row's fields.
        return _canonical(content, record.key, exc) + b"\n"


def _canonical(content: Mapping[str, Json], key: str, cause: TypeError) -> bytes:
    try:
        return canonical_json(content)
    except TypeError:
        raise ConfigError(
            f"row {key} cannot be written as JSON: {cause}", hint="shape rows into plain values"
        ) from cause
