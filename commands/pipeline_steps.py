"""The steps a pipeline's code names, in the order it names them, and their prompts."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from types import CodeType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from generation_functions.config import Pipeline
    from generation_functions.prompts import Prompt, PromptBook
    from generation_functions.steps.step import PromptedStep, Step


def steps_of(function: Pipeline) -> dict[str, Step]:
    """Every step that a pipeline names, or a function of its folder that it calls, by name. Nothing is run.

    Steps of a composition's parts are among them, as `part/step`.
    """
    from generation_functions.steps.step import Step

    found: dict[str, Step] = {}
    for value in _named(function, set()):
        if isinstance(value, Step):
            found.setdefault(value.name, value)
    for part, pipeline in _parts_of(function).items():
        found |= {f"{part}/{name}": step for name, step in steps_of(pipeline).items()}
    return found


def _parts_of(function: Pipeline) -> dict[str, Pipeline]:
    """The pipelines whose settings a composition takes, by the parameters that take them."""
    from generation_functions.config import signature_of
    from generation_functions.config.annotations import settings_pipeline

    parameters = signature_of(function).parameters
    found = {name: settings_pipeline(parameter.annotation) for name, parameter in parameters.items()}
    return {name: inspect.unwrap(pipeline) for name, pipeline in found.items() if pipeline is not None}


def prompts_of(function: Pipeline, overrides: Path | None = None) -> dict[str, Prompt]:
    """Every prompt of a pipeline's steps, as `prompt` or `part/prompt`, read and checked.

    Those that stand in for a part's stand in a folder of its name. Raises `ConfigError` with all problems.
    """
    from generation_functions.errors import ConfigError, Problem

    prompts: dict[str, Prompt] = {}
    problems: list[Problem] = []
    for part, step in asking(function):
        book = book_of(step, overrides / part if overrides else None)
        for name in dict.fromkeys([*prompt_names(step), *stood_for(step, book)]):
            try:
                prompts[str(part / name)] = book.get(name, step=step)
            except ConfigError as exc:
                problems += exc.problems
    if problems:
        raise ConfigError(list(dict.fromkeys(problems)))
    return prompts


def asking(function: Pipeline) -> Iterator[tuple[PurePosixPath, PromptedStep]]:
    """Every step that asks a model, with the part it is of."""
    from generation_functions.steps.step import PromptedStep

    for path, step in steps_of(function).items():
        if isinstance(step, PromptedStep):
            yield PurePosixPath(path).parent, step


def prompt_names(step: PromptedStep) -> list[str]:
    """The names of the prompt files a step reads; none where its prompt stands in the code."""
    from generation_functions.steps.conversation import ConversationStep
    from generation_functions.steps.variation import VariationStep

    if isinstance(step, ConversationStep):
        return [turn.prompt for turn in step.turns]
    if isinstance(step, VariationStep):
        return list(step.variations)
    chosen = step.prompt or step.name
    return [chosen] if isinstance(chosen, str) else []


def stood_for(step: PromptedStep, book: PromptBook) -> list[str]:
    """The prompts of a step that files of another program stand in for."""
    names = [*prompt_names(step), *(each.prompt for each in step.stand_ins if each.prompt is not None)]
    return [name for name in dict.fromkeys(names) if book.standing(name, step) is not None]


def book_of(step: PromptedStep, overrides: Path | None) -> PromptBook:
    """A step's prompts, those of a set of overrides first."""
    from generation_functions.prompts import PromptBook

    return PromptBook([*([overrides] if overrides else []), step.prompts_dir])


def _named(function: Any, seen: set[Any]) -> Iterator[Any]:
    code = getattr(function, "__code__", None)
    if code is None or code in seen:
        return
    seen.add(code)
    scope = function.__globals__
    home = _room(scope.get("__name__"))
    for name in _names_in(code):
        value = scope.get(name)
        yield value
        for inner in _functions_of(value):
            if _room(getattr(inner, "__module__", None)) == home:
                yield from _named(inner, seen)


def _functions_of(value: Any) -> Iterator[Any]:
    """The functions that a name of the code leads to: itself, those of a table or a class, what a `DepthFirst` runs."""
    if isinstance(value, Mapping):
        yield from value.values()
    elif isinstance(value, type):
        yield from vars(value).values()
    else:
        yield getattr(value, "visit", value)


def _room(module: str | None) -> str | None:
    """What belongs together: the folder of a pipeline that has one, else the module."""
    folder = (module or "").rpartition(".")[0]
    return folder if folder.startswith("generation.") else module


def _names_in(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names_in(constant)
