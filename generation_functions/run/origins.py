"""What a dataset's card says of its rows: where they came from, and one of them, seen while they are written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import orjson

from generation_functions.rows import Json

if TYPE_CHECKING:
    from generation_functions.datasets import Record


@dataclass
class Origins:
    """A dataset's rows by source, language and writer, with their number; and the first of them."""

    counts: Counter[tuple[str | None, str | None, str | None]] = field(default_factory=Counter)
    first: Mapping[str, Json] | None = None

    def watching(self, records: Iterable[Record]) -> Iterator[Record]:
        """The same records, counted as they go by."""
        for record in records:
            if self.first is None:
                self.first = record.content
            told = record.content.get("metadata")
            told = told if isinstance(told, Mapping) else {}
            self.counts[_text(told.get("source")), _text(told.get("language")), _text(told.get("writer"))] += 1
            yield record

    @property
    def offline(self) -> bool:
        """Whether the offline writer wrote any of the rows."""
        return any(writer == "offline" for _, _, writer in self.counts)


def rows_by_source(all_origins: Iterable[Origins]) -> dict[str, int]:
    """How many rows came from each source document."""
    return _rows_by(all_origins, 0, "(given rows)")


def rows_by_language(all_origins: Iterable[Origins]) -> dict[str, int]:
    """How many rows were made from texts in each language."""
    return _rows_by(all_origins, 1, "und")


def _rows_by(all_origins: Iterable[Origins], column: int, without: str) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for origins in all_origins:
        for origin, count in origins.counts.items():
            found = origin[column]
            counts[without if found is None else found] += count
    return dict(sorted(counts.items()))


def _text(value: Json) -> str | None:
    return value if value is None or isinstance(value, str) else orjson.dumps(value).decode()
