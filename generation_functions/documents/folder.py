"""Reading a folder of documents: each file through the reader for its suffix, every failure a reported skip."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath

from generation_functions.documents.document import Document, Limits, Reader, Skip
from generation_functions.documents.readers import READERS
from generation_functions.documents.walk import Found, walk
from generation_functions.errors import ConfigError, DocumentError

DEFAULT_LIMITS = Limits()


def read_documents(
    folder: Path, *, limits: Limits = DEFAULT_LIMITS, readers: Mapping[str, Reader] = READERS
) -> Iterator[Document | Skip]:
    """Every document of a folder (or of a single file), in path order, and a `Skip` for everything that gave none.

    Files are read one at a time, as the iterator is drawn. Raises `ConfigError` at once when the path does not exist or
    holds no file in a supported format, and at the end when every such file was skipped.
    """
    found = _find(folder)
    files = [item for item in found if isinstance(item, Found)]
    if not any(_suffix(file.source) in readers for file in files):
        raise ConfigError(f"no documents in {folder}: {_inventory(found)}", hint=_supported(readers))
    return _read(folder, found, limits, readers)


def _find(folder: Path) -> list[Found | Skip]:
    try:
        if folder.is_file():
            return [Found(folder, folder.name.encode("utf-8", "backslashreplace").decode())]
        if folder.is_dir():
            return list(walk(folder))
    except (OSError, ValueError) as exc:
        raise ConfigError(f"{folder} cannot be read: {exc}", hint="check the path and its permissions") from exc
    if folder.exists():
        raise ConfigError(f"{folder} is neither a folder nor a regular file", hint="name a folder of documents")
    raise ConfigError(f"{folder} does not exist", hint="put documents there, or name another folder")


def _read(
    folder: Path, found: Iterable[Found | Skip], limits: Limits, readers: Mapping[str, Reader]
) -> Iterator[Document | Skip]:
    reasons: Counter[str] = Counter()
    documents = 0
    for item in found:
        for result in [item] if isinstance(item, Skip) else _read_file(item, limits, readers):
            documents += isinstance(result, Document)
            if isinstance(result, Skip):
                reasons[result.reason] += 1
            yield result
    if not documents:
        raise ConfigError(
            f"no documents in {folder}: every file was skipped: {_counts(reasons)}", hint=_supported(readers)
        )


def _read_file(file: Found, limits: Limits, readers: Mapping[str, Reader]) -> Iterator[Document | Skip]:
    suffix = _suffix(file.source)
    reader = readers.get(suffix)
    if reader is None:
        yield Skip(file.source, f"{suffix} is not supported" if suffix else "a file without a suffix is not supported")
        return
    try:
        for item in reader(file.path, limits):
            yield replace(item, source=file.source)
    except DocumentError as exc:
        yield Skip.because(file.source, exc)
    except OSError as exc:
        yield Skip(file.source, f"it cannot be read: {exc.strerror or exc}")


def _suffix(source: str) -> str:
    return PurePosixPath(source).suffix.lower()


def _inventory(found: Iterable[Found | Skip]) -> str:
    counts = Counter(_suffix(item.source) or "no suffix" for item in found)
    return f"found {_counts(counts)}" if counts else "the folder is empty"


def _counts(counter: Counter[str]) -> str:
    return ", ".join(f"{count} × {name}" for name, count in counter.most_common(12))


def _supported(readers: Mapping[str, Reader]) -> str:
    return f"supported formats: {', '.join(sorted(readers))}"
