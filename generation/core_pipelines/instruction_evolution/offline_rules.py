"""What a model would have made of a task, by rules: a change adds a sentence of its kind, an answer takes it up."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from generation.core_components.languages import language_of
from generation.core_components.offline_writer.sentences import squeezed
from generation.core_pipelines.instruction_evolution.offline_answers import NEW, answer_to

Values = Mapping[str, Any]
FEWEST_WORDS = 8

_ADDED: Mapping[str, Sequence[str]] = {
    "requirement": (
        "Use at most 150 words.",
        "Do not use a single technical term without explaining it.",
        "Give the main point once more at the end, in bold.",
        "Name one thing that is often got wrong about it.",
        "Write it so that it can be read aloud in one minute.",
    ),
    "more insight": (
        "Say also why this is so, and where it stops being so.",
        "Add the strongest reason against your answer, and weigh it.",
        "Explain what would follow if the opposite were true.",
        "Tell which part of it is still disputed, and by whom.",
    ),
    "particular case": (
        "Take the case of somebody who has one afternoon and 30 euros.",
        "Assume that it is for twelve people between six and eighty years old.",
        "Suppose that it has to be done in a small town, in winter, without a car.",
    ),
    "several steps": (
        "First list what has to be known, then work it out step by step, and check the result at the end.",
        "Compare three ways of doing it by cost and by time, and rank them with a calculation.",
        "Break it into parts that depend on each other, solve them in order, and show each result.",
    ),
    "material": (
        'Start from this note by a colleague: "Tried the obvious way first. It held for two days."',
        "Use only what this list gives: a pencil, ten metres of string, a jar, a notebook, forty minutes.",
        'Build on this remark by a reader: "I followed every step but the third, and it went wrong."',
    ),
}
_OF_OTHER_LANGUAGES: Mapping[str, Mapping[str, str]] = {
    "de": {
        "requirement": "Antworte in höchstens 120 Wörtern.",
        "more insight": "Sag auch, warum das so ist und wo es nicht mehr gilt.",
        "particular case": "Nimm den Fall von jemandem, der einen Nachmittag und 30 Euro hat.",
        "several steps": "Zerlege die Sache in Schritte, die aufeinander aufbauen, und prüfe am Ende das Ergebnis.",
        "material": "Gehe von dieser Notiz aus: „Der naheliegende Weg hielt zwei Tage.“",
    },
    "fr": {
        "requirement": "Réponds en 120 mots au plus.",
        "more insight": "Dis aussi pourquoi il en est ainsi, et où cela cesse d'être vrai.",
        "particular case": "Prends le cas de quelqu'un qui dispose d'un après-midi et de 30 euros.",
        "several steps": "Procède par étapes qui s'appuient l'une sur l'autre, et vérifie le résultat à la fin.",
        "material": "Pars de cette note : « La voie évidente a tenu deux jours. »",
    },
}


def evolve(values: Values, rng: Random) -> str:
    """The task with one more sentence of the kind that the brief names, or a new one about it."""
    before, asker = values["before"], values["persona"]
    language = language_of(before)
    known = _OF_OTHER_LANGUAGES.get(language)
    kind = next((kind for kind in _ADDED if kind in values["brief"]), None)
    if known is not None:
        task = _with_sentence(before, [known[kind or "more insight"]], list(known.values()), rng)
    elif kind is not None:
        task = _with_sentence(before, _ADDED[kind], [each for some in _ADDED.values() for each in some], rng)
    else:
        task = _about_the_same(before, rng)
    if not asker.startswith("(") and known is None and "I am " not in task:
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
