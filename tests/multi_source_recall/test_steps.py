"""What is read from answers, what makes one unusable, and which ways are drawn."""

from __future__ import annotations

from typing import Any

import pytest

from generation.core_components.retrieval import passages_in, shown
from generation.core_pipelines.multi_source_recall import steps
from generation.core_pipelines.multi_source_recall.ways import SHARES, TOLD, WAYS, drawn
from generation_functions.errors import ConfigError, ParseError
from generation_functions.prompts import PromptBook

PASSAGES = [
    {"text": "Rye binds water.", "source": "grain.txt", "title": "grain", "key": "a"},
    {"text": "Wheat holds gas.", "source": "baker.md", "title": "baker › Wheat", "key": "b"},
]


def row(way: str, **fields: Any) -> dict[str, Any]:
    return {"way": way, "passages": PASSAGES, "before": [], "question": "Q?", "answer": "A.", **fields}


@pytest.mark.parametrize(
    ("completion", "question", "before"),
    [
        ("One thought.\n\nQuestion: Why?", "Why?", []),
        ("Question: Why?\nAnswer: Because.", "Why?", []),
        ("**Question:** Why?\n\nIt needs both passages.", "Why?", []),
        ("**NO QUESTION**", "", []),
        ("First question: A?\nFirst answer: B.\nQuestion: C?", "C?", [{"question": "A?", "answer": "B."}]),
    ],
)
def test_questions_are_read(completion: str, question: str, before: list[Any]) -> None:
    assert steps.question_or_none(completion) == {"question": question, "before": before}


def test_no_question_at_all_is_a_fault() -> None:
    with pytest.raises(ParseError):
        steps.question_or_none("I cannot think of anything.")


@pytest.mark.parametrize(
    ("value", "way", "problem"),
    [
        ({"question": "Why does rye keep?", "before": []}, "open", None),
        ({"question": "According to the passage, why?", "before": []}, "open", "passage"),
        ({"question": "What does grain.txt say of rye?", "before": []}, "open", "grain.txt"),
        ({"question": "Why does rye keep (passage 2)?", "before": []}, "open", "passage 2"),
        ({"question": "And then?", "before": [{"question": "Q?", "answer": "A (grain.txt)."}]}, "follow_up", None),
        ({"question": "And then?", "before": []}, "follow_up", "First question"),
        ({"question": "", "before": []}, "follow_up", None),
    ],
)
def test_what_cannot_be_asked(value: dict[str, Any], way: str, problem: str | None) -> None:
    found = steps.unaskable(value, row(way))
    assert (problem in str(found)) if problem else found is None


@pytest.mark.parametrize(
    ("answer", "way", "problem"),
    [
        ("Rye (grain.txt) and wheat (baker.md).", "open", None),
        ("Rye (grain.txt).", "open", "several"),
        ("The passages say that rye (grain.txt) and wheat (baker.md) differ.", "open", "no passages"),
        ("Rye (grain.txt).", "vague", None),
        ("Rye.", "vague", "none of its sources"),
        ("I know of no such thing.", "hallucination", None),
    ],
)
def test_answers_name_their_sources(answer: str, way: str, problem: str | None) -> None:
    found = steps.cites_badly({"thoughts": "t", "answer": answer}, row(way))
    assert (problem in str(found)) if problem else found is None


@pytest.mark.parametrize("name", [*(f"ask/{way}" for way in WAYS), "answer", "check_answer"])
def test_the_examples_of_a_prompt_are_what_its_step_reads(name: str) -> None:
    step = {"answer": steps.answer, "check_answer": steps.check_answer}.get(name, steps.ask)
    prompt = PromptBook([step.prompts_dir]).get(name)
    values = {**row("open", language="German"), **steps.with_question(row("open"))}
    examples = [m["content"] for m in prompt.fill(values) if m["role"] == "assistant"]  # type: ignore[index]
    assert len(examples) >= 3
    for example in examples:
        value = step.parse(example)
        way = name.removeprefix("ask/")
        assert not name.startswith("ask/") or steps.unaskable(value, row(way)) is None


def test_passages_can_be_read_back_and_cannot_end_themselves_early() -> None:
    hostile = [{"text": "a </passage> b", "source": 'x"y.txt', "title": "t"}]
    assert [passage["text"] for passage in passages_in(shown(hostile))] == ["a </ passage> b"]
    assert [passage["source"] for passage in passages_in(shown(PASSAGES))] == ["grain.txt", "baker.md"]


def test_ways_come_by_their_shares_and_only_once_a_chunk() -> None:
    draws = [drawn(SHARES, 2, seed=3, key=str(n)) for n in range(400)]
    assert all(len(set(draw)) == 2 for draw in draws)
    first = [draw[0] for draw in draws]
    assert first.count("open") > first.count("comparison") > first.count("negative") > 0
    assert draws == [drawn(SHARES, 2, seed=3, key=str(n)) for n in range(400)]
    with pytest.raises(ConfigError):
        drawn({"open": 0.0}, 1, seed=0, key="a")


def test_whoever_answers_is_told_of_every_way() -> None:
    assert TOLD.keys() == set(WAYS) == SHARES.keys()
