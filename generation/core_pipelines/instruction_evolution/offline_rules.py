"""What a model would have made of a task, by rules: a change adds a sentence of its kind, an answer takes it up."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from generation.core_components.languages import language_of
from generation.core_components.offline_writer.sentences import squeezed
from generation.core_pipelines.instruction_evolution.offline_answers import CHANGES, NEW, answer_to

Values = Mapping[str, Any]
FEWEST_WORDS = 8


def evolve(values: Values, rng: Random) -> str:
    """The task with one more sentence of the kind that the brief names, or a new one about it."""
    before, asker = values["before"], values["persona"]
    changes = CHANGES.get(language_of(before), CHANGES["en"])
    is_english = changes is CHANGES["en"]
    kind = next((kind for kind in changes if kind in values["brief"]), None if is_english else "more insight")
    if kind is None:
        task = _about_the_same(before, rng)
    else:
        task = _with_sentence(before, list(changes[kind]), [each for some in changes.values() for each in some], rng)
    if not asker.startswith("(") and is_english and "I am " not in task:
        task = f"I am {asker}. {task}"
    return f"The change makes it harder to answer in passing.\n<task>\n{task}\n</task>"


def _with_sentence(task: str, sentences: Sequence[str], others: Sequence[str], rng: Random) -> str:
    """The task with a sentence it does not have yet; with one of the others, where it has them all."""
    unused = [sentence for sentence in sentences if sentence not in task]
    return f"{task.rstrip()} {rng.choice(unused or [each for each in others if each not in task] or others)}"


def check_task(values: Values, rng: Random) -> str:
    """Good, where the task asks for more than before or for something else."""
    if squeezed(values["task"]) != squeezed(values["before"]):
        return "Reason: It can be answered, and asks for more.\nVerdict: good"
    return "Reason: It asks for nothing more.\nVerdict: bad"


def answer(values: Values, rng: Random) -> str:
    """What is known of the task, and a paragraph for each sentence that was added to it."""
    task = _without_asker(values["task"])
    return answer_to(task, language_of(task))


def score_answer(values: Values, rng: Random) -> str:
    """Seven to nine of ten, or four where hardly anything is said."""
    if len(values["answer"].split()) < FEWEST_WORDS:
        return "It hardly says anything.\nScore: 4"
    return f"It answers what was asked, and takes up each further point of the task.\nScore: {rng.choice((7, 8, 8, 9))}"


def _about_the_same(task: str, rng: Random) -> str:
    """Another thing to do with what a task is about."""
    subject = _without_asker(task)
    used = [opening for opening in NEW if opening in subject]
    for opening in used:
        subject = subject.replace(opening, "").strip()
    subject = re.split(r"(?<=[.?!])\s+", subject)[0]
    return f"{rng.choice([opening for opening in NEW if opening not in used])} {subject}"


def _without_asker(task: str) -> str:
    return re.sub(r"^I am [^.]*\.\s", "", squeezed(task))
