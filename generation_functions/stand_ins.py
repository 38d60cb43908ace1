"""Prompt files written for another program that stand in for a step's own, under the names they have there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, TypeVar

from generation_functions.errors import ParseError
from generation_functions.rows import Json, Row

if TYPE_CHECKING:
    from generation_functions.prompts import PromptBook
    from generation_functions.steps.step import PromptedStep

Kind = TypeVar("Kind")


@dataclass(frozen=True)
class StandIn:
    """A file of another program's prompts that a step may be asked by, when a folder of `prompts:` has it.

    file     its name there, without its ending
    names    its names in braces, each with the field or value of ours it is filled from; other braces are text
    parse    reads its answers; where that finds nothing, the step's own parser tries. None: the step's own does
    prompt   the prompt it stands in for, of a step that has several
    prepare  row → values that only this file asks for
    step     the step → one that asks this file in its place, where another parser is not enough
    beside   other files that it is asked along with: without all of them it is not used
    unless   words that a file of this name has when it is one of ours
    unused   why it is not used after all: such a file is told, and never asked
    """

    file: str
    names: Mapping[str, str] = field(default_factory=dict)
    parse: Callable[[str], Any] | None = None
    prompt: str | None = None
    prepare: Callable[[Row], Mapping[str, Json]] | None = None
    step: Callable[[Any], PromptedStep] | None = None
    beside: tuple[str, ...] = ()
    unless: str | None = None
    unused: str | None = None

    def is_for(self, step: PromptedStep, name: str) -> bool:
        """Whether it may stand in for this prompt of its step."""
        return self.unused is None and name == (self.prompt or step.prompt or step.name)


@dataclass(frozen=True)
class EitherForm:
    """The first of several parsers that can read a completion. Raises the first one's `ParseError` when none can."""

    parsers: tuple[Callable[[str], Any], ...]

    def __call__(self, completion: str) -> Any:
        failed: ParseError | None = None
        for parse in self.parsers:
            try:
                return parse(completion)
            except ParseError as exc:
                failed = failed or exc
        raise failed or ParseError("There is nothing to read it with.")


def found(step: PromptedStep, book: PromptBook) -> dict[str, StandIn]:
    """The files of a book that stand in for a step's prompts, by the names of those."""
    if not step.stand_ins:
        return {}
    chosen = {name or step.prompt or step.name for name in step.prompt_names}
    used = {name: book.standing(name, step) for name in chosen if isinstance(name, str)}
    return {name: stand_in for name, stand_in in used.items() if stand_in is not None}


def fitted(step: PromptedStep, book: PromptBook) -> PromptedStep:
    """The step as it reads and fills the files that stand in for its prompts; itself where there are none."""
    used = list(found(step, book).values())
    for asked_by in dict.fromkeys(each.step for each in used if each.step is not None):
        step = asked_by(step)
    parsers = tuple(dict.fromkeys(each.parse for each in used if each.parse is not None))
    prepares = tuple(dict.fromkeys(each.prepare for each in used if each.prepare is not None))
    if parsers:
        step = replace(step, parse=EitherForm((*parsers, step.parse)))
    if prepares:
        step = replace(step, prepare=_Prepared((*([step.prepare] if step.prepare else []), *prepares)))
    return step


def recast(step: PromptedStep, kind: type[Kind], **changes: Any) -> Kind:
    """The step as one of another kind, with its own settings but for the changes."""
    known = {each.name: getattr(step, each.name) for each in fields(step) if each.init}
    taken = {each.name for each in fields(kind) if each.init}  # type: ignore[arg-type]
    return kind(**{name: value for name, value in {**known, **changes}.items() if name in taken})


@dataclass(frozen=True)
class _Prepared:
    """Several functions that prepare values, as one."""

    functions: tuple[Callable[[Row], Mapping[str, Json]], ...]

    def __call__(self, row: Row) -> Mapping[str, Json]:
        values: dict[str, Json] = {}
        for function in self.functions:
            values |= function(row)
        return values
