"""What the steps make of the answers of a model."""

from __future__ import annotations

import pytest

from generation.core_components.source_references import speaks_of_its_source, without_opening_reference
from generation.core_pipelines.factual_qa.conversation import SYSTEM_PROMPTS, as_conversation
from generation.core_pipelines.factual_qa.steps import (
    beyond_repair,
    mended_pair,
    no_repetition,
    still_speaks_of_source,
    with_title,
)
from generation_functions.errors import ParseError


def test_a_reworded_pair_comes_with_its_verdict() -> None:
    completion = (
        "Reason: it leans on the text. I could fail it.\n\n**Verdict:** reword\n**Question:** Q?\n**Answer:** A."
    )
    assert mended_pair(completion) == {"repair": "reword", "question": "Q?", "answer": "A."}
    assert mended_pair("Question: Q?\nAnswer: A.\n\nVerdict: reword") == mended_pair(completion)
    assert mended_pair("Verdict: reword\nFrage: Q?\nAntwort: A.\n\nI hope this helps!") == mended_pair(completion)


def test_words_of_a_pair_are_not_taken_for_a_verdict() -> None:
    completion = "Reason: clear.\nVerdict: pass\n(The question asks why rockets fail.)"
    assert mended_pair(completion) == {"repair": "pass"}


@pytest.mark.parametrize("completion", ["Verdict: reword", "Verdict: reword\nQuestion: Q?", "I am not sure."])
def test_half_a_repair_is_a_parse_error(completion: str) -> None:
    with pytest.raises(ParseError):
        mended_pair(completion)


def test_a_pair_beyond_repair_is_dropped_with_its_reason() -> None:
    assert beyond_repair({"repair": "fail"}, {}) == "makes no sense without its source"
    assert beyond_repair({"repair": "pass"}, {}) is None


def test_a_reworded_pair_that_still_leans_on_the_text_is_asked_again() -> None:
    value = {"repair": "reword", "question": "Who came?", "answer": "As mentioned above, she came."}
    assert still_speaks_of_source(value, {}) is not None
    assert still_speaks_of_source({**value, "answer": "Ada came."}, {}) is None


@pytest.mark.parametrize(
    ("text", "speaks"),
    [
        ("According to the passage, where did it begin?", True),
        ("What is described in the provided document?", True),
        ("What does the author argue?", True),
        ("Laut dem Text begann es früh.", True),
        ("Was steht im Text über Bienen?", True),
        ("Selon le texte, qui est venu ?", True),
        ("Según el texto, ¿quién vino?", True),
        ("As stated in this article, tea is old.", True),
        ("Who is the author of Middlemarch?", False),
        ("Which isotopes are found in the material of the Moon?", False),
        ("What information does the waggle dance carry?", False),
        ("In which section of the Suez Canal do ships pass each other?", False),
        ("What was printed in the first newspaper article about tides?", False),
    ],
)
def test_references_to_the_source(text: str, speaks: bool) -> None:
    assert (speaks_of_its_source(text) is not None) is speaks


def test_an_opening_reference_is_taken_away() -> None:
    assert without_opening_reference("According to the text, bees dance.") == "Bees dance."
    assert without_opening_reference("The text states that bees dance.") == "Bees dance."
    assert without_opening_reference("Bees dance.") == "Bees dance."


def test_questions_asked_twice_are_a_fault() -> None:
    pair = {"question": "Who came?", "answer": "Ada came."}
    assert no_repetition([pair], {}) is None
    assert "asked twice" in (no_repetition([pair, {**pair, "question": "who  came?"}], {}) or "")
    assert "repeats" in (no_repetition([{"question": "x", "answer": "x"}], {}) or "")


def test_the_title_says_where_a_chunk_stands() -> None:
    assert with_title({"source": "sea/tides.md", "headings": ["Tides", "Spring tides"]}) == {
        "title": "tides › Tides › Spring tides"
    }


def test_a_conversation_takes_turns_in_order() -> None:
    pairs = [{"question": f"Was ist das und wie ist die Nummer {n}?", "answer": f"Es ist die {n}."} for n in range(3)]
    messages = as_conversation({"pairs": pairs})["messages"]
    turns = [message for message in messages if message["role"] != "system"]
    assert [turn["role"] for turn in turns] == ["user", "assistant"] * 3
    assert [turn["content"] for turn in turns[::2]] == [pair["question"] for pair in pairs]


def test_system_prompts_vary_with_content_alone() -> None:
    rows = [
        {"pairs": [{"question": f"What is the number {n}?", "answer": f"It is {n}."}], "key": n} for n in range(200)
    ]
    drawn = [as_conversation(row)["messages"] for row in rows]
    assert drawn == [as_conversation({"pairs": row["pairs"]})["messages"] for row in rows]
    systems = [messages[0]["content"] for messages in drawn if messages[0]["role"] == "system"]
    assert set(systems) == set(SYSTEM_PROMPTS["en"])
    assert 120 < len(systems) < 180


@pytest.mark.parametrize(
    ("question", "language"),
    [("Wann wurde der Dom in der Stadt gebaut?", "de"), ("Quand est-ce que le canal fut construit ?", "fr")],
)
def test_the_system_prompt_speaks_the_conversations_language(question: str, language: str) -> None:
    drawn = [as_conversation({"pairs": [{"question": question, "answer": str(n)}]})["messages"] for n in range(30)]
    systems = {messages[0]["content"] for messages in drawn if messages[0]["role"] == "system"}
    assert systems == set(SYSTEM_PROMPTS[language])
