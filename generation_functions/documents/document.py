"""What reading a folder gives: documents, and a reason for everything that is not one."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, TypeAlias

from generation_functions.errors import DocumentError
from generation_functions.rows import Json, content_key

MEBIBYTE = 1024 * 1024
GIBIBYTE = 1024 * MEBIBYTE

PART = 1 << 20
"""Characters of a text that are handed out at a time."""


@dataclass(frozen=True, slots=True)
class Document:
    """The text of one document.

    source    POSIX path relative to the input folder; always valid UTF-8.
    text      its text: `\\n` newlines, no NUL, no lone surrogates, otherwise as it was written.
    record    the line it stood on, for a file of many documents; for showing only, it moves when lines do.
    metadata  JSON-able facts that came with it (a record's other fields, an encoding other than UTF-8).
    pages     where each page begins in `text`, in characters, in order; empty for a document without pages. A page that
              gave no text begins where the next one does.
    """

    source: str
    text: str
    record: int | None = None
    metadata: dict[str, Json] = field(default_factory=dict)
    pages: tuple[int, ...] = ()

    @property
    def key(self) -> str:
        """Identity by content: the same text is the same document wherever it stands."""
        return self.key_after("document")

    def key_after(self, *parts: Json) -> str:
        """The key of these parts and the text."""
        return content_key(*parts, self.text)

    @property
    def characters(self) -> int:
        """How long the text is."""
        return len(self.text)

    def parts(self) -> Iterator[str]:
        """The text, a part at a time."""
        text = self.text
        return (text[at : at + PART] for at in range(0, len(text), PART))

    def whole(self) -> Document:
        """The same document, its text held."""
        return self


@dataclass(frozen=True, slots=True)
class Skip:
    """Something in the input folder that gave no document, and why."""

    source: str
    reason: str
    record: int | None = None

    @classmethod
    def because(cls, source: str, error: DocumentError, line: int | None = None) -> Skip:
        """A skip whose reason is an error's message, with what to do about it."""
        reason = f"{error.message}; {error.hint}" if error.hint else error.message
        return cls(source, reason if line is None else f"line {line}: {reason}", line)


@dataclass(frozen=True, slots=True)
class Member:
    """A document inside another file: what an archive holds, what a message has attached.

    name   its path inside, `/` between the parts; what its reader is chosen by.
    index  its number inside, from 0; what it is opened by.
    """

    name: str
    index: int


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds that keep one bad file from taking a run down.

    max_bytes     largest single document: a whole file, a member of an archive, or a line of a file of many documents.
    seconds       longest that one document may take to be parsed; a page to be recognised starts the time anew.
    max_memory    largest address space of a process that parses, in bytes.
    max_text      most text one file may give, in bytes of UTF-8.
    max_expanded  most that one compressed file may unpack to, in bytes.
    max_ratio     most that a compressed part of more than a mebibyte may grow by.
    max_members   most files in one archive.
    max_depth     how deep archives and messages in one another are opened.
    """

    max_bytes: int = 256 * MEBIBYTE
    seconds: float = 120.0
    max_memory: int = 2 * GIBIBYTE
    max_text: int = GIBIBYTE
    max_expanded: int = GIBIBYTE
    max_ratio: int = 250
    max_members: int = 10_000
    max_depth: int = 3


DEFAULT_LIMITS = Limits()

Result: TypeAlias = Document | Skip | Member

Reader: TypeAlias = Callable[..., Iterator[Result]]
"""`(file: BinaryIO, limits: Limits, *arguments: str)`: reads one open file. Raises `DocumentError` or
`OSError` when the file as a whole is no use; yields a `Skip` for a bad record or page. Results are made anew each time,
and the `source` it fills in is empty: whoever walks the folder knows it."""

Opener: TypeAlias = Callable[[BinaryIO, Member, Limits], bytes]
"""The content of one member. Raises `DocumentError` when it cannot be had within the limits."""


def put_at(source: str, result: Document | Skip) -> None:
    """Fill in where a result stands. For one that has just come from its reader and that nobody else holds: small
    documents are many, and each made twice is a third of what reading them takes."""
    object.__setattr__(result, "source", source)


def whole(file: BinaryIO, limits: Limits) -> bytes:
    """All of a file. Raises `DocumentError` when it is empty or larger than `max_bytes`."""
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    if size > limits.max_bytes:
        raise DocumentError(f"larger than the limit of {size_label(limits.max_bytes)}")
    data = file.read(size)
    if not data:
        raise DocumentError("empty")
    return data


def size_label(size: int) -> str:
    """Bytes as people read them: `512 bytes`, `1.5 MiB`."""
    if size < 1024:
        return f"{size} bytes"
    if size < MEBIBYTE:
        return f"{size / 1024:.1f} KiB"
    return f"{size / MEBIBYTE:.1f} MiB"
