"""Which of its sources an answer names."""

from __future__ import annotations

import pytest

from generation.core_components.source_references import (
    leans_on_its_source,
    named_in,
    names_no_source,
    sources_of,
    speaks_of_its_source,
)


def test_sources_are_told_once_and_in_order() -> None:
    assert sources_of([{"source": "b.md"}, {"source": ""}, {"source": "a.md"}, {"source": "b.md"}]) == ["a.md", "b.md"]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Tea is heated (tea.md).", ["tea.md"]),
        ("Says tea.md: and notes/tea.md as well", ["notes/tea.md", "tea.md"]),
        ("green-tea.md has it", []),
        ("Only in notes/tea.md.", ["notes/tea.md"]),
        ("tea.md2 has it", []),
        ("Tea is heated.", []),
    ],
)
def test_a_source_is_named_whole(text: str, named: list[str]) -> None:
    assert named_in(text, ["notes/tea.md", "tea.md"]) == named


def test_an_answer_without_a_source_is_told_which_there_are() -> None:
    assert names_no_source("It is so.", ["a.md", "b.md"]) == "The answer names none of its sources (a.md, b.md)."
    assert names_no_source("It is so (b.md).", ["a.md", "b.md"]) is None
    assert names_no_source("It is so.", []) is None


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("What does notes/tea.md say of heat?", "notes/tea.md"),
        ("Why is tea heated (Passage 2)?", "Passage 2"),
        ("According to document 3, why is tea heated?", "According to document 3"),
        ("Was steht in Textstelle 2 über Tee?", "Textstelle 2"),
        ("Which ships use the passage of Suez?", None),
        ("Who wrote the Emancipation source text?", None),
        ("What is the Handbook about?", None),
    ],
)
def test_a_question_that_needs_its_sources_at_hand_is_told(question: str, said: str | None) -> None:
    assert leans_on_its_source(question, ["notes/tea.md", "Handbook"]) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("According to the passages, tides rise.", "According to the passages"),
        ("The provided passages do not mention it.", "The provided passages do not mention"),
        ("None of the passages has it.", "None of the passages"),
        ("The text does not say when.", "The text does not say"),
        ("Laut den Textstellen steigt das Meer.", "Laut den Textstellen"),
        ("Según los fragmentos, sube.", "Según los fragmentos"),
        ("D'après les extraits, elle monte.", "D'après les extraits"),
        ("In the texts of Homer the sea is dark.", None),
        ("Ships use the passages of the archipelago.", None),
        ("In den Texten Goethes steht viel vom Meer.", None),
    ],
)
def test_several_passages_are_a_source_as_one_is(text: str, said: str | None) -> None:
    assert speaks_of_its_source(text) == said
