"""`DepthFirst`: an author's own async function over several steps for one row."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from generation_functions.rows import Json, Row
from generation_functions.steps.asking import Calls
from generation_functions.steps.outcome import Outcome
from generation_functions.steps.step import Step

Visit: TypeAlias = Callable[..., Awaitable[list[Row] | Mapping[str, Json] | None]]
"""`visit(row, do, **settings)`: a row, rows, a mapping of new fields, or None."""


@dataclass(frozen=True)
class DepthFirst(Step):
    """Run `visit(row, do, **settings)` on each row: plain Python that decides which step comes next.

    It gives back the row (or rows, or a mapping of new fields) that goes on; None, or no rows, drops the row. Inner
    steps are recorded under `{name}.{inner}`. Settings of `.through(...)` reach `visit` as keyword arguments.
    """

    visit: Visit
    settings: Mapping[str, Any] = field(default_factory=dict)

    def with_settings(self, settings: Mapping[str, Any]) -> tuple[DepthFirst, dict[str, Any]]:
        """Every setting belongs to the author's function."""
        return DepthFirst(self.name, self.visit, {**self.settings, **settings}), {}

    async def process(self, row: Row, calls: Calls) -> Outcome:
        asking = calls.asking
        settings = self.settings if asking.model is None else {"model": asking.model, **self.settings}
        made = await self.visit(row, asking.services.inner(self.name, asking.rank), **settings)
        if made is None or made == []:
            return Outcome.dropped(f"{self.name} gave no row")
        if isinstance(made, list):
            return Outcome.many(row, self.name, [child.fields for child in made])
        return Outcome.kept(row, made)
