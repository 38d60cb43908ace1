"""The steps of `rephrase_dataset`: what each asks, how its answer is read, and what makes an answer unusable."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generation.core_components.conversations import with_thoughts
from generation.core_components.conversations.facts import added_numbers, lost_numbers, other_language
from generation.core_components.conversations.passages import other_passages, passages_of, read_transcript, transcript
from generation.core_components.conversations.protection import lost_marks
from generation.core_components.conversations.thoughts import THOUGHTS
from generation.core_pipelines.rephrase_dataset import offline_rules, stand_ins
from generation.core_pipelines.rephrase_dataset.lacking import SHARED_WORDS, hardly_thought, wanted_thoughts, words
from generation_functions import MajorityVoteStep, PipelineStep, Row
from generation_functions.parsing import tag, verdict

LONGEST_PROMPT = 2000


def unfaithful(rewritten: Mapping[str, str], row: Mapping[str, Any]) -> str | None:
    """What is wrong with a rewriting: passages, protected pieces or numbers that are not those of the conversation,
    another language than was asked for.
    """
    before: Mapping[str, str] = row["passages"]
    checks = (lambda b, a: other_passages(a, b), lost_marks, lost_numbers, added_numbers)
    problem = next((problem for check in checks if (problem := check(before, rewritten))), None)
    return problem or other_language(rewritten, row["code"])


def both_versions(row: Mapping[str, Any]) -> dict[str, str]:
    """The rewriting as a text, beside that of the conversation."""
    return {"rewritten": transcript(row["rewritten"])}


def gives_away(prompt: str, row: Mapping[str, Any]) -> str | None:
    """What is wrong with a system prompt: its length, or words in a row that it takes from the conversation."""
    if len(prompt) > LONGEST_PROMPT:
        return f"The system prompt has {len(prompt)} characters; at most {LONGEST_PROMPT} are wanted."
    told = [words(message["content"] or "") for message in row["messages"] if message["role"] != "system"]
    shared = next((run for run in _runs(prompt, SHARED_WORDS) if any(run in text for text in told)), None)
    return None if shared is None else f'"{shared}" is taken from the conversation. Give nothing of it away.'


def asks_for_thoughts(row: Mapping[str, Any]) -> dict[str, str]:
    """The conversation as a text, and the passages of thoughts it lacks."""
    return {
        "transcript": transcript(passages_of(row["messages"])),
        "wanted": ", ".join(f"<{name}>" for name in wanted_thoughts(row)),
    }


def unthought(thoughts: Mapping[str, str], row: Mapping[str, Any]) -> str | None:
    """What is wrong with thoughts: others than were asked for, hardly any, or the answer once more."""
    problem = other_passages(thoughts, dict.fromkeys(wanted_thoughts(row), ""))
    return problem or next((p for name, text in thoughts.items() if (p := hardly_thought(name, text, row))), None)


def thinking(row: Row, thoughts: Mapping[str, str]) -> list[dict[str, Any]]:
    """The messages with these thoughts beside those that they have."""
    known = [message.get(THOUGHTS, "") for message in row["messages"] if message["role"] == "assistant"]
    places = [n for n, message in enumerate(row["messages"], start=1) if message["role"] == "assistant"]
    return with_thoughts(
        row["messages"], [thoughts.get(f"thoughts{n}", own) for n, own in zip(places, known, strict=True)]
    )


def _runs(text: str, count: int) -> list[str]:
    spoken = words(text).split()
    return [" ".join(spoken[start : start + count]) for start in range(len(spoken) - count + 1)]


rewrite = PipelineStep(
    "rewrite",
    parse=read_transcript,
    into="rewritten",
    validate=unfaithful,
    show_failure=True,
    offline=offline_rules.rewrite,
    sampling={"temperature": 0.8, "max_tokens": 6000},
)

check_same = MajorityVoteStep(
    "check_same",
    parse=verdict(yes="same", no="changed"),
    reason="the rewriting says something else",
    prepare=both_versions,
    offline=offline_rules.check_same,
    sampling={"temperature": 0.3, "max_tokens": 600},
)

write_system = PipelineStep(
    "write_system",
    parse=tag("system"),
    into="system",
    validate=gives_away,
    show_failure=True,
    prepare=lambda row: {"transcript": transcript(passages_of(row["messages"]))},
    offline=offline_rules.write_system,
    sampling={"temperature": 0.9, "max_tokens": 800},
)

write_thoughts = PipelineStep(
    "write_thoughts",
    parse=read_transcript,
    into="thoughts",
    validate=unthought,
    show_failure=True,
    prepare=asks_for_thoughts,
    offline=offline_rules.write_thoughts,
    stand_ins=stand_ins.write_thoughts,
    sampling={"temperature": 0.7, "max_tokens": 6000},
)
