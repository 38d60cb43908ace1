"""A passage: a piece of a document that can be found, with where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from generation_functions.rows import Json, Place, Row

_BESIDE = ("start", "end", "pages", "language")


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk as a retriever sees it. `place` is (document, record, number); without one it has no neighbours."""

    key: str
    text: str
    source: str = ""
    headings: tuple[str, ...] = ()
    language: str = "und"
    place: Place = ()
    beside: Mapping[str, Json] = field(default_factory=dict)

    @classmethod
    def of(cls, row: Row) -> Passage:
        """The passage of a chunk."""
        return cls(
            row.key, str(row["text"]), str(row.get("source", "")), tuple(row.get("headings") or ()),
            str(row.get("language") or "und"), row.place, {name: row[name] for name in _BESIDE if name in row},
        )  # fmt: skip

    @property
    def title(self) -> str:
        """Where it stands, for readers: its file's name and the headings above it."""
        return " › ".join([PurePosixPath(self.source or "document").stem, *self.headings])

    def as_field(self) -> dict[str, Any]:
        """What a row keeps of it."""
        return {"text": self.text, "source": self.source, "title": self.title, "key": self.key}

    def beside_or_same(self, other: Passage) -> bool:
        """Whether both are one place: the same passage, or two that touch in their document."""
        if self.key == other.key:
            return True
        if not self.place or not other.place or self.place[:-1] != other.place[:-1]:
            return False
        return abs(int(self.place[-1]) - int(other.place[-1])) <= 1
