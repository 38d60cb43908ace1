"""Answers for the fake endpoint that a pipeline can use: it finds out which step asks, and follows that step's rule.

A step's last message is its template with the row's values in it. Undoing the template gives the values back, and the
step's offline rule writes the answer from them.
"""

from __future__ import annotations

import re
from functools import cache
from random import Random
from typing import Any

import orjson

from generation.core_pipelines.factual_qa import steps
from generation_functions.prompts import Prompt
from generation_functions.rows import content_key
from generation_functions.steps.step import PromptedStep

STEPS: tuple[PromptedStep, ...] = (
    steps.keep_suitable, steps.ask_questions, steps.check_question, steps.check_relevance, steps.check_answer,
    steps.repair,
)  # fmt: skip


@cache
def prompts() -> dict[str, tuple[PromptedStep, Prompt, re.Pattern[str]]]:
    """By system message: the step, its prompt, and the pattern that undoes its last message."""
    found = {}
    for step in STEPS:
        prompt = Prompt.load(step.prompts_dir / f"{step.name}.yaml")
        template = prompt.turns[-1][1]
        pattern = re.escape(template.literals[0])
        for slot, literal in zip(template.slots, template.literals[1:], strict=True):
            again = f"(?P<{slot.name}>" in pattern
            pattern += (f"(?P={slot.name})" if again else f"(?P<{slot.name}>.*?)") + re.escape(literal)
        found[prompt.turns[0][1].literals[0]] = (step, prompt, re.compile(pattern + r"\Z", re.DOTALL))
    return found


def step_of(body: dict[str, Any]) -> str:
    """The name of the step a request came from."""
    return prompts()[body["messages"][0]["content"]][0].name


def factual_qa(body: dict[str, Any]) -> str:
    """The answer to a request of the factual_qa pipeline; the same request always gets the same answer."""
    step, _, pattern = prompts()[body["messages"][0]["content"]]
    last = body["messages"][-1]["content"]
    match = pattern.match(last)
    assert match is not None, f"{step.name} asked something its prompt cannot have made: {last[:200]}"
    assert step.offline is not None
    return step.offline(match.groupdict(), Random(content_key(orjson.dumps(body["messages"]).decode())))


def quick(body: dict[str, Any]) -> str:
    """Short answers in the right form, as fast as can be: one pair about each chunk, and yes to every check."""
    step, _, pattern = prompts()[body["messages"][0]["content"]]
    if step.name != "ask_questions":
        yes = {"keep_suitable": "suitable", "check_question": "answerable", "check_relevance": "relevant",
               "check_answer": "accurate", "repair": "pass"}[step.name]  # fmt: skip
        return f"Reason: it is.\nVerdict: {yes}"
    match = pattern.match(body["messages"][-1]["content"])
    assert match is not None
    sentence = match["text"].split(".")[0]
    return f"One fact.\n\nQuestion 1: What is known of {sentence[:30]}?\nAnswer 1: {sentence}."
