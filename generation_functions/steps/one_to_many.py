"""`OneToManyStep`: one row becomes many."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from functools import partial

from generation_functions.rows import Row
from generation_functions.steps.asking import Calls, first_kept
from generation_functions.steps.outcome import Outcome
from generation_functions.steps.pipeline_step import as_fields
from generation_functions.steps.step import PromptedStep


@dataclass(frozen=True)
class OneToManyStep(PromptedStep):
    """Ask the model about each row; every item of the list its answer parses to becomes a row of its own.

    into   the field each item goes to; without it each item is a mapping and its items become fields
    empty  the reason kept when the list has no item
    """

    _: KW_ONLY
    into: str | None = None
    empty: str = "the answer held no item"

    async def process(self, row: Row, calls: Calls) -> Outcome:
        return await first_kept(calls, partial(self._listed, row, calls))

    async def _listed(self, row: Row, calls: Calls, sample: int) -> Outcome:
        items = [as_fields(self.name, item, self.into) for item in await calls.value(self, sample=sample)]
        return Outcome.many(row, self.name, items) if items else Outcome.dropped(self.empty)
