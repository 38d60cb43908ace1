"""`OneOffStep`: one call for the whole run."""

from __future__ import annotations

from dataclasses import dataclass

from generation_functions.rows import Row
from generation_functions.steps.asking import Calls
from generation_functions.steps.outcome import Outcome
from generation_functions.steps.step import PromptedStep


@dataclass(frozen=True)
class OneOffStep(PromptedStep):
    """Ask once for the whole run: rules, a description of a class, a glossary. `await run.once(step, model=...)`."""

    async def process(self, row: Row, calls: Calls) -> Outcome:
        return Outcome.kept(row, {"value": await calls.value(self)})
