"""The pipeline from documents to conversations: on the offline writer, and killed and resumed against an endpoint."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from generation.core_pipelines.multi_source_recall.multi_source_recall import multi_source_recall
from generation.core_pipelines.multi_source_recall.ways import WAYS
from generation_functions import Dataset, Model, ModelSpec, Run
from tests.end_to_end.shipped import check_kill_and_resume
from tests.fake_endpoint.server import FakeEndpoint, running
from tests.running import OFFLINE, manifest_of, rows_of

DOCUMENTS = {
    "canals.md": "# Canals\n\nThe Suez Canal was opened in 1869. It connects two seas. "
    "Ships pay a toll because the canal shortens their voyage to Asia.",
    "ships.txt": "The clipper Cutty Sark was launched at Dumbarton in 1869. Steamships replaced them because the "
    "Suez Canal was too narrow for sails. The canal shortens the voyage of ships to Asia.",
    "tea.txt": "Tea clippers carried tea from Asia. The Great Tea Race was held in 1866. Taeping and Ariel "
    "reached London after a voyage of 99 days. Steamships took the Suez Canal to Asia.",
    "rost.txt": "Eisen rostet, weil Wasser und Sauerstoff es angreifen.",
}  # fmt: skip
ALL = dict.fromkeys(WAYS, 1.0)


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    (tmp_path / "documents").mkdir()
    for name, text in DOCUMENTS.items():
        (tmp_path / "documents" / name).write_text(text, encoding="utf-8")
    return tmp_path / "documents"


async def recall(output_dir: Path, input_dir: Path, **settings: Any) -> Dataset:
    async with Run(output_dir, seed=settings.pop("seed", 0)) as run:
        return await multi_source_recall(run, input_dir=input_dir, writer=OFFLINE, judge=OFFLINE, **settings)


def rows(dataset: Dataset) -> list[dict[str, Any]]:
    return [json.loads(line) for line in dataset.path.read_text(encoding="utf-8").splitlines()]


def turns(row: dict[str, Any]) -> list[dict[str, Any]]:
    return [message for message in row["messages"] if message["role"] != "system"]


async def test_questions_come_in_every_way_and_answers_think_and_cite(tmp_path: Path, documents: Path) -> None:
    found = rows(await recall(tmp_path / "out", documents, ways=ALL, questions=6))
    assert {row["metadata"]["way"] for row in found} == set(WAYS)
    for row in found:
        about, answer = row["metadata"], turns(row)[-1]["content"]
        thoughts, _, said = answer.partition("</think>")
        assert thoughts.startswith("<think>")
        assert len(about["sources"]) > 1
        assert any(source in said for source in about["sources"])
        assert len(turns(row)) == (4 if about["way"] == "follow_up" else 2)


async def test_open_questions_take_two_sources_and_false_ones_are_put_right(tmp_path: Path, documents: Path) -> None:
    found = rows(await recall(tmp_path / "out", documents, ways=ALL, questions=6))
    by_way = {row["metadata"]["way"]: row for row in found}
    opened = turns(by_way["open"])[-1]["content"].partition("</think>")[2]
    assert sum(name in opened for name in DOCUMENTS) == 2
    assert "not quite right" in turns(by_way["negative"])[-1]["content"]
    assert "know of nothing called" in turns(by_way["hallucination"])[-1]["content"]


async def test_a_chunk_without_neighbours_asks_nothing(tmp_path: Path, documents: Path) -> None:
    found = rows(await recall(tmp_path / "out", documents))
    assert "rost.txt" not in {row["metadata"]["source"] for row in found}
    assert [row["reason"] for row in rows_of(tmp_path / "out", "related", "dropped")] == ["nothing else belongs to it"]


async def test_a_way_in_which_nothing_can_be_asked_is_a_lost_row_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / "documents").mkdir()
    for name in ("canal", "ships"):
        (tmp_path / "documents" / f"{name}.txt").write_text(
            f"The {name} of Suez. The {name} of Asia.", encoding="utf-8"
        )
    assert not rows(await recall(tmp_path / "out", tmp_path / "documents", ways={"negative": 1.0}))
    lost = [row["reason"] for row in rows_of(tmp_path / "out", "asks_something", "dropped")]
    assert lost == ["nothing to ask about it in the way it drew"] * 2


async def test_the_answer_that_a_follow_up_leans_on_is_not_learned(tmp_path: Path, documents: Path) -> None:
    dataset = await recall(tmp_path / "out", documents, ways={"follow_up": 1.0})
    segments = dataset.path.with_name("multi_source_recall.segments.jsonl").read_text(encoding="utf-8").splitlines()
    assert dataset.rows > 0
    for row, line in zip(rows(dataset), segments, strict=True):
        learned = [segment["text"].strip() for segment in json.loads(line)["segments"] if segment["label"]]
        assert learned == [turns(row)[-1]["content"]]
        assert turns(row)[1]["train"] is False


async def test_thoughts_can_stand_in_a_field(tmp_path: Path, documents: Path) -> None:
    found = rows(await recall(tmp_path / "out", documents, thoughts_as="field"))
    last = turns(found[0])[-1]
    assert last["reasoning_content"]
    assert "<think>" not in last["content"]


async def test_only_ways_with_a_share_are_asked(tmp_path: Path, documents: Path) -> None:
    found = rows(await recall(tmp_path / "out", documents, ways={"vague": 1.0, "open": 0.0}))
    assert {row["metadata"]["way"] for row in found} == {"vague"}


async def test_an_embedding_model_finds_the_passages(tmp_path: Path, documents: Path) -> None:
    endpoint = FakeEndpoint()
    async with running(endpoint) as base_url:
        embedder = Model("vectors", ModelSpec(model="fake-model", base_url=base_url, mode="embedding"))
        first = await recall(tmp_path / "out", documents, embedder=embedder)
        before = first.path.read_bytes()
        assert first.rows > 0
        assert (await recall(tmp_path / "out", documents, embedder=embedder)).path.read_bytes() == before
    assert endpoint.started == 1
    assert manifest_of(tmp_path / "out")["steps"]["embed"]["reused"] == len(DOCUMENTS)


def test_killed_half_way_it_resumes_and_a_finished_run_asks_nothing(tmp_path: Path) -> None:
    calm = check_kill_and_resume(tmp_path, "multi-source-recall", chunk_tokens=300)
    assert calm.datasets()["multi_source_recall.jsonl"]
