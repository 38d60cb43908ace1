"""Which files hold a dataset: one file with all its shards, what a run has written, or a folder of such files."""

from __future__ import annotations

from pathlib import Path
from typing import TypeAlias

from generation_functions.datasets import FORMATS, is_dataset_file
from generation_functions.datasets.naming import stem_of
from generation_functions.datasets.reader import READERS
from generation_functions.documents.document import Skip
from generation_functions.documents.walk import Found, walk
from generation_functions.errors import ConfigError
from generation_functions.run.manifest import MANIFEST_FILE, read_manifest

Files: TypeAlias = list[Found | Skip]


def dataset_files(path: Path) -> Files:
    """The files to read, in one order on every machine: of a set of shards the first, of the same rows in several kinds
    of file or formats one. What is not read is a `Skip`.

    Raises `ConfigError` where there is nothing to read at all.
    """
    if path.is_dir() and (path / MANIFEST_FILE).is_file():
        path = dataset_of_run(path)
    if path.is_file():
        return [Found(path, path.name)]
    if not path.is_dir():
        raise ConfigError(f"there is no {path} to read conversations from", hint="name a file, a folder, or a run")
    files = _without_twins(list(walk(path)))
    if not any(isinstance(file, Found) for file in files):
        raise ConfigError(f"{path} holds no dataset", hint=f"a dataset's file ends with {', '.join(READERS)}")
    return files


def dataset_of_run(folder: Path, name: str | None = None) -> Path:
    """The file to train on that a run has written; `name` says which, where it has several datasets.

    Raises `ConfigError` where it has no such dataset, `StoreError` where the folder is no run.
    """
    datasets = sorted(read_manifest(folder).get("datasets", {}))
    if name is None and len(datasets) != 1:
        raise ConfigError(
            f"{folder} has {len(datasets)} datasets",
            hint=f"name one of them: {', '.join(datasets) or 'none is there yet'}",
        )
    name = name or datasets[0]
    if name not in datasets:
        raise ConfigError(f"{folder} has no dataset {name!r}", hint=f"it has: {', '.join(datasets) or 'none yet'}")
    return folder / "datasets" / f"{name}.jsonl"


def _without_twins(found: Files) -> Files:
    """One file for each set of rows; the others say which one is read in their place."""
    read: dict[tuple[str, ...], Found] = {}
    files = [file for file in found if isinstance(file, Found) and is_dataset_file(file.path)]
    for file in sorted(files, key=_preference):
        read.setdefault(_rows_of(file), file)
    return [_read_or_skipped(file, read) for file in found]


def _read_or_skipped(file: Found | Skip, read: dict[tuple[str, ...], Found]) -> Found | Skip:
    if isinstance(file, Skip):
        return file
    if not is_dataset_file(file.path):
        return Skip(file.source, f"no dataset: it ends with none of {', '.join(READERS)}")
    chosen = read[_rows_of(file)]
    return file if file is chosen else Skip(file.source, f"its rows are read with {chosen.source}")


def _rows_of(file: Found) -> tuple[str, ...]:
    """What files have in common that hold the same rows: folder and name, without shard, format and kind."""
    first, *rest = stem_of(file.path).split(".")
    return (str(file.path.parent), first, *(part for part in rest if part not in FORMATS))


def _preference(file: Found) -> tuple[int, int, str]:
    """JSON lines before other kinds, a dataset's own format before those it was exported to."""
    return stem_of(file.path).count("."), list(READERS).index(file.path.suffix.lower()), file.source
