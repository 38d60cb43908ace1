"""Conversations of questions over several sources: a thought before the answer, and which sources stand behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from generation.core_components.conversations import ThoughtsAs
from generation.core_components.conversations.thoughts import THOUGHTS, written
from generation.core_components.system_prompts import drawn_system

SYSTEM_PROMPTS: Mapping[str, Sequence[str]] = {
    "en": (
        "You are an expert who thinks a question through before answering, and says where each part comes from.",
        "Recall what you know, weigh it, then answer. Name your sources. Correct what is wrong in a question.",
        "Answer from what you have learned and cite the documents. If something does not exist or is unknown, say so.",
        "You connect facts from different sources, and you never make anything up.",
    ),
    "de": (
        "Du denkst über eine Frage nach, bevor du antwortest, und sagst, woher die einzelnen Angaben stammen.",
        "Antworte aus dem, was du gelernt hast, und nenne die Quellen. Was es nicht gibt, erfindest du nicht.",
    ),
    "fr": (
        "Vous réfléchissez avant de répondre et vous indiquez d'où vient chaque information.",
        "Répondez d'après ce que vous avez appris, en citant vos sources, et n'inventez rien.",
    ),
    "es": (
        "Piensas antes de responder y dices de dónde procede cada dato.",
        "Responde con lo que has aprendido, cita tus fuentes y no inventes nada.",
    ),
}


def about(row: Mapping[str, Any]) -> dict[str, Any]:
    """What the metadata tells beside the chunk's own place: the way of asking, and all sources that were shown."""
    sources = list(dict.fromkeys(passage["source"] for passage in row["passages"]))
    return {"metadata": {"way": row["way"], "sources": sources}}


def as_conversation(row: Mapping[str, Any], *, thoughts_as: ThoughtsAs) -> dict[str, Any]:
    """A row of the dataset: `messages`, with thoughts before the last answer.

    The answer that a follow-up leans on has no thought and no source: it has `train: false`, and is masked in the
    `segments` file.
    """
    turns = [message for pair in row["before"] for message in _turn(pair["question"], pair["answer"])]
    for message in turns[1::2]:
        message["train"] = False
    turns += _turn(row["question"], row["answer"])
    system = drawn_system(turns, SYSTEM_PROMPTS)
    turns[-1][THOUGHTS] = row["thoughts"]
    return {"messages": written([*system, *turns], thoughts_as)}


def _turn(question: str, answer: str) -> list[dict[str, Any]]:
    return [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]
