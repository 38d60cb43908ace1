"""The pipeline from documents to conversations: what is masked, what is stood by, kill and resume."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

import pytest

from generation.core_pipelines.corrections import offline_rules, steps
from generation.core_pipelines.corrections.corrections import corrections
from generation.core_pipelines.corrections.flaws import DOUBT_TOLD, DOUBTS, FLAW_TOLD, FLAWS, NONE, fate
from generation_functions import Dataset, Row, Run
from generation_functions.prompts import PromptBook
from tests.end_to_end.shipped import check_kill_and_resume
from tests.running import OFFLINE

DOCUMENTS = {
    "tea.txt": "Robert Fortune travelled to China in 1848. Green tea stays green because its leaves are heated. Tea "
    "was rare in England because it was taxed. The Great Tea Race took place in 1866. China grows more than India.",
    "dom.txt": "Der Kölner Dom wurde im Jahr 1880 fertiggestellt. Der Kölner Dom ist 157 Meter hoch.",
    "蜜蜂.txt": "蜜蜂是一种会飞行的群居昆虫。蜜蜂为植物传播花粉并酿造蜂蜜。一个蜂群通常有一只蜂王和许多工蜂。",
}  # fmt: skip


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    (tmp_path / "documents").mkdir()
    for name, text in DOCUMENTS.items():
        (tmp_path / "documents" / name).write_text(text, encoding="utf-8")
    return tmp_path / "documents"


async def make(output_dir: Path, input_dir: Path, **settings: Any) -> Dataset:
    async with Run(output_dir, seed=settings.pop("seed", 0)) as run:
        return await corrections(run, input_dir=input_dir, writer=OFFLINE, judge=OFFLINE, **settings)


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def turns(row: dict[str, Any]) -> list[dict[str, Any]]:
    return [message for message in row["messages"] if message["role"] != "system"]


async def test_a_flawed_answer_is_doubted_put_right_and_masked(tmp_path: Path, documents: Path) -> None:
    dataset = await make(tmp_path / "out", documents, right_share=0.0)
    found, masked = rows(dataset.path), rows(dataset.path.with_name("corrections.segments.jsonl"))
    assert {row["metadata"]["source"] for row in found} == set(DOCUMENTS)
    for row, segments in zip(found, masked, strict=True):
        question, first, doubt, last = turns(row)
        assert [question["role"], doubt["role"]] == ["user", "user"]
        assert first["train"] is False
        assert "train" not in last
        assert last["content"].startswith("<think>")
        learned = [segment["text"].strip() for segment in segments["segments"] if segment["label"]]
        assert learned == [last["content"]]
        assert first["content"] not in last["content"]


async def test_a_right_answer_is_stood_by_and_learned(tmp_path: Path, documents: Path) -> None:
    dataset = await make(tmp_path / "out", documents, right_share=1.0)
    for row, segments in zip(
        rows(dataset.path), rows(dataset.path.with_name("corrections.segments.jsonl")), strict=True
    ):
        _, first, _, last = turns(row)
        assert row["metadata"]["flaw"] == NONE
        assert first["content"] in last["content"]
        assert sum(segment["label"] for segment in segments["segments"]) == 2


async def test_thoughts_can_stand_in_a_field_and_flaws_can_be_chosen(tmp_path: Path, documents: Path) -> None:
    settings: dict[str, Any] = {"thoughts_as": "field", "flaws": ("overstated",), "right_share": 0.0}
    for row in rows((await make(tmp_path / "out", documents, **settings)).path):
        assert row["metadata"]["flaw"] == "overstated"
        assert turns(row)[-1]["reasoning_content"]
        assert "reasoning_content" not in turns(row)[1]


def test_killed_half_way_it_resumes_and_a_finished_run_asks_nothing(tmp_path: Path) -> None:
    assert check_kill_and_resume(tmp_path, "corrections").datasets()["corrections.segments.jsonl"]


def test_fates_are_drawn_by_the_seed_and_the_row() -> None:
    made = [Row(f"{n:032}", {}) for n in range(400)]
    drawn = [fate(FLAWS, 0.25, 5)(row) for row in made]
    assert {each["flaw"] for each in drawn} == {*FLAWS, NONE}
    assert {each["doubt_kind"] for each in drawn} == set(DOUBTS)
    assert 60 < sum(each["flaw"] == NONE for each in drawn) < 140
    assert [fate(FLAWS, 0.25, 5)(row) for row in reversed(made)] == drawn[::-1]
    assert FLAW_TOLD.keys() == {*FLAWS, NONE}
    assert DOUBT_TOLD.keys() == set(DOUBTS)


TEXT = DOCUMENTS["tea.txt"]


def spoiled(flaw: str, question: str, answer: str) -> str:
    values = {"flaw": flaw, "text": TEXT, "question": question, "answer": answer}
    return str(steps.spoil.parse(offline_rules.spoil(values, Random(1))))


def test_a_number_a_reason_or_the_subject_goes_wrong() -> None:
    fortune = "Robert Fortune travelled to China in 1848."
    wrong = spoiled("wrong_detail", "When did Robert Fortune travel to China?", fortune)
    assert wrong.startswith("Robert Fortune travelled to China in 18")
    assert wrong != fortune
    assert spoiled(
        "mixed_up", "Why does green tea stay green?", "Green tea stays green because its leaves are heated."
    ) == ("Green tea stays green because it was taxed.")
    assert "1848" not in spoiled("wrong_detail", "Who travelled to China in 1848?", fortune).replace(fortune, "")
    made = {"question": "What is parchment made from?", "answer": "Parchment is made from the skins of sheep."}
    ink = "Ink is made from soot and gum."
    values = {"flaw": "wrong_detail", "text": f"{made['answer']} {ink}", **made}
    assert "Parchment is made from soot and gum." in offline_rules.spoil(values, Random(1))
    assert spoiled("beside_the_point", "When did it take place?", "The Great Tea Race took place in 1866.") in TEXT


@pytest.mark.parametrize(
    ("fields", "sound"),
    [
        ({}, True),
        ({"first": "It was in 1866."}, False),
        ({"flaw": NONE, "first": "It was in 1866."}, True),
        ({"correction": "It was in 1870."}, False),
    ],
)
def test_the_check_compares_both_answers(fields: dict[str, str], sound: bool) -> None:
    values = {"flaw": "wrong_detail", "answer": "It was in 1866.", "first": "It was in 1860.",
              "correction": "No, I was wrong. It was in 1866.", **fields}  # fmt: skip
    assert steps.check.parse(offline_rules.check(values, Random(0))) is sound


@pytest.mark.parametrize(
    ("check", "value", "row", "problem"),
    [
        (steps.not_flawed, "It was, in 1866!", {"answer": "It was in 1866."}, "right answer"),
        (steps.not_flawed, "It was in 1860.", {"answer": "It was in 1866."}, None),
        (steps.leaning, [{"question": "What does the text say?", "answer": "B."}], {}, "text"),
        (
            steps.no_correction,
            {"doubt": "Sure?", "correction": "A b."},
            {"flaw": "invented", "first": "a b"},
            "repeats",
        ),
        (steps.no_correction, {"doubt": "Sure?", "correction": "A b."}, {"flaw": NONE, "first": "a b"}, None),
        (
            steps.no_correction,
            {"doubt": "Sure?", "correction": "The text says A."},
            {"flaw": NONE, "first": "a"},
            "text",
        ),
    ],
)
def test_what_makes_an_answer_unusable(check: Any, value: Any, row: dict[str, str], problem: str | None) -> None:
    found = check(value, row)
    assert (problem in str(found)) if problem else found is None


@pytest.mark.parametrize("step", [steps.ask, steps.spoil, steps.correct, steps.check], ids=lambda step: step.name)
def test_the_examples_of_a_prompt_are_what_its_step_reads(step: Any) -> None:
    prompt = PromptBook([step.prompts_dir]).get(step.name)
    examples = [m["content"] for m in prompt.fill(dict.fromkeys(prompt.names, "x")) if m["role"] == "assistant"]  # type: ignore[index]
    assert len(examples) >= 3
    row = {"flaw": "invented", "first": "f", "answer": "a"}
    assert [step.judged(example, row)[1] for example in examples] == [None] * len(examples)
