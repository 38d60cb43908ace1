"""The prompt files of Augmentoolkit 3 that this pipeline takes in place of its own, and how their answers are read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from generation_functions import PipelineStep
from generation_functions.errors import ParseError
from generation_functions.stand_ins import StandIn

_USER, _NARRATOR = "{user}", "{narrator}"
_SPEAKER = re.compile(r"^[*_ \t]*(?P<name>\{user\}|\{narrator\}|[^\W\d_][^:\n*]{0,40})[*_]*:[*_]*[ \t]*", re.MULTILINE)
_END_OF_CARD = re.compile(r"^.*END CHARACTER INFO.*$", re.MULTILINE | re.IGNORECASE)
_RATING = re.compile(r"\bRATING[*_\s]*:[*_\s]*(awful|poor|good|incredible)\b", re.IGNORECASE)
_WORTH = {"awful": 1, "poor": 4, "good": 7, "incredible": 10}
_RATED = ("COHERENCE", "RULE FOLLOWING", "QUALITY")
FEWEST_TURNS = 4


def character_card(completion: str) -> str:
    """The card up to its end mark. Raises `ParseError` for an empty one."""
    card = _END_OF_CARD.split(completion, maxsplit=1)[0].strip()
    if not card:
        raise ParseError("There is no character in it.")
    return card


def read_log(completion: str) -> dict[str, str]:
    """A story as `{"assistant1": …, "user2": …}` from lines such as "{user}: …" and "{narrator}: …".

    A character may speak in the narrator's place. Raises `ParseError` where nobody speaks.
    """
    marks = list(_SPEAKER.finditer(completion))
    others = Counter(mark["name"].strip() for mark in marks if mark["name"] not in (_USER, _NARRATOR))
    users = sum(mark["name"] == _USER for mark in marks)
    leading = {name for name, count in others.most_common(1) if 2 * count >= users > 0}
    heard = [mark for mark in marks if mark["name"].strip() in {_USER, _NARRATOR, *leading}]
    if not heard:
        raise ParseError('Expected lines such as "{user}: …" and "{narrator}: …", found none.')
    said: list[tuple[str, str]] = []
    for mark, following in zip(heard, [*heard[1:], None], strict=True):
        text = completion[mark.end() : following.start() if following else len(completion)].strip()
        role = "user" if mark["name"] == _USER else "assistant"
        if said and said[-1][0] == role:
            said[-1] = (role, f"{said[-1][1]}\n\n{text}".strip())
        elif text:
            said.append((role, text))
    return {f"{role}{number}": text for number, (role, text) in enumerate(said, start=1)}


def thin_story(story: Mapping[str, str], row: Mapping[str, Any]) -> str | None:
    """What is wrong with a story: hardly any turns, or one that is there twice."""
    if len(story) < FEWEST_TURNS:
        return f"The story has {len(story)} turns, which is no story yet."
    twice = next((text for text, count in Counter(story.values()).items() if count > 1), None)
    return None if twice is None else f"{twice!r:.60} is there twice, word for word."


def least_rating(completion: str) -> int:
    """The least of the three ratings in words, as a number from 1 to 10. Raises `ParseError` for fewer than three."""
    words = [word.lower() for word in _RATING.findall(completion)]
    if len(words) < len(_RATED):
        raise ParseError(f'Expected "RATING: …" for each of {", ".join(_RATED)}, found {len(words)}.')
    return min(_WORTH[word] for word in words[-len(_RATED) :])


def told(row: Mapping[str, Any]) -> dict[str, str]:
    """The character's features and the scene as lines, and the text or world that the story comes from."""
    parts = {**row["features"], **row["scene"]}
    lines = "\n\n".join(f"{name.capitalize()}:\n\n* {text}" for name, text in parts.items())
    return {"features_told": lines, "inspired_by": str(row.get("inspiration", ""))}


def as_log(row: Mapping[str, Any]) -> dict[str, str]:
    """The story as a log of who says what."""
    turns = (f"{_USER if name.startswith('user') else _NARRATOR}: {text}" for name, text in row["story"].items())
    return {"log": "\n\n".join(turns)}


def _any_character(step: PipelineStep) -> PipelineStep:
    return replace(step, validate=None)


def _any_length(step: PipelineStep) -> PipelineStep:
    return replace(step, validate=thin_story)


_CAST = {
    "features": "features_told",
    "emotion": "emotion",
    "archetype": "archetype",
    "scene_card": "bible",
    "text": "inspired_by",
}
write_features = (
    StandIn("extract_features", unused="it tags a text, and write_features invents a character"),
    *(
        StandIn(file, unused="what a story gets of `emotions` and `archetypes` is drawn")
        for file in ("generate_emotion_from_text", "generate_emotion_constrained", "generate_archetype")
    ),
)
write_bible = (StandIn("generate_scene_card", _CAST, character_card, prepare=told, step=_any_character),)
write_story = tuple(
    StandIn(file, _CAST, read_log, prepare=told, step=_any_length)
    for file in ("generate_story", "generate_story_with_chunk")
)
rate_story = (StandIn("rate_story", {"story": "log"}, least_rating, prepare=as_log, unless="{bible}"),)
