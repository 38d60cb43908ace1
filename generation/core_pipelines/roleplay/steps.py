"""The steps of `roleplay`: from a few features to a story in turns, and what makes an answer unusable."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from generation.core_components.conversations.passages import other_passages, read_transcript, transcript
from generation.core_pipelines.roleplay import offline_rules, stand_ins
from generation_functions import PipelineStep, ScoreStep
from generation_functions.parsing import labelled, rating, tag

FEATURES = ("Name", "Looks", "Voice", "Habits", "Wants", "Fears", "Secret")
SCENE = ("Place", "Situation", "User", "Stake")
FEWEST_WORDS = 60
SHORTEST_TURN = 5

_ACTION = re.compile(r"(?<!\*)\*(?!\*)([^*]+)\*")
_FOR_THE_USER = re.compile(
    r"\s*you(?:r heart|r breath| feel| find yourself| can(?:'t|not) help| reali[sz]e| decide| nod| smile)\b",
    re.IGNORECASE,
)


def sheet(features: Mapping[str, str], labels: tuple[str, ...] = FEATURES) -> str:
    """Features as labelled lines."""
    return "\n".join(f"{label}: {features[label.lower()]}" for label in labels)


def wrong_name(features: Mapping[str, str], row: Mapping[str, Any]) -> str | None:
    """What is wrong with a character's name: another initial than was drawn."""
    if features["name"].strip(" *\"'“„").upper().startswith(row["initial"]):
        return None
    return f"The name {features['name']!r:.60} does not begin with {row['initial']}."


def thin_bible(bible: str, row: Mapping[str, Any]) -> str | None:
    """What is wrong with a bible: hardly anything in it, or somebody else."""
    words = len(bible.split())
    if bible.isascii() and words < FEWEST_WORDS:
        return f"The bible has {words} words, which is too few to play from."
    name = row["features"]["name"].split(",")[0].split()[0]
    return None if name.casefold() in bible.casefold() else f"The bible is not about {name}."


def turn_names(turns: int) -> list[str]:
    """The names of a story's passages: the user begins, the character answers, `turns` times."""
    return [f"user{n}" if n % 2 else f"assistant{n}" for n in range(1, 2 * turns + 1)]


def faulty_story(story: Mapping[str, str], row: Mapping[str, Any]) -> str | None:
    """What is wrong with a story: its turns, a turn with hardly a word, one said twice, one that plays the user."""
    problem = other_passages(story, dict.fromkeys(turn_names(row["turns"]), ""))
    if problem is not None:
        return problem
    texts = list(story.values())
    return next((fault for name, text in story.items() if (fault := _faulty_turn(name, text, texts))), None)


def _faulty_turn(name: str, text: str, texts: list[str]) -> str | None:
    if texts.count(text) > 1:
        return f"<{name}> is there twice, word for word."
    if name.startswith("user"):
        return None
    if text.isascii() and len(text.split()) < SHORTEST_TURN:
        return f"<{name}> hardly says a thing."
    found = next((match for action in _ACTION.findall(text) if (match := _FOR_THE_USER.match(action))), None)
    return None if found is None else f'<{name}> plays the user: "{found.group()}".'


write_features = PipelineStep(
    "write_features",
    parse=labelled(*FEATURES, many=False),
    into="features",
    validate=wrong_name,
    show_failure=True,
    offline=offline_rules.write_features,
    stand_ins=stand_ins.write_features,
    sampling={"temperature": 1.0, "max_tokens": 800},
)

write_scene = PipelineStep(
    "write_scene",
    parse=labelled(*SCENE, many=False),
    into="scene",
    show_failure=True,
    prepare=lambda row: {"sheet": sheet(row["features"])},
    offline=offline_rules.write_scene,
    sampling={"temperature": 0.9, "max_tokens": 600},
)

write_bible = PipelineStep(
    "write_bible",
    parse=tag("bible"),
    into="bible",
    validate=thin_bible,
    show_failure=True,
    prepare=lambda row: {"sheet": sheet(row["features"]), "setting": sheet(row["scene"], SCENE)},
    offline=offline_rules.write_bible,
    stand_ins=stand_ins.write_bible,
    sampling={"temperature": 0.8, "max_tokens": 1600},
)

write_story = PipelineStep(
    "write_story",
    parse=read_transcript,
    into="story",
    validate=faulty_story,
    show_failure=True,
    prepare=lambda row: {"passages": ", ".join(f"<{name}>" for name in turn_names(row["turns"]))},
    offline=offline_rules.write_story,
    stand_ins=stand_ins.write_story,
    sampling={"temperature": 0.9, "max_tokens": 6000},
)

rate_story = ScoreStep(
    "rate_story",
    parse=rating(1, 10),
    into="rating",
    prepare=lambda row: {"story": transcript(row["story"])},
    offline=offline_rules.rate_story,
    stand_ins=stand_ins.rate_story,
    sampling={"temperature": 0.3, "max_tokens": 500},
)
