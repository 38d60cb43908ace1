"""`PipelineStep`: one prompt per row, one value back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass
from functools import partial
from typing import Any

from generation_functions.errors import ConfigError
from generation_functions.rows import Json, Row
from generation_functions.steps.asking import Calls, first_kept
from generation_functions.steps.outcome import Outcome
from generation_functions.steps.step import PromptedStep


@dataclass(frozen=True)
class PipelineStep(PromptedStep):
    """Ask the model about each row and keep what it says.

    into     the field the parsed value goes to; without it the value is a mapping and its items become fields
    drop_if  (value, row) → the reason to drop the row for, or None
    known    a field that a row may have already: such a row goes on as it is, and nothing is asked
    """

    _: KW_ONLY
    into: str | None = None
    drop_if: Callable[[Any, Row], str | None] | None = None
    known: str | None = None

    async def process(self, row: Row, calls: Calls) -> Outcome:
        if self.known is not None and self.known in row:
            return Outcome.kept(row, {})
        return await first_kept(calls, partial(self._sampled, row, calls))

    async def _sampled(self, row: Row, calls: Calls, sample: int) -> Outcome:
        value = await calls.value(self, sample=sample)
        added = as_fields(self.name, value, self.into)
        reason = self.drop_if(value, row) if self.drop_if is not None else None
        return Outcome.kept(row, added) if reason is None else Outcome.dropped(reason, added)


def as_fields(step: str, value: Any, into: str | None) -> Mapping[str, Json]:
    """The fields a parsed value becomes. Raises `ConfigError` when a value that is no mapping has no field to go to."""
    if into is not None:
        return {into: value}
    if hasattr(value, "model_dump"):
        value = value.model_dump(mode="json")
    if not isinstance(value, Mapping):
        raise ConfigError(
            f"step {step!r}: its parser gave {type(value).__name__} {value!r:.60}, which has no field to go to",
            hint=f'Name one, as in PipelineStep("{step}", ..., into="answer"), or let the parser give a mapping.',
        )
    return value
