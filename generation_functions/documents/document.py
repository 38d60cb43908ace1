"""What reading a folder gives: documents, and a reason for everything that is not one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from generation_functions.errors import DocumentError
from generation_functions.rows import Json, content_key

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Document:
    """The text of one document.

    source    POSIX path relative to the input folder; always valid UTF-8.
    text      its text: `\\n` newlines, no NUL, no lone surrogates, otherwise as it was written.
    record    the line it stood on, for a file of many documents; for showing only, it moves when lines do.
    metadata  JSON-able facts that came with it (a record's other fields, an encoding other than UTF-8).
    """

    source: str
    text: str
    record: int | None = None
    metadata: dict[str, Json] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Identity by content: the same text is the same document wherever it stands."""
        return content_key("document", self.text)


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
class Limits:
    """Bounds that keep one bad file from taking a run down.

    max_bytes  largest single document: a whole file, or one line of a file of many documents.
    """

    max_bytes: int = 256 * MEBIBYTE


Reader: TypeAlias = Callable[[Path, Limits], Iterator[Document | Skip]]
"""Reads one file. Raises `DocumentError` or `OSError` when the file as a whole is no use; yields a `Skip` for a bad
record. The `source` it fills in is only a placeholder: whoever walks the folder knows the real one."""


def size_label(size: int) -> str:
    """Bytes as people read them: `512 bytes`, `1.5 MiB`."""
    if size < 1024:
        return f"{size} bytes"
    if size < MEBIBYTE:
        return f"{size / 1024:.1f} KiB"
    return f"{size / MEBIBYTE:.1f} MiB"
