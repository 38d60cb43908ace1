"""The steps of `translate_dataset`: there, back, and how near what came back is to what went out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from generation.core_components.conversations import ThoughtsAs
from generation.core_components.conversations.facts import lost_numbers, names, other_language
from generation.core_components.conversations.passages import (
    other_passages,
    passages_of,
    read_transcript,
    transcript,
    with_passages,
)
from generation.core_components.conversations.protection import lost_marks, protected, restored, without_marks
from generation.core_components.conversations.thoughts import written
from generation.core_pipelines.translate_dataset import offline_rules
from generation_functions import Drop, PipelineStep, Row
from generation_functions.languages import UNDETERMINED
from generation_functions.languages.names import NAMES, language_code

FEWEST_WORDS = 6
EVERY_NOUN_A_NAME = ("de",)


def opened(row: Row, *, language: str, source_language: str | None, keep: Sequence[str]) -> dict[str, Any]:
    """The conversation as a text to translate, with marks for what is protected. Drops what is in that language."""
    code = language_code(language)
    if code is not None and row["language"] == code and source_language is None:
        raise Drop(f"it is in {language} already")
    found = row["language"] if row["language"] != UNDETERMINED else "en"
    passages, pieces = protected(passages_of(row["messages"]), keep=keep)
    return {
        "passages": passages, "pieces": pieces, "transcript": transcript(passages), "code": code,
        "source_language": source_language or NAMES.get(found, "English"),
    }  # fmt: skip


def mistranslated(translated: Mapping[str, str], row: Mapping[str, Any]) -> str | None:
    """What is wrong with a translation that can be told without knowing its language."""
    before: Mapping[str, str] = row["passages"]
    problem = other_passages(translated, before) or lost_marks(before, translated) or lost_numbers(before, translated)
    return problem or _untranslated(before, translated) or other_language(translated, row["code"])


def _untranslated(before: Mapping[str, str], after: Mapping[str, str]) -> str | None:
    same = (name for name, text in before.items() if len(text.split()) >= FEWEST_WORDS and after[name] == text)
    name = next(same, None)
    return None if name is None else f"<{name}> is not translated."


def scored(row: Row) -> dict[str, Any]:
    """How near the translation back is to the original, and which share of its names came through."""
    before, back = ("\n".join(without_marks(text) for text in row[field].values()) for field in ("passages", "back"))
    there = "\n".join(row["translated"].values())
    share = (
        1.0 if language_code(row["source_language"]) in EVERY_NOUN_A_NAME else names_kept(before, f"{there}\n{back}")
    )
    return {"back_translation": round(chrf(before, back), 3), "names_kept": round(share, 3)}


def chrf(reference: str, hypothesis: str) -> float:
    """chrF of two texts, 0 to 1: the F-score of their runs of 1 to 6 characters (Popović 2015, with β = 3)."""
    from nltk.translate.chrf_score import sentence_chrf  # half a second to import

    return float(sentence_chrf(reference, hypothesis)) if reference.strip() and hypothesis.strip() else 0.0


def names_kept(before: str, after: str) -> float:
    """The share of a text's names that another has, word by word, whatever their endings; 1 where there are none."""
    words = {word for name in names(before) for word in name.split() if len(word) > 2}
    there = after.casefold()
    return sum(word.casefold()[:5] in there for word in words) / len(words) if words else 1.0


def near_enough(row: Row, *, least: float) -> tuple[bool, str]:
    """Whether what came back is near enough to what went out."""
    return row["back_translation"] >= least, f"back-translation below {least:g}"


def has_its_names(row: Row, *, least: float) -> tuple[bool, str]:
    """Whether enough of its names came through."""
    return row["names_kept"] >= least, f"fewer than {least:.0%} of its names came through"


def translated_talk(row: Row) -> dict[str, Any]:
    """The conversation in its new language, with what was measured of it."""
    passages = restored(row["translated"], row["pieces"])
    measured = {name: row[name] for name in ("back_translation", "names_kept")}
    return {
        "messages": with_passages(row["messages"], passages), "language": row["code"] or UNDETERMINED,
        "metadata": {**row["metadata"], "translated_from": row["language"], **measured},
    }  # fmt: skip


def as_conversation(row: Row, *, thoughts_as: ThoughtsAs) -> dict[str, Any]:
    """A row of the dataset."""
    return {"messages": written(row["messages"], thoughts_as)}


translate = PipelineStep(
    "translate",
    parse=read_transcript,
    into="translated",
    validate=mistranslated,
    show_failure=True,
    offline=offline_rules.translate,
    sampling={"temperature": 0.3, "max_tokens": 8000},
)

translate_back = PipelineStep(
    "translate_back",
    parse=read_transcript,
    into="back",
    validate=lambda back, row: other_passages(back, row["passages"]),
    show_failure=True,
    prepare=lambda row: {"translation": transcript(row["translated"])},
    offline=offline_rules.translate_back,
    sampling={"temperature": 0.2, "max_tokens": 8000},
)
