"""`ScoreStep`: a rubric score by a judge model, with its reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass, field
from functools import cached_property, partial
from typing import Any

from generation_functions.parsing import rating
from generation_functions.rows import Row
from generation_functions.steps.asking import Calls, first_kept
from generation_functions.steps.outcome import Outcome
from generation_functions.steps.step import PromptedStep


@dataclass(frozen=True)
class ScoreStep(PromptedStep):
    """Let a judge score each row, and drop those below `at_least`.

    parse     completion text → number, or (number, reason); by default a rating from 1 to 10
    into      the field for the score; the judge's words go to `{into}_reason`
    at_least  least score to stay; None keeps every row
    """

    _: KW_ONLY
    parse: Callable[[str], Any] = field(default_factory=lambda: rating(1, 10))
    into: str = "score"
    at_least: float | None = None

    async def process(self, row: Row, calls: Calls) -> Outcome:
        return await first_kept(calls, partial(self._scored, row, calls))

    async def _scored(self, row: Row, calls: Calls, sample: int) -> Outcome:
        score, words = await calls.value(self._with_reason, sample=sample)
        added = {self.into: score, f"{self.into}_reason": words}
        if self.at_least is not None and score < self.at_least:
            return Outcome.dropped(f"{self.into} below {self.at_least:g}", added)
        return Outcome.kept(row, added)

    @cached_property
    def _with_reason(self) -> PromptedStep:
        parse = self.parse

        def score_and_reason(completion: str) -> tuple[float, str]:
            value = parse(completion)
            return value if isinstance(value, tuple) else (value, completion.strip())

        return self.with_settings({"parse": score_and_reason})[0]
