"""The steps a pipeline's code names, in the order it names them, and their prompts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import CodeType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from generation_functions.config import Pipeline
    from generation_functions.prompts import Prompt, PromptBook
    from generation_functions.steps.step import PromptedStep, Step


def steps_of(function: Pipeline) -> list[Step]:
    """Every step that a pipeline, or a function of its module that it calls, has at module level. Nothing is run."""
    from generation_functions.steps.step import Step

    found: dict[str, Step] = {}
    for value in _named(function, set()):
        if isinstance(value, Step):
            found.setdefault(value.name, value)
    return list(found.values())


def prompts_of(function: Pipeline, overrides: Path | None = None) -> dict[str, Prompt]:
    """Every prompt of a pipeline's steps by name, read and checked. Raises `ConfigError` with all problems."""
    from generation_functions.errors import ConfigError, Problem
    from generation_functions.steps.step import PromptedStep

    prompts: dict[str, Prompt] = {}
    problems: list[Problem] = []
    for step in steps_of(function):
        if not isinstance(step, PromptedStep):
            continue
        book = _book(step, overrides)
        for name in prompt_names(step):
            try:
                prompts[name] = book.get(name)
            except ConfigError as exc:
                problems += exc.problems
    if problems:
        raise ConfigError(list(dict.fromkeys(problems)))
    return prompts


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


def _book(step: PromptedStep, overrides: Path | None) -> PromptBook:
    from generation_functions.prompts import PromptBook

    return PromptBook([*([overrides] if overrides else []), step.prompts_dir])


def _named(function: Any, seen: set[Any]) -> Iterator[Any]:
    code = getattr(function, "__code__", None)
    if code is None or code in seen:
        return
    seen.add(code)
    scope = function.__globals__
    for name in _names_in(code):
        value = scope.get(name)
        yield value
        if getattr(value, "__module__", None) == scope.get("__name__"):
            yield from _named(value, seen)


def _names_in(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names_in(constant)
