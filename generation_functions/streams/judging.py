"""A stage that judges all rows of a stream together: which stay, and why the others do not."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeAlias

from generation_functions.rows import Row
from generation_functions.steps.outcome import Outcome
from generation_functions.streams.stage import GatheringStage, Recorder

Judge: TypeAlias = Callable[[list[Row]], Iterable[Outcome | None]]
"""All rows, in source order → for each what drops it, or None. The same rows must give the same verdicts."""


@dataclass(eq=False)
class JudgingStage(GatheringStage):
    """Holds the stream's rows until the last has arrived, and lets on those that the judge drops not."""

    judge: Judge = field(kw_only=True)

    @property
    def whole(self) -> bool:
        return True

    def release(self, rows: list[Row], recorder: Recorder) -> list[Row]:
        kept: list[Row] = []
        for row, dropped in zip(rows, self.judge(rows), strict=True):
            recorder.record(self, row, dropped or Outcome.kept(row, {}))
            if dropped is None:
                kept.append(row)
        return kept
