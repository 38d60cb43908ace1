"""What can be surveyed: a run's dataset, read from its store, and a dataset file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from generation_functions.report.coverage import (
    Coverage,
    chunks_by_document,
    coverage_of,
    read_documents,
    reasons_by_document,
)
from generation_functions.report.entry import Entry, entry_of
from generation_functions.report.figures import RunFacts
from generation_functions.report.funnel import funnel_of
from generation_functions.report.rows_in import rows_in
from generation_functions.report.votes import agreements_of
from generation_functions.store import StoreReader

_OF_A_DATASET = "FROM rows WHERE step = ? AND run_attempt = ? AND status = 'kept'"


@dataclass(frozen=True)
class FileRows:
    """A dataset file: JSON lines, Parquet or CSV."""

    path: Path

    @property
    def name(self) -> str:
        """The file's name."""
        return self.path.name

    @property
    def origin(self) -> str:
        """What the page says that the rows are from."""
        return "a dataset file"

    def count(self) -> int:
        """Its rows."""
        return sum(1 for _ in rows_in(self.path))

    def entries(self) -> Iterator[Entry | None]:
        """Its rows; indexes count those that can be read or not."""
        for index, fields in enumerate(rows_in(self.path)):
            yield None if fields is None else entry_of(fields, index)

    def source_text(self, entry: Entry) -> str | None:
        """None: a file's rows name their source at best."""
        return None

    def coverage(self, sources: Counter[str | None]) -> Coverage | None:
        """The documents that rows name; None where none does."""
        named = {name: count for name, count in sources.items() if name is not None}
        return coverage_of(named, unnamed=sources[None]) if named else None

    def run_facts(self) -> RunFacts | None:
        """None: a file knows of no run."""
        return None


@dataclass(frozen=True)
class RunRows:
    """A dataset of a run, as its store has it; also while the run goes on."""

    store: StoreReader
    attempt: int
    manifest: Mapping[str, Any]
    dataset: str

    @property
    def name(self) -> str:
        """The dataset's name."""
        return self.dataset

    @property
    def origin(self) -> str:
        """What the page says that the rows are from."""
        return f"a run of {self.manifest.get('pipeline') or 'a pipeline'}"

    @property
    def _which(self) -> tuple[str, int]:
        return f"dataset:{self.dataset}", self.attempt

    def count(self) -> int:
        """Its rows."""
        return int(self.store.query(f"SELECT COUNT(*) {_OF_A_DATASET}", self._which)[0][0])

    def entries(self) -> Iterator[Entry | None]:
        """Its rows, in the order of their sources."""
        found = self.store.stream(f"SELECT key, fields, root {_OF_A_DATASET} ORDER BY place, key", self._which)
        for index, (key, fields, root) in enumerate(found):
            yield entry_of(orjson.loads(fields), index, key=key, root=root)

    def source_text(self, entry: Entry) -> str | None:
        """The text of the source row (chunk, record) that a row descends from."""
        found = self.store.query(
            "SELECT fields ->> '$.text' FROM rows WHERE key = ? AND run_attempt = ? ORDER BY id",
            (entry.root, self.attempt),
        )
        return next((text for (text,) in found if isinstance(text, str)), None)

    def coverage(self, sources: Counter[str | None]) -> Coverage | None:
        """The documents that the run met, and what came of them; None where it read none."""
        met = read_documents(self.store, self.attempt)
        named = {name: count for name, count in sources.items() if name is not None}
        if not met and not named:
            return None
        return coverage_of(
            named, unnamed=sources[None], met=met, chunks=chunks_by_document(self.store, self.attempt),
            reasons=reasons_by_document(self.store, self.attempt),
        )  # fmt: skip

    def run_facts(self) -> RunFacts | None:
        """Its steps and votes."""
        return RunFacts(
            str(self.manifest.get("pipeline") or ""), str(self.manifest.get("status", "")),
            funnel_of(self.manifest), agreements_of(self.store, self.attempt),
        )  # fmt: skip
