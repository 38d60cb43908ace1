"""Documents that are too long to hold: their text is read from a file whenever it is asked for, a part at a time."""

from __future__ import annotations

import codecs
import io
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple, TypeAlias

from generation_functions.documents.document import MEBIBYTE, Document, Limits
from generation_functions.documents.encoding import MARKS, SAMPLE, is_binary, without_nul
from generation_functions.errors import MillraceError
from generation_functions.rows import Json, content_key_of_text

LONG = 4 * MEBIBYTE
"""Bytes of a file, or characters of a text, from which on it is not held as a whole."""

BLOCK = MEBIBYTE

Parts: TypeAlias = Callable[[], Iterator[str]]


class Told(NamedTuple):
    """What is known of a long text without reading it: how many characters it has, and its document's key."""

    characters: int
    key: str


class LongDocument(Document):
    """A document whose text is read anew each time. Good for as long as what it is read from is there and unchanged."""

    __slots__ = ("_parts", "_told")
    _parts: Parts
    _told: Told

    def __init__(
        self,
        source: str,
        parts: Parts,
        told: Told,
        record: int | None = None,
        metadata: dict[str, Json] | None = None,
        pages: tuple[int, ...] = (),
    ) -> None:
        values = {"source": source, "record": record, "metadata": metadata or {}, "pages": pages}
        for name, value in {**values, "_parts": parts, "_told": told}.items():
            object.__setattr__(self, name, value)

    @property
    def text(self) -> str:
        """All of it at once."""
        return "".join(self.parts())

    @property
    def characters(self) -> int:
        """How long the text is."""
        return self._told.characters

    @property
    def key(self) -> str:
        """Identity by content."""
        return self._told.key

    def key_after(self, *parts: Json) -> str:
        """The key of these parts and the text."""
        return content_key_of_text(*parts, text=self.parts())

    def parts(self) -> Iterator[str]:
        """The text, a part at a time."""
        return self._parts()

    def at(self, source: str) -> LongDocument:
        """The same document, at a place."""
        return LongDocument(source, self._parts, self._told, self.record, self.metadata, self.pages)

    def whole(self) -> Document:
        """The same document, its text held."""
        return Document(self.source, self.text, self.record, self.metadata, self.pages)


def told_of(parts: Iterator[str]) -> Told:
    """What there is to know of a text, from reading it once."""
    characters = 0

    def counted() -> Iterator[str]:
        nonlocal characters
        for part in parts:
            characters += len(part)
            yield part

    key = content_key_of_text("document", text=counted())
    return Told(characters, key)


def long_text(file: BinaryIO, limits: Limits) -> LongDocument | None:
    """A long file of sound UTF-8. None for any other, and for what is no file of its own, as a member of an archive."""
    try:
        path, status = Path(file.name), os.fstat(file.fileno())
    except (AttributeError, TypeError, io.UnsupportedOperation):
        return None
    if not LONG < status.st_size <= limits.max_bytes or not _reads_plainly(file, status.st_size):
        return None

    def parts() -> Iterator[str]:
        with path.open("rb") as again:
            before = os.fstat(again.fileno())
            yield from _decoded(again)
            after = os.fstat(again.fileno())
        if len({(each.st_size, each.st_mtime_ns, each.st_ino) for each in (status, before, after)}) > 1:
            raise MillraceError(f"{path} has changed while it was read", hint="run the same command again")

    try:
        seen = _Seen(parts())
        told = told_of(seen)
    except UnicodeDecodeError:
        return None
    return LongDocument("", parts, told) if seen.ink else None


class _Seen:
    """Parts of a text, and whether anything but space was among them."""

    def __init__(self, parts: Iterator[str]) -> None:
        self._parts = parts
        self.ink = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        part = next(self._parts)
        self.ink = self.ink or not part.isspace()
        return part


def _reads_plainly(file: BinaryIO, size: int) -> bool:
    """Whether a file looks like UTF-8 where its beginning and end are looked at, and like nothing else."""
    file.seek(0)
    head = file.read(SAMPLE)
    file.seek(max(0, size - SAMPLE))
    tail = file.read(SAMPLE)
    file.seek(0)
    marked = any(head.startswith(mark) for mark, name in MARKS if name != "utf-8")
    return not (marked or b"\x1b$" in head or is_binary(head.removeprefix(codecs.BOM_UTF8)) or is_binary(tail))


def _decoded(file: BinaryIO) -> Iterator[str]:
    """A file's text as `decode` gives it, a part at a time. Raises `UnicodeDecodeError`."""
    decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder("utf-8-sig")(), translate=True)
    while data := file.read(BLOCK):
        if part := without_nul(decoder.decode(data)):
            yield part
    if part := without_nul(decoder.decode(b"", final=True)):
        yield part
