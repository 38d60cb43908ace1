"""The pipeline from documents to conversations: searches that find, searches that fail, masks, kill and resume."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

import pytest

from generation.core_components.retrieval import shown
from generation.core_pipelines.rag_data import offline_rules, steps
from generation.core_pipelines.rag_data.outcomes import SEARCHES, TOLD, outcome
from generation.core_pipelines.rag_data.rag_data import rag_data
from generation_functions import Dataset, Row, Run
from generation_functions.prompts import PromptBook
from tests.end_to_end.shipped import check_kill_and_resume
from tests.running import OFFLINE

DOCUMENTS = {
    "suez.md": "The Suez Canal was opened in 1869. The Suez Canal is 193 kilometres long. Ferdinand de Lesseps built "
    "it for ships that sail from Europe to Asia. Ships pay a toll because the canal saves them the way round "
    "Africa. Egypt nationalised the canal in 1956.",
    "tea.txt": "The tea bag was patented by Thomas Sullivan in 1908. Green tea stays green because it is heated.",
    "bees.txt": "Karl von Frisch received the Nobel Prize in 1973. Honey keeps for years because it is so dry.",
    "glass.txt": "Ordinary window glass is made from sand, soda ash and limestone. Obsidian forms from lava.",
    "tides.txt": "Isaac Newton explained the tides in 1687. A lunar day lasts about 24 hours and 50 minutes.",
    "paper.txt": "The Diamond Sutra was printed in AD 868. Parchment is made from the skins of sheep.",
}

SAMPLES = Path(__file__).parents[2] / "inputs" / "quickstart"


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    (tmp_path / "documents").mkdir()
    for name, text in DOCUMENTS.items():
        (tmp_path / "documents" / name).write_text(text, encoding="utf-8")
    return tmp_path / "documents"


async def make(output_dir: Path, input_dir: Path, **settings: Any) -> Dataset:
    async with Run(output_dir, seed=settings.pop("seed", 0)) as run:
        return await rag_data(run, input_dir=input_dir, writer=OFFLINE, judge=OFFLINE, **settings)


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def asked_and_said(row: dict[str, Any]) -> tuple[str, str]:
    return row["messages"][-2]["content"], row["messages"][-1]["content"]


async def test_a_search_that_finds_is_answered_from_its_passages(tmp_path: Path, documents: Path) -> None:
    found = rows((await make(tmp_path / "out", documents, failed_share=0.0)).path)
    assert len(found) >= len(DOCUMENTS)
    for row in found:
        asked, said = asked_and_said(row)
        source = row["metadata"]["source"]
        assert row["metadata"]["search"] == ["found"]
        assert f'<passage source="{source}"' in asked
        assert f"({source})" in said.partition("</think>")[2]


@pytest.mark.parametrize(
    ("unknown_share", "search", "words"),
    [(0.0, "from_memory", "I go by what I know"), (1.0, "unknown", "nor do I know")],
)
async def test_a_search_that_fails_is_noticed(
    tmp_path: Path, documents: Path, unknown_share: float, search: str, words: str
) -> None:
    settings = {"failed_share": 1.0, "unknown_share": unknown_share}
    found = rows((await make(tmp_path / "out", documents, **settings)).path)
    assert found
    for row in found:
        asked, said = asked_and_said(row)
        assert row["metadata"]["search"] == [search]
        assert row["metadata"]["source"] not in row["metadata"]["sources"]
        assert f'source="{row["metadata"]["source"]}"' not in asked
        assert words in said


async def test_only_answers_are_to_be_learned(tmp_path: Path, documents: Path) -> None:
    dataset = await make(tmp_path / "out", documents)
    masked = rows(dataset.path.with_name("rag_data.segments.jsonl"))
    for row, whole in zip(masked, rows(dataset.path), strict=True):
        learned = [segment["text"].strip() for segment in row["segments"] if segment["label"]]
        assert learned == [whole["messages"][-1]["content"]]


async def test_passages_can_stand_in_the_system_prompt_and_talks_have_turns(tmp_path: Path, documents: Path) -> None:
    found = rows((await make(tmp_path / "out", documents, passages_in="system", turns=2)).path)
    assert max(len(row["metadata"]["search"]) for row in found) == 2
    for row in found:
        roles = [message["role"] for message in row["messages"]]
        assert roles == ["system", *["user", "assistant"] * len(row["metadata"]["search"])]
        assert "<passage" in row["messages"][0]["content"]
        assert "<passage" not in asked_and_said(row)[0]


async def test_no_turn_denies_what_another_turn_of_its_talk_shows(tmp_path: Path) -> None:
    found = rows((await make(tmp_path / "out", SAMPLES, turns=3, chunk_tokens=150, failed_share=0.4)).path)
    searches = [row["metadata"]["search"] for row in found]
    assert any(len(search) > 1 and "found" not in search for search in searches)
    assert all(set(search) == {"found"} or "found" not in search for search in searches)


def test_killed_half_way_it_resumes_and_a_finished_run_asks_nothing(tmp_path: Path) -> None:
    assert check_kill_and_resume(tmp_path, "rag-data").datasets()["rag_data.segments.jsonl"]


def test_failed_searches_are_shared_out_by_the_seed_and_the_row() -> None:
    lost = [Row(f"{n:032}", {"found": False, "text": "T", "passages": [{}]}) for n in range(300)]
    said = [outcome(0.5, 7)(row)["search"] for row in lost]
    assert 100 < said.count("unknown") < 200
    assert [outcome(0.5, 7)(row)["search"] for row in reversed(lost)] == said[::-1]
    found = Row("a" * 32, {"found": True, "text": "T", "passages": [{}]})
    assert outcome(1.0, 7)(found) == {"search": "found", "known": "", "before": []}
    assert outcome(0.0, 7)(lost[0]) == {"search": "from_memory", "known": "T", "before": []}
    assert TOLD.keys() == set(SEARCHES)


@pytest.mark.parametrize(
    ("completion", "questions"),
    [
        ("Worth it.\n\n1. When?\n2. why so", ["When?", "why so"]),
        ("1. When?\n   **Answer:** Then.\n2. Why?\n   Answer: So.", ["When?", "Why?"]),
        ("Nothing here.\n\n**NO QUESTIONS**", []),
    ],
)
def test_questions_are_read(completion: str, questions: list[str]) -> None:
    assert steps.questions_or_none(completion) == questions


@pytest.mark.parametrize(
    ("questions", "problem"),
    [
        (["When?", "Why?"], None),
        (["When?", "when? "], "twice"),
        (["What does the text say?"], "text"),
        (["What does tea.txt say?"], "tea.txt"),
    ],
)
def test_what_cannot_be_asked(questions: list[str], problem: str | None) -> None:
    found = steps.unaskable(questions, {"source": "tea.txt"})
    assert (problem in str(found)) if problem else found is None


PASSAGES = [{"text": DOCUMENTS["tea.txt"], "source": "tea.txt", "title": "tea"}]


@pytest.mark.parametrize(
    ("search", "known", "answer", "right"),
    [
        ("found", "", "Green tea stays green because it is heated (tea.txt).", True),
        ("found", "", "Green tea stays green because it is young (tea.txt).", False),
        ("unknown", "", "I do not know.", False),
        ("from_memory", DOCUMENTS["tides.txt"], "Green tea stays green because it is heated.", False),
    ],
)
def test_the_check_looks_where_the_answer_should_be_from(search: str, known: str, answer: str, right: bool) -> None:
    values = {"search": search, "known": known, "answer": answer, "passages": shown(PASSAGES),
              "question": "Why does green tea stay green?"}  # fmt: skip
    assert steps.check_answer.parse(offline_rules.check_answer(values, Random(0))) is right


@pytest.mark.parametrize("step", [steps.ask, steps.answer, steps.check_answer], ids=lambda step: step.name)
def test_the_examples_of_a_prompt_are_what_its_step_reads(step: Any) -> None:
    prompt = PromptBook([step.prompts_dir]).get(step.name)
    values = dict.fromkeys(prompt.names, "x")
    examples = [m["content"] for m in prompt.fill(values) if m["role"] == "assistant"]  # type: ignore[index]
    assert len(examples) >= 3
    assert all(step.judged(example, {"search": "", "passages": []})[1] is None for example in examples)
