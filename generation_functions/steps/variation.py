"""`VariationStep`: several versions of a row, each by a prompt drawn from a folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass
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
        problems: list[str] = []
        for sample, name in enumerate(self.drawn(row, calls.asking.services.seed)):
            labelled = calls.knowing({self.label: PurePath(name).name})
            try:
                value = await labelled.value(self, sample=sample, prompt=labelled.filled(self, name))
            except StepFailed as exc:
                problems.append(f"{name}: {exc.message}")
                continue
            versions.append({**as_fields(self.name, value, self.into), self.label: PurePath(name).name})
        if not versions:
            raise StepFailed(problems[-1].partition(": ")[2], problems)
        return Outcome.many(row, self.name, versions, detail=problems or None)
