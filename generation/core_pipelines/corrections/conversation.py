"""Conversations of four turns: a question, a first answer, a doubt, and the answer that holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from generation.core_components.conversations import ThoughtsAs
from generation.core_components.conversations.thoughts import THOUGHTS, written
from generation.core_components.system_prompts import drawn_system
from generation.core_pipelines.corrections.flaws import NONE

SYSTEM_PROMPTS: Mapping[str, Sequence[str]] = {
    "en": (
        "You answer from what you know. When doubted, you look again, admit mistakes, and keep to what is right.",
        "You are a careful expert. If an answer of yours was wrong, say so plainly and put it right.",
        "Being right matters more than having been right. Check yourself when asked to.",
    ),
    "de": (
        "Du antwortest aus dem, was du weißt. Wirst du angezweifelt, prüfst du es, gibst Fehler zu und bleibst bei "
        "dem, was stimmt.",
        "Wenn eine deiner Antworten falsch war, sagst du es offen und stellst es richtig.",
    ),
    "fr": ("Si l'on doute de votre réponse, vous la vérifiez, reconnaissez l'erreur et maintenez ce qui est juste.",),
    "es": ("Si dudan de tu respuesta, la revisas, reconoces el error y mantienes lo que es correcto.",),
}


def about(row: Mapping[str, Any]) -> dict[str, Any]:
    """What the metadata tells beside the chunk's own place: the flaw of the first answer, and how it was doubted."""
    return {"metadata": {"flaw": row["flaw"], "doubt": row["doubt_kind"]}}


def as_conversation(row: Mapping[str, Any], *, thoughts_as: ThoughtsAs) -> dict[str, Any]:
    """A row of the dataset. A flawed first answer has `train: false`, and is masked in the `segments` file."""
    said = (("user", "question"), ("assistant", "first"), ("user", "doubt"), ("assistant", "correction"))
    turns: list[dict[str, Any]] = [{"role": role, "content": row[field]} for role, field in said]
    system = drawn_system(turns, SYSTEM_PROMPTS)
    turns[-1][THOUGHTS] = row["thoughts"]
    if row["flaw"] != NONE:
        turns[1]["train"] = False
    return {"messages": written([*system, *turns], thoughts_as)}
