"""What the stages of a run made of its rows: put on record, and counted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from generation_functions.rows import Row
from generation_functions.run.counts import StageCounts
from generation_functions.run.events import Events
from generation_functions.steps.outcome import Outcome
from generation_functions.store import FAILED, KEPT, RowRecord, Store
from generation_functions.streams.stage import Stage


class Records:
    """The `Recorder` of one attempt at a run."""

    def __init__(self, store: Store, events: Events, run_attempt: int) -> None:
        self._store = store
        self._events = events
        self._run_attempt = run_attempt
        self._counts: dict[Stage, StageCounts] = {}

    def begin(self, stage: Stage) -> None:
        """Start counting a stage's rows anew: a stream that is run twice is counted once."""
        self._counts[stage] = StageCounts()

    def count_as(self, stage: Stage) -> None:
        """Count a stage that is made anew for each row under the first of its name."""
        if all(known.name != stage.name for known in self._counts):
            self.begin(stage)

    def record(self, stage: Stage, row: Row, outcome: Outcome, exchanges: Sequence[str] = ()) -> None:
        """Put on record what a stage made of a row."""
        counts = self._counts.get(stage)
        if counts is None:
            counts = next(counts for known, counts in self._counts.items() if known.name == stage.name)
        made = 0 if outcome.joined else len(outcome.rows)
        wanted = made + len(outcome.lost) if outcome.apart else 1
        counts.add(outcome.status, made, outcome.reason, outcome.hint, asked=wanted)
        asked = tuple(exchanges)
        for missing, fields, failure in outcome.lost:
            counts.add_failure(failure.message, failure.hint)
            failed = Outcome.failed(failure.message, {"tries": failure.tries}, hint=failure.hint)
            self._add(stage, row, failed, missing, fields, asked)
        if outcome.status != KEPT:
            self._add(stage, row, outcome, row, outcome.fields, asked)
            return
        for child, fields in outcome.rows:
            self._add(stage, row, outcome, child, fields, asked)

    def _add(
        self, stage: Stage, row: Row, outcome: Outcome, made: Row, fields: Any, exchanges: tuple[str, ...]
    ) -> None:  # fmt: skip
        self._store.add_row(
            RowRecord(stage.name, made.key, outcome.status, outcome.reason, outcome.detail, fields, exchanges,
                      stage.came_from, row.key, made.root, made.place),
            run_attempt=self._run_attempt,
        )  # fmt: skip
        if outcome.status == FAILED:
            self._events.emit("row_failed", step=stage.name, key=made.key, reason=outcome.reason)

    def why_lost(self, step: str) -> str:
        """The reasons why rows of a step are lost, in one line."""
        found = [counts for stage, counts in self._counts.items() if stage.name == step]
        reasons = [reason for counts in found for reason in (*counts.failures.counts, *counts.reasons)]
        return "; ".join(reasons) or "no reason was recorded"

    def counts(self) -> dict[str, StageCounts]:
        """Rows in and out of each step so far, by the step's name, in the order of the stream."""
        merged: dict[str, StageCounts] = {}
        for stage, counts in list(self._counts.items()):
            merged[stage.name] = merged[stage.name].merged(counts) if stage.name in merged else counts
        return merged
