"""Conversations: question-and-answer pairs as chat messages, with system prompts that vary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from generation.core_components.system_prompts import drawn_system

Message = dict[str, str]

SYSTEM_PROMPTS: Mapping[str, Sequence[str]] = {
    "en": (
        "You are a helpful assistant who answers questions accurately and in full sentences.",
        "Answer the user's questions with facts. Be clear, and do not add what was not asked.",
        "You are a knowledgeable assistant. Give complete, self-contained answers.",
        "You are an expert who explains things plainly and sticks to what is known.",
        "Answer precisely. Prefer names, numbers and reasons to generalities.",
        "You help people learn. Give short answers that can be understood on their own.",
    ),
    "de": (
        "Du bist ein hilfreicher Assistent und beantwortest Fragen genau und in ganzen Sätzen.",
        "Beantworte die Fragen sachlich und vollständig, ohne abzuschweifen.",
        "Du kennst dich gut aus und erklärst die Dinge klar und verständlich.",
    ),
    "fr": (
        "Vous êtes un assistant utile qui répond avec exactitude et par des phrases complètes.",
        "Répondez aux questions de façon claire et factuelle, sans vous écarter du sujet.",
        "Vous connaissez bien le sujet et vous l'expliquez simplement.",
    ),
    "es": (
        "Eres un asistente útil que responde con exactitud y con frases completas.",
        "Responde a las preguntas con datos claros, sin desviarte del tema.",
        "Conoces bien la materia y la explicas con sencillez.",
    ),
}


def as_conversation(row: Mapping[str, Any]) -> dict[str, list[Message]]:
    """A row of the dataset: `{"messages": [...]}` from the row's `pairs`, in their order.

    The system prompt is drawn by the content of the conversation, so equal conversations are equal everywhere and every
    time. It is in the conversation's language where there is one, else in English.
    """
    pairs: Sequence[Mapping[str, str]] = row["pairs"]
    turns = [message for pair in pairs for message in _turn(pair)]
    return {"messages": [*drawn_system(turns, SYSTEM_PROMPTS), *turns]}


def _turn(pair: Mapping[str, str]) -> list[Message]:
    return [{"role": "user", "content": pair["question"]}, {"role": "assistant", "content": pair["answer"]}]
