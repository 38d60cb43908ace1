"""What every step is: a named value that turns one row into an outcome, and what all prompted steps share."""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from generation_functions.errors import ConfigError
from generation_functions.models.exchange import Messages
from generation_functions.parsing import text
from generation_functions.parsing.surroundings import one_turn
from generation_functions.rows import Json, Row
from generation_functions.steps.asking import Calls, OfflineRule, ending_with, explain
from generation_functions.steps.outcome import Outcome

if TYPE_CHECKING:
    from generation_functions.prompts import Prompt
    from generation_functions.stand_ins import StandIn


@dataclass(frozen=True)
class Step(ABC):
    """A named value that turns one row into an outcome. It knows nothing of how or where it is run."""

    name: str

    @abstractmethod
    async def process(self, row: Row, calls: Calls) -> Outcome:
        """The outcome of one row. Raises `StepFailed`, `Drop`, and what a model client raises."""

    def with_settings(self, settings: Mapping[str, Any]) -> tuple[Self, dict[str, Any]]:
        """This step with those settings that are its own, and the settings left over (values for its prompt)."""
        own = {f.name for f in fields(self) if f.init}
        mine = {name: value for name, value in settings.items() if name in own}
        rest = {name: value for name, value in settings.items() if name not in own}
        return (replace(self, **mine) if mine else self), rest


@dataclass(frozen=True)
class PromptedStep(Step):
    """A step that asks a model. Prompt, parsing and validation are three separate pure things.

    prompt        name of a file in `prompts/` beside the pipeline (default: the step's name), or a `Prompt`
    parse         completion text → value; raises `ParseError` when the completion is not what was asked for
    validate      (value, row) → what is wrong with the value, or None
    prepare       row → more values for the prompt
    offline       (values, rng) → what a model would have answered, for the offline writer
    sampling      body fields of the request: temperature, max_tokens, stop, ... They win over the model's own.
    retries       more tries after an answer that does not parse or validate
    show_failure  whether a further try shows the model its answer's fault
    stand_ins     prompt files of another program that a folder of `prompts:` may have in place of its own
    """

    _: KW_ONLY
    prompt: str | Prompt | None = None
    parse: Callable[[str], Any] = text
    validate: Callable[[Any, Row], str | None] | None = None
    prepare: Callable[[Row], Mapping[str, Json]] | None = None
    offline: OfflineRule | None = None
    sampling: Mapping[str, Json] = field(default_factory=dict)
    retries: int = 3
    show_failure: bool = False
    stand_ins: tuple[StandIn, ...] = ()
    prompts_dir: Path = field(default_factory=lambda: _folder_of_author() / "prompts")

    @property
    def prompt_names(self) -> tuple[str | None, ...]:
        """The names of all prompts the step fills; None stands for its one prompt."""
        return (None,)

    def judged(self, completion: str, row: Row) -> tuple[Any, str | None]:
        """The parsed value and None, or None and what is wrong with the completion."""
        try:
            value = self.parse(one_turn(completion))
            problem = self.validate(value, row) if self.validate is not None else None
        except ConfigError:
            raise
        except Exception as exc:  # noqa: BLE001  a parser meets text nobody foresaw: its failure fails the completion
            return None, explain(exc)
        return (None, problem) if problem is not None else (value, None)

    def with_failure(self, prompt: Messages | str, tries: list[str], calls: Calls) -> Messages | str:
        """The prompt for a further try, with the fault of the last answer shown to the model."""
        remark = f"Your last answer could not be used: {tries[-1]} Answer again, in full, in the form asked for."
        return ending_with(prompt, f"({remark})")


def _folder_of_author() -> Path:
    # A step stands at module level beside its prompts: the first frame outside this package is its author's.
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith(
        ("generation_functions.", "dataclasses")
    ):
        frame = frame.f_back
    file = frame.f_globals.get("__file__")
    return Path(file).resolve().parent if file else Path.cwd()
