"""Conversations with passages in them: before each question, or all of them in the system prompt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeAlias

from generation.core_components.conversations import ThoughtsAs
from generation.core_components.conversations.thoughts import THOUGHTS, written
from generation.core_components.retrieval import shown
from generation.core_components.system_prompts import drawn_system

PassagesIn: TypeAlias = Literal["user", "system"]
KEPT_OF_A_TURN = ("question", "before", "passages", "search", "thoughts", "answer")

SYSTEM_PROMPTS: Mapping[str, Sequence[str]] = {
    "en": (
        "You are given passages that a search found. Use what helps, name its source, and notice when the search has "
        "missed.",
        "Answer with the help of the passages given. They may be about something else: then say so, and do not bend "
        "them to fit.",
        "You are a careful assistant with a search at hand. What you take from a passage you cite; what no passage "
        "says you mark as your own knowledge.",
    ),
    "de": (
        "Du bekommst Textstellen, die eine Suche gefunden hat. Nutze, was hilft, nenne die Quelle, und bemerke, wenn "
        "die Suche danebenlag.",
        "Antworte mit Hilfe der Textstellen. Wenn sie von etwas anderem handeln, sage das.",
    ),
    "fr": (
        "Vous recevez des passages issus d'une recherche. Servez-vous de ce qui est utile, citez "
        "la source, et remarquez quand la recherche a échoué.",
    ),
    "es": (
        "Recibes pasajes que encontró una búsqueda. Usa lo que sirva, cita la fuente y date cuenta "
        "cuando la búsqueda ha fallado.",
    ),
}


def about(row: Mapping[str, Any]) -> dict[str, Any]:
    """What the metadata tells beside the chunk's own place: what each search came to, and the sources it gave."""
    sources = dict.fromkeys(passage["source"] for turn in row["turns"] for passage in turn["passages"])
    return {"metadata": {"search": [turn["search"] for turn in row["turns"]], "sources": list(sources)}}


def as_conversation(row: Mapping[str, Any], *, passages_in: PassagesIn, thoughts_as: ThoughtsAs) -> dict[str, Any]:
    """A row of the dataset. Only answers are to be learned: the `segments` file masks all that is before them."""
    turns = [message for turn in row["turns"] for message in _turn(turn, passages_in)]
    plain = [{"role": m["role"], "content": m["content"]} for turn in row["turns"] for m in _turn(turn, "system")]
    system = drawn_system(plain, SYSTEM_PROMPTS)
    if passages_in == "system":
        given = {passage["key"]: passage for turn in row["turns"] for passage in turn["passages"]}
        said = [message["content"] for message in system]
        system = [{"role": "system", "content": "\n\n".join([*said, shown(list(given.values()))])}]
    return {"messages": written([*system, *turns], thoughts_as)}


def _turn(turn: Mapping[str, Any], passages_in: PassagesIn) -> list[dict[str, Any]]:
    passages = [shown(turn["passages"])] if passages_in == "user" and turn["passages"] else []
    said: list[dict[str, Any]] = []
    for pair in (*turn["before"], turn):
        asked = "\n\n".join([*(passages if not said else ()), pair["question"]])
        said.append({"role": "user", "content": asked})
        said.append({"role": "assistant", "content": pair["answer"], THOUGHTS: pair["thoughts"]})
    return said
