"""Answers for the fake endpoint that any shipped pipeline can use: each step's own offline rule writes them.

A request's messages are a step's prompt with values in it. Undoing the prompt gives the values back, and the step's
rule answers from those alone: a rule that reads a field its prompt does not show fails here.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import orjson

from generation_functions.prompts import Prompt, Template
from generation_functions.rows import content_key
from generation_functions.steps.asking import OfflineRule
from generation_functions.steps.conversation import ConversationStep
from generation_functions.steps.step import PromptedStep
from generation_functions.steps.variation import VariationStep

PIPELINES = Path(__file__).parents[1] / "generation" / "core_pipelines"

_REMARK = r"(?:\n\n\(Your last answer could not be used: .*\))?\Z"
_FIRST_WORDS = 60


class Known(NamedTuple):
    """One prompt of a step: what undoes its messages, and the rule that answers."""

    step: str
    undoes: tuple[re.Pattern[str], ...]
    rule: OfflineRule


def by_rules(body: Mapping[str, Any]) -> str:
    """The answer to a request of a shipped pipeline; the same request always gets the same answer."""
    messages = body["messages"]
    known, values = _found(messages)
    return known.rule(values, Random(content_key(orjson.dumps(messages).decode())))


def step_of(body: Mapping[str, Any]) -> str:
    """The name of the step a request came from."""
    return _found(body["messages"])[0].step


def _found(messages: list[dict[str, str]]) -> tuple[Known, dict[str, Any]]:
    first, last = messages[0]["content"], messages[-1]["content"]
    for known in _prompts()[first[:_FIRST_WORDS]] or [each for some in _prompts().values() for each in some]:
        texts = (last,) if len(known.undoes) == 1 else (first, last)
        matches = [pattern.match(text) for pattern, text in zip(known.undoes, texts, strict=True)]
        if all(matches):
            found = {name: value for match in matches if match for name, value in match.groupdict().items()}
            return known, {name: _value(value) for name, value in found.items()}
    raise AssertionError(f"no shipped step can have asked this: {first[:200]!r} … {last[:400]!r}")


@cache
def _prompts() -> Mapping[str, list[Known]]:
    """By the first words of the first message, which name a step or a few."""
    found: defaultdict[str, list[Known]] = defaultdict(list)
    for step in _steps():
        for prompt, rule in _asked(step):
            parts = [prompt.turns[0][1], prompt.turns[-1][1]] if len(prompt.turns) > 1 else [prompt.turns[-1][1]]
            known = Known(step.name, tuple(map(_undoing, parts)), rule)
            found[parts[0].literals[0][:_FIRST_WORDS]].append(known)
    return found


def _steps() -> Iterator[PromptedStep]:
    for folder in sorted(PIPELINES.glob("*/")):
        for file in (folder / "steps.py", folder / f"{folder.name}.py"):
            if file.is_file():
                module = import_module(f"generation.core_pipelines.{folder.name}.{file.stem}")
                yield from (value for value in vars(module).values() if isinstance(value, PromptedStep))


def _asked(step: PromptedStep) -> Iterator[tuple[Prompt, OfflineRule]]:
    names: list[tuple[Any, OfflineRule | None]] = [(step.prompt or step.name, step.offline)]
    if isinstance(step, VariationStep):
        names = [(name, step.offline) for name in step.variations]
    if isinstance(step, ConversationStep):
        names = [(turn.prompt, turn.offline or step.offline) for turn in step.turns]
    for name, rule in names:
        assert rule is not None, f"{step.name} has no offline rule"
        yield (name if isinstance(name, Prompt) else Prompt.load(step.prompts_dir / f"{name}.yaml")), rule


def _undoing(template: Template) -> re.Pattern[str]:
    pattern, names = re.escape(template.literals[0]), set[str]()
    for slot, literal in zip(template.slots, template.literals[1:], strict=True):
        pattern += f"(?P={slot.name})" if slot.name in names else f"(?P<{slot.name}>.*?)"
        pattern += re.escape(literal)
        names.add(slot.name)
    return re.compile(pattern + _REMARK, re.DOTALL)


def _value(text: str) -> Any:
    """What a prompt shows as JSON is a list or a mapping again."""
    if not text.startswith(("{", "[")):
        return text
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return text
