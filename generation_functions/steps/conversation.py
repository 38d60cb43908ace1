"""`ConversationStep`: several turns with the model about one row, each seeing the ones before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass
from typing import Any

from generation_functions.errors import ConfigError
from generation_functions.models.exchange import Messages
from generation_functions.parsing import text
from generation_functions.rows import Json, Row
from generation_functions.steps.asking import Calls, OfflineRule
from generation_functions.steps.outcome import Outcome
from generation_functions.steps.step import PromptedStep


@dataclass(frozen=True)
class Turn:
    """One turn: the prompt that asks, and the field its parsed answer goes to.

    alone    whether the turn is asked without the turns before it
    offline  writes the turn's answer for the offline writer; sees the answers of the turns before
    """

    prompt: str
    into: str
    _: KW_ONLY
    parse: Callable[[str], Any] = text
    validate: Callable[[Any, Row], str | None] | None = None
    offline: OfflineRule | None = None
    alone: bool = False


@dataclass(frozen=True)
class ConversationStep(PromptedStep):
    """Hold a conversation about each row. A turn's prompt may use the answers of the turns before as `{into}` names."""

    _: KW_ONLY
    turns: tuple[Turn, ...] = ()

    def __post_init__(self) -> None:
        if not self.turns:
            raise ValueError(f"step {self.name!r} needs `turns`")

    @property
    def prompt_names(self) -> tuple[str | None, ...]:
        return tuple(dict.fromkeys(turn.prompt for turn in self.turns))

    async def process(self, row: Row, calls: Calls) -> Outcome:
        history: Messages = []
        added: dict[str, Json] = {}
        for turn in self.turns:
            step = self._for(turn)
            messages = _continued([] if turn.alone else history, calls.filled(step, turn.prompt), self.name)
            calls.row = row.adding(added)
            value = await calls.value(step, prompt=messages)
            added[turn.into] = value
            calls.values = {**calls.values, turn.into: value}
            history = [*messages, {"role": "assistant", "content": value if isinstance(value, str) else str(value)}]
        return Outcome.kept(row, added)

    def _for(self, turn: Turn) -> PromptedStep:
        settings = {"parse": turn.parse, "validate": turn.validate, "offline": turn.offline or self.offline}
        return self.with_settings(settings)[0]


def _continued(history: Messages, prompt: Messages | str, step: str) -> Messages:
    if isinstance(prompt, str):
        raise ConfigError(f"step {step!r} holds a conversation, which a model in completion mode cannot take part in")
    if not history:
        return prompt
    return [*history, *(message for message in prompt if message["role"] != "system")]
