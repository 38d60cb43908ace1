"""What makes a character, a bible or a story unusable."""

from __future__ import annotations

from typing import Any

import pytest

from generation.core_pipelines.roleplay.casting import ARCHETYPES, EMOTIONS, INITIALS, WORLDS
from generation.core_pipelines.roleplay.offline_beats import ENDINGS, MIDDLE, OPENINGS
from generation.core_pipelines.roleplay.offline_cast import CALLINGS, NAMES, PLACES
from generation.core_pipelines.roleplay.offline_feelings import FEELINGS
from generation.core_pipelines.roleplay.steps import faulty_story, thin_bible, turn_names, wrong_name

ROW: dict[str, Any] = {"initial": "O", "features": {"name": "Oddny Brask, welder"}, "turns": 2}
STORY = {
    "user1": "Is this a bad time?",
    "assistant2": "*A hand goes up.* It always is. Come in, then.",
    "user3": "thanks",
    "assistant4": "*She moves over.* Sit. You know how to hold a torch, don't you?",
}


@pytest.mark.parametrize(("name", "right"), [("Oddny Brask", True), ("**Oddny**", True), ("Mara", False), ("", False)])
def test_a_name_begins_with_the_letter_that_was_drawn(name: str, right: bool) -> None:
    assert (wrong_name({"name": name}, ROW) is None) is right


def test_a_bible_is_about_its_character_and_long_enough() -> None:
    assert thin_bible("You are Oddny. " + "You weld. " * 40, ROW) is None
    assert "too few" in (thin_bible("You are Oddny.", ROW) or "")
    assert "not about Oddny" in (thin_bible("You weld. " * 60, ROW) or "")
    assert thin_bible("你是 Oddny，轨道修理站的焊工。", ROW) is None


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({}, None),
        ({"user5": "More."}, "<user5> was not there"),
        ({"assistant4": "*Your heart sinks.* Sit down and hold the torch."}, "plays the user"),
        ({"assistant4": "*You nod and follow her.* Sit down and hold the torch."}, "plays the user"),
        ({"assistant4": "*Looks at you.* You decide what we do, I only hold the torch."}, None),
        ({"assistant4": "Fine."}, "hardly says"),
        ({"assistant4": STORY["assistant2"]}, "twice, word for word"),
    ],
)
def test_a_faulty_story_is_told(change: dict[str, str], wrong: str | None) -> None:
    problem = faulty_story({**STORY, **change}, ROW)
    assert problem is None if wrong is None else wrong in (problem or "")


def test_turns_alternate_and_the_user_begins() -> None:
    assert turn_names(2) == ["user1", "assistant2", "user3", "assistant4"]


def test_the_writer_has_phrases_for_everything_that_is_drawn() -> None:
    assert all(emotion in FEELINGS for emotion in EMOTIONS)
    assert all(any(word in archetype for word in CALLINGS) for archetype in ARCHETYPES)
    assert all(any(word in world for word in PLACES) for world in WORLDS)
    assert all(any(name.startswith(initial) for name in NAMES) for initial in INITIALS)
    assert len({user for user, _ in (*OPENINGS, *MIDDLE, *ENDINGS)}) == len(OPENINGS) + len(MIDDLE) + len(ENDINGS) >= 36
