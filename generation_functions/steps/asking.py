"""How a step asks a model: filling the prompt, asking again when an answer will not do, keeping what was asked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from types import CodeType
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from generation_functions.errors import ConfigError, ParseError, RequestRefused, TransientError
from generation_functions.models.exchange import Completion, Messages, Rank, Request
from generation_functions.models.model import Model
from generation_functions.rows import Json, Row, content_key
from generation_functions.steps.outcome import Outcome, StepFailed
from generation_functions.steps.versions import version_of
from generation_functions.store import DROPPED

if TYPE_CHECKING:
    from generation_functions.prompts import Prompt, PromptMode
    from generation_functions.steps.step import PromptedStep

_NO_CHANCE = 15
"""Words from which on two answers are not the same by chance."""

OfflineRule: TypeAlias = Callable[[Mapping[str, Json], Random], str]
"""Writes what a model would have answered, from the row's fields and the prompt's values."""


Doing: TypeAlias = Callable[..., Awaitable[list[Row]]]
"""`await do(step, row, model=..., **settings)`: the rows that step makes of a row; empty when it dropped or failed."""


class Services(Protocol):
    """What a run gives its steps."""

    seed: int

    def prompt(self, step: PromptedStep, name: str | None, mode: PromptMode) -> Prompt:
        """A prompt of the step, from the run's overrides or from beside the pipeline."""
        ...

    async def complete(self, model: Model, request: Request, step: str) -> tuple[Completion, str]:
        """Answer a request, from the store or from the model. Gives the completion and the exchange's key."""
        ...

    def rounds(self, step: str, key: str) -> int:
        """How many times a person asked for this row's step to be tried again."""
        ...

    def inner(self, step: str, rank: Rank) -> Doing:
        """What a `DepthFirst` step's function calls its own steps with."""
        ...


@dataclass(slots=True)
class Asking:
    """One step's way to its model, for every row of a stream.

    step_name  the name its rows and exchanges are recorded under
    values     what `.through(...)` gave the prompt beside the row's fields
    sampling   the model's default sampling with the step's own on top
    rank       whose calls go first; a flow gives its steps theirs
    """

    services: Services
    step_name: str
    model: Model | None = None
    values: Mapping[str, Json] = field(default_factory=dict)
    sampling: Mapping[str, Json] = field(default_factory=dict)
    rank: Rank = field(default_factory=Rank)

    def about(self, row: Row, prepare: Callable[[Row], Mapping[str, Json]] | None = None) -> Calls:
        """The calls made for one row."""
        values: Mapping[str, Json] = row.fields
        if self.values or prepare is not None:
            values = {**row.fields, **self.values, **(prepare(row) if prepare is not None else {})}
        return Calls(self, row, values, self.services.rounds(self.step_name, row.key))

    def the_model(self) -> Model:
        """The model this step asks. Raises `ConfigError` when `.through(...)` was given none."""
        if self.model is None:
            raise ConfigError(
                f"step {self.step_name!r} asks a model, and was given none",
                hint=f"Pass one: .through({self.step_name}, model=writer)",
            )
        return self.model


@dataclass(slots=True)
class Calls:
    """The calls one step makes for one row, and the keys of the exchanges they became."""

    asking: Asking
    row: Row
    values: Mapping[str, Json]
    round: int = 0
    exchanges: list[str] = field(default_factory=list)

    def knowing(self, fields: Mapping[str, Json], *, tried_as: str | None = None) -> Calls:
        """The same calls, where the row and the prompt's values have more fields. Exchanges are kept together.

        `tried_as` is the key under which a person may have asked for these to be tried again.
        """
        granted = 0 if tried_as is None else self.asking.services.rounds(self.asking.step_name, tried_as)
        more = {**self.values, **fields}
        return replace(self, row=self.row.adding(fields), values=more, round=max(self.round, granted))

    async def complete(
        self, step: PromptedStep, prompt: Messages | str, *, sample: int = 0, attempt: int = 0
    ) -> Completion:
        """Ask once. Raises what the model client raises."""
        asking = self.asking
        model = asking.the_model()
        request = Request(prompt, asking.sampling, sample, attempt, asking.rank)
        if model.spec.provider == "offline" and step.offline is not None:
            rule, values = step.offline, self.values
            request.offline = lambda: rule(values, Random(content_key(prompt, sample, attempt)))
            request.offline_version = f"{step.name}:{version_of(rule)}"
        completion, key = await asking.services.complete(model, request, asking.step_name)
        self.exchanges.append(key)
        return completion

    async def value(self, step: PromptedStep, *, sample: int = 0, prompt: Messages | str | None = None) -> Any:
        """Ask until an answer parses and validates; stored answers are judged first, in their order.

        Raises `StepFailed` when `step.retries` more tries did not help.
        """
        if prompt is None:
            prompt = self.filled(step)
        tries: list[str] = []
        hint: str | None = None
        for attempt in range((step.retries + 1) * (self.round + 1)):
            asked = step.with_failure(prompt, tries, self) if tries and step.show_failure else prompt
            try:
                completion = await self.complete(step, asked, sample=sample, attempt=attempt)
            except (RequestRefused, TransientError) as exc:
                # A cut-off or filtered answer may come out whole at the next try. Any other refusal would come again,
                # unless a person asked for this row to be tried anew.
                cut_off = isinstance(exc, RequestRefused) and exc.status is None
                if not cut_off and attempt >= (step.retries + 1) * self.round:
                    raise
                tries.append(exc.message)
                hint = exc.hint
                continue
            value, problem = step.judged(completion.text, self.row)
            problem = problem or _copied(value, completion.text, prompt)
            if problem is None:
                return value
            tries.append(problem)
            hint = None
        raise StepFailed(tries[-1], tries, hint=hint)

    def filled(self, step: PromptedStep, name: str | None = None) -> Messages | str:
        """The step's prompt (or another of its folder) filled with the row's values.

        Where no JSON schema goes with the request, it ends with the `instructions` of the step's parser, if it has any.
        """
        asking = self.asking
        spec = asking.the_model().spec
        prompt = asking.services.prompt(step, name, spec.prompt_mode).fill(self.values)
        told: str | None = getattr(step.parse, "instructions", None)
        if told is None or spec.structured_output == "json_schema" or _says(prompt, told):
            return prompt
        return ending_with(prompt, told)


def ending_with(prompt: Messages | str, words: str) -> Messages | str:
    """A prompt with these words after what it asks."""
    if isinstance(prompt, str):
        return f"{prompt}\n\n{words}\n\n"
    return [*prompt[:-1], {**prompt[-1], "content": f"{prompt[-1]['content']}\n\n{words}"}]


def _copied(value: Any, text: str, prompt: Messages | str) -> str | None:
    """What is wrong with an answer that is an example of its own prompt once more, or the question itself.

    A vote or a score may come with the same words as another, and be meant.
    """
    if isinstance(prompt, str) or isinstance(value, bool | int | float | tuple):
        return None
    said = text.strip()
    again = any(message["content"].strip() == said for message in prompt)
    told = "The answer only repeats a message of the prompt, word for word."
    return told if again and len(said.split()) >= _NO_CHANCE else None


def _says(prompt: Messages | str, words: str) -> bool:
    texts = [prompt] if isinstance(prompt, str) else [message["content"] for message in prompt]
    return any(words in text for text in texts)


async def first_kept(calls: Calls, sampled: Callable[[int], Awaitable[Outcome]]) -> Outcome:
    """The outcome of the first sample; while it drops the row, of one more sample for each round a person granted."""
    outcome = await sampled(0)
    for sample in range(1, calls.round + 1):
        if outcome.status != DROPPED:
            break
        outcome = await sampled(sample)
    return outcome


def explain(exc: Exception) -> str:
    """What went wrong in a parser or validator, in one line; a bug in one names its place."""
    if isinstance(exc, ParseError):
        return exc.message
    code, line = _innermost(exc)
    return f"{type(exc).__name__}: {exc} ({Path(code.co_filename).name}:{line})"


def _innermost(exc: Exception) -> tuple[CodeType, int]:
    traceback = exc.__traceback__
    assert traceback is not None
    while traceback.tb_next is not None:
        traceback = traceback.tb_next
    return traceback.tb_frame.f_code, traceback.tb_lineno
