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
from generation_functions.rows import Json, TextKey

LONG = 4 * MEBIBYTE
"""Bytes of a file, or characters of a text, from which on it is not held as a whole."""

BLOCK = MEBIBYTE

Parts: TypeAlias = Callable[[], Iterator[str]]


class Told(NamedTuple):
    """What is known of a long text without reading it: how many characters it has, and its document's key."""

    characters: int
    key: str


class Telling:
    """Finds out what there is to know of a text, a part at a time."""

    def __init__(self) -> None:
        self._characters = 0
        self._key = TextKey("document")
        self.ink = False

    def add(self, part: str) -> None:
        """The text goes on with this."""
        self._characters += len(part)
        self._key.add(part)
        self.ink = self.ink or not part.isspace()

    def told(self) -> Told:
        """What is known of the text, if it ends here."""
        return Told(self._characters, self._key.value())


class LongDocument(Document):
    """A document whose text is read anew each time. Good for as long as what it is read from is there and unchanged."""

    __slots__ = ("_parts", "_told")
    _parts: Parts
    _told: Told | None

    def __init__(
        self,
        source: str,
        parts: Parts,
        told: Told | None = None,
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
        return self.told.characters

    @property
    def key(self) -> str:
        """Identity by content."""
        return self.told.key

    @property
    def told(self) -> Told:
        """What is known of the text; found out once, where it was not given."""
        if self._told is None:
            telling = Telling()
            for part in self.parts():
                telling.add(part)
            object.__setattr__(self, "_told", telling.told())
        assert self._told is not None
        return self._told

    def key_after(self, *parts: Json) -> str:
        """The key of these parts and the text."""
        key = TextKey(*parts)
        for part in self.parts():
            key.add(part)
        return key.value()

    def parts(self) -> Iterator[str]:
        """The text, a part at a time."""
        return self._parts()

    def whole(self) -> Document:
        """The same document, its text held."""
        return Document(self.source, self.text, self.record, self.metadata, self.pages)


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

    telling = Telling()
    try:
        for part in parts():
            telling.add(part)
    except UnicodeDecodeError:
        return None
    return LongDocument("", parts, telling.told()) if telling.ink else None


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
