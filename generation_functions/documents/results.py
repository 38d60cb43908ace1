"""Results of reading on disk: one file per document read, whole and checked or not there at all.

A line per result, before that of a long document its text in lines of its own, then a line with their count and a
checksum. The worker process writes, the run's process reads, and a file that is left in place spares reading the
document again.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator
from dataclasses import asdict
from hashlib import blake2b
from pathlib import Path
from typing import BinaryIO

import orjson

from generation_functions.documents.document import Document, Limits, Member, Result, Skip, size_label
from generation_functions.documents.long_document import LONG, LongDocument, Telling, Told
from generation_functions.errors import DocumentError
from generation_functions.rows import Json

_KINDS: dict[str, type[Document] | type[Skip] | type[Member]] = {"document": Document, "skip": Skip, "member": Member}
_BLOCK = 1 << 20


def write_results(path: Path, results: Iterable[Result], limits: Limits) -> None:
    """Write results as they come. Raises `DocumentError` when their text goes beyond the limit."""
    check, count, size = blake2b(digest_size=16), 0, 0
    with path.open("wb") as file:
        for result in results:
            for line in _lines(result):
                size += len(line)
                if size > limits.max_text:
                    raise DocumentError(f"it gives more text than the limit of {size_label(limits.max_text)}")
                file.write(line)
                check.update(line)
            count += 1
        file.write(orjson.dumps({"results": count, "check": check.hexdigest()}))


def sound(path: Path) -> bool:
    """Whether a file holds all that was written to it. A file that is missing or damaged holds nothing."""
    try:
        with path.open("rb") as file:
            return _matches(file)
    except OSError:
        return False


def _lines(result: Result) -> Iterator[bytes]:
    if isinstance(result, Document) and (isinstance(result, LongDocument) or result.characters > LONG):
        yield from _long_lines(result)
    else:
        yield _line([type(result).__name__.lower(), _fields(result)])


def _long_lines(document: Document) -> Iterator[bytes]:
    telling = Telling()
    for part in document.parts():
        telling.add(part)
        yield _line(part)
    fields = {"record": document.record, "metadata": document.metadata, "pages": document.pages}
    yield _line(["long", {**fields, **telling.told()._asdict()}])


def _fields(result: Result) -> dict[str, Json]:
    """As `asdict` has them, without its copies: small documents are many."""
    if isinstance(result, Document):
        return {
            "source": result.source, "text": result.text, "record": result.record, "metadata": result.metadata,
            "pages": result.pages,
        }  # fmt: skip
    return asdict(result)


def _line(value: Json) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE)


def read_results(path: Path) -> Iterator[Result]:
    """The results of a sound file, one at a time; long documents as `LongDocument`."""
    with path.open("rb") as file:
        place = begins = 0
        for line in file:
            place += len(line)
            if line[:1] == b'"':  # a part of the long document that follows
                continue
            value = orjson.loads(line)
            if isinstance(value, list):
                yield _long(path, begins, **value[1]) if value[0] == "long" else _result(*value)
            begins = place


def _long(path: Path, begins: int, characters: int, key: str, **fields: Json) -> LongDocument:
    def parts() -> Iterator[str]:
        with path.open("rb") as file:
            file.seek(begins)
            while (line := file.readline())[:1] == b'"':
                yield orjson.loads(line)

    pages = tuple(fields["pages"])
    return LongDocument("", parts, Told(characters, key), fields["record"], fields["metadata"], pages)


def keep_only(folder: Path, used: Collection[Path]) -> None:
    """Remove the results of files that are gone or have changed, and what another process left unfinished."""
    ours = f".{os.getpid()}-"
    for path in folder.iterdir():
        if path not in used and not path.name.startswith(ours):
            path.unlink(missing_ok=True)


def _matches(file: BinaryIO) -> bool:
    end = file.seek(0, os.SEEK_END)
    file.seek(max(0, end - 256))
    tail = file.read()
    trailer = tail[tail.rfind(b"\n") + 1 :]
    try:
        told = orjson.loads(trailer)
    except orjson.JSONDecodeError:
        return False
    check, left = blake2b(digest_size=16), end - len(trailer)
    file.seek(0)
    while left > 0:
        block = file.read(min(left, _BLOCK))
        check.update(block)
        left -= len(block) or left
    return isinstance(told, dict) and told.get("check") == check.hexdigest()


def _result(kind: str, fields: dict[str, Json]) -> Result:
    if "pages" in fields:
        fields["pages"] = tuple(fields["pages"])
    return _KINDS[kind](**fields)
