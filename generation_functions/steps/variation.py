"""`VariationStep`: several versions of a row, each by a prompt drawn from a folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, replace
from pathlib import PurePath
from random import Random

from generation_functions.rows import Json, Row, content_key
from generation_functions.steps.asking import Calls
from generation_functions.steps.outcome import Outcome, StepFailed
from generation_functions.steps.pipeline_step import as_fields
from generation_functions.steps.step import PromptedStep


@dataclass(frozen=True)
class VariationStep(PromptedStep):
    """Write `count` versions of each row, by prompts drawn with the run's seed and the row's content.

    A version that gets no usable answer is a failed row of its own, beside the others; where none gets one, the row is.

    variations   names of prompts, such as `("variations/essay", "variations/list")`
    count        versions a row; each prompt is drawn once before any is drawn twice
    into         the field the parsed value goes to
    label        the field that keeps the name of the prompt; prompt, validator and offline rule see it too
    """

    _: KW_ONLY
    variations: tuple[str, ...] = ()
    count: int = 1
    into: str | None = "text"
    label: str = "variation"

    def __post_init__(self) -> None:
        if not self.variations:
            raise ValueError(f"step {self.name!r} needs `variations`: the names of its prompts")

    @property
    def prompt_names(self) -> tuple[str | None, ...]:
        return self.variations

    def drawn(self, row: Row, seed: int) -> list[str]:
        """The names of the prompts for one row, in the order they are asked."""
        rng = Random(content_key(seed, self.name, row.key))
        names: list[str] = []
        while len(names) < self.count:
            names += rng.sample(self.variations, k=len(self.variations))
        return names[: self.count]

    async def process(self, row: Row, calls: Calls) -> Outcome:
        versions: list[Mapping[str, Json]] = []
        lost: list[tuple[Row, Mapping[str, Json], StepFailed]] = []
        for sample, name in enumerate(self.drawn(row, calls.asking.services.seed)):
            label = {self.label: PurePath(name).name}
            # What could not be written is a row of its own on record, which can be tried again by its own key.
            missing = row.children(self.name, [{**label, "sample": sample}])[0]
            asking = calls.knowing(label, tried_as=missing.key)
            try:
                value = await asking.value(self, sample=sample, prompt=asking.filled(self, name))
            except StepFailed as exc:
                lost.append((missing, label, exc))
                continue
            versions.append({**as_fields(self.name, value, self.into), **label})
        if not versions:
            last = lost[-1][2]
            tries = [f"{fields[self.label]}: {failure.message}" for _, fields, failure in lost]
            raise StepFailed(last.message, tries, hint=last.hint)
        made = Outcome.many(row, self.name, versions)
        return replace(made, lost=lost, apart=True)
