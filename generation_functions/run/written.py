"""What a run writes: rows of a stream's end, shaped, in source order, with where each came from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from generation_functions.rows import Json, Row
from generation_functions.run.origins import Origins, rows_by_language, rows_by_source
from generation_functions.steps.outcome import Outcome
from generation_functions.store import KEPT, StoreReader
from generation_functions.store.history import DATASET_PREFIX
from generation_functions.streams.stage import PlainStage
from generation_functions.streams.stream import Stream

DATASETS_FOLDER = "datasets"
PROVENANCE = ("source", "start", "end", "overlap", "pages", "language")
"""Fields that every row of a dataset keeps in its metadata, where it has them."""
TOLD = "metadata"
"""The field whose items a row's metadata has beside those."""

Shape: TypeAlias = Callable[[Row], Mapping[str, Json]]
"""Row → what is written of it: `{"messages": [...]}`, `{"text": ...}`, or any mapping."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """A dataset a run has written. `path` is the file to train on; counts are rows."""

    name: str
    path: Path
    rows: int
    validation_rows: int
    files: tuple[Path, ...]
    notes: tuple[str, ...] = ()
    test_rows: int = 0
    origins: Origins = field(default_factory=Origins, repr=False, compare=False)

    @property
    def all_rows(self) -> int:
        """Rows of every split."""
        return self.rows + self.validation_rows + self.test_rows

    def as_json(self) -> dict[str, Json]:
        """For `run.json`."""
        return {
            "rows": self.rows, "validation_rows": self.validation_rows, "test_rows": self.test_rows,
            "files": [path.name for path in self.files], "notes": list(self.notes),
        }  # fmt: skip


def dataset_stage(name: str, shape: Shape | None, stream: Stream) -> PlainStage:
    """The last stage of a written stream: what it keeps of a row is exactly what is written."""
    offline = any(model.spec.provider == "offline" for model in stream.models)

    def act(row: Row) -> Outcome:
        content = dict(shape(row)) if shape is not None else {n: v for n, v in row.fields.items() if n != TOLD}
        content.setdefault("metadata", _metadata(row, offline))
        return Outcome(KEPT, [(row, content)])

    return PlainStage(f"{DATASET_PREFIX}{name}", stream.end, act=act)


def _metadata(row: Row, offline: bool) -> dict[str, Json]:
    fields = row.fields
    told = fields.get(TOLD)
    told = told if told is not None and isinstance(told, Mapping) else {}
    found = {**told, "key": row.key, **{name: fields[name] for name in PROVENANCE if name in fields}}
    return {**found, "writer": "offline"} if offline else found


def write_card(
    folder: Path,
    pipeline: str,
    manifest: Mapping[str, Any],
    datasets: Mapping[str, Dataset],
    store: StoreReader,
    run_attempt: int,
    *,
    partial: str | None,
) -> None:
    """Write `datasets/README.md`: what is in the datasets and where it came from. The same run gives the same bytes."""
    from generation_functions.datasets import CardFacts, render_card
    from generation_functions.run.manifest import write_atomically

    origins = [dataset.origins for dataset in datasets.values()]
    facts = CardFacts(
        pipeline=pipeline,
        datasets=manifest["datasets"],
        example={name: each.origins.first for name, each in datasets.items() if each.origins.first is not None},
        sources=rows_by_source(origins),
        licences=_licences(store, run_attempt),
        languages=rows_by_language(origins),
        unread=_unread(store, run_attempt),
        lost=manifest["sources"]["not_in_dataset"],
        steps=manifest["steps"],
        models=manifest["paid"],
        prompts=manifest["prompts"],
        seed=manifest["seed"],
        versions=manifest["versions"],
        offline=any(each.offline for each in origins),
        partial=partial,
    )
    write_atomically(folder / DATASETS_FOLDER / "README.md", render_card(facts).encode())


def _licences(store: StoreReader, run_attempt: int) -> dict[str, int]:
    """Documents that were read, by their licence; nothing where none of them has one."""
    found = store.query(
        "SELECT COALESCE(json_extract(fields, '$.licence'), 'not given') AS licence, COUNT(*) FROM rows"
        " WHERE step = 'read' AND status = 'kept' AND run_attempt = ? GROUP BY licence ORDER BY licence",
        (run_attempt,),
    )
    return dict(found) if any(licence != "not given" for licence, _ in found) else {}


def _unread(store: StoreReader, run_attempt: int) -> dict[str, str]:
    found = store.query(
        "SELECT json_extract(fields, '$.source'), reason FROM rows"
        " WHERE step = 'read' AND status != 'kept' AND run_attempt = ? ORDER BY place",
        (run_attempt,),
    )
    return dict(found)
