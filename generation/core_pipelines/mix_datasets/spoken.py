"""The language of each row of a source that keeps some languages only, and what that leaves out."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import repeat
from typing import Any

from generation.core_components.languages import kept_language
from generation.core_pipelines.mix_datasets.learnt_text import learnt_text
from generation_functions.datasets import Format
from generation_functions.languages import detect_language

MOST_TOLD = 6


@dataclass
class Spoken:
    """Tells each row's language once, by what is trained on. Memory holds a byte for each row, none where all are kept.

    languages  codes of those to keep; without any, all are
    form       the format that the rows are in
    """

    languages: Collection[str]
    form: Format
    _rows: array[int] = field(default_factory=lambda: array("B"))
    _codes: dict[str, int] = field(default_factory=dict)

    def against(self, row: Mapping[str, Any]) -> str | None:
        """Why the next row is left out, if it is."""
        if not self.languages:
            return None
        code = detect_language(learnt_text(row, self.form))
        self._rows.append(self._codes.setdefault(code, len(self._codes)))
        return self._foreign(code)

    def again(self) -> Iterator[str | None]:
        """The same for all rows once more, in their order; without end where all are kept."""
        reasons = [self._foreign(code) for code in self._codes]
        return (reasons[code] for code in self._rows) if self.languages else repeat(None)

    def notes(self) -> list[str]:
        """How many rows are left out, by their languages; the commonest first."""
        codes = list(self._codes)
        counts = Counter({codes[at]: count for at, count in Counter(self._rows).items() if self._foreign(codes[at])})
        if not counts:
            return []
        told = ", ".join(f"{code} {count:,}" for code, count in _ranked(counts)[:MOST_TOLD])
        more = f", and {len(counts) - MOST_TOLD} more" if len(counts) > MOST_TOLD else ""
        rows = f"{len(self._rows):,} row{'' if len(self._rows) == 1 else 's'}"
        return [f"{counts.total():,} of {rows} left out for their language: {told}{more}"]

    def _foreign(self, code: str) -> str | None:
        kept, reason = kept_language(code, self.languages)
        return None if kept else reason


def _ranked(counts: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))
