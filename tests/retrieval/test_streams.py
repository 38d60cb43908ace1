"""Chunks with their neighbours, questions with their passages, and the retrieval source file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from generation.core_components.retrieval import (
    Index,
    RetrieveStep,
    read_retrieval_source,
    related_chunks,
    searchable,
    write_retrieval_source,
)
from generation_functions import MillraceError, Model, ModelSpec, Run
from generation_functions.errors import ConfigError
from tests.fake_endpoint.server import FakeEndpoint, running
from tests.running import OFFLINE, manifest_of, rows_of

DOCUMENTS = {
    "bees.txt": "Honeybees tell one another where food is by dancing. Karl von Frisch decoded the dance of honeybees.",
    "frisch.txt": "Karl von Frisch, who decoded the dance of honeybees, received the Nobel Prize in 1973.",
    "tea.txt": "Black tea is fully oxidised before it is dried. Green tea is heated soon after picking.",
    "cups.txt": "Green tea is served in small cups. Black tea is served with milk soon after it is made.",
    "rust.txt": "Ships corrode because salt water reaches bare steel plates.",
}


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    folder = tmp_path / "documents"
    folder.mkdir()
    for name, text in DOCUMENTS.items():
        (folder / name).write_text(text)
    return folder


async def neighbours(folder: Path, documents: Path, embedder: Model | None = None, **options: Any) -> dict[str, list]:
    async with Run(folder, **options) as run:
        chunks = run.read(documents).chunk(max_tokens=100)
        rows = await (await related_chunks(run, chunks, most=1, embedder=embedder)).collect()
        return {row["source"]: [passage["source"] for passage in row["related"]] for row in rows}


RELATED = {"bees.txt": ["frisch.txt"], "frisch.txt": ["bees.txt"], "tea.txt": ["cups.txt"], "cups.txt": ["tea.txt"]}


@pytest.mark.parametrize("embedder", [None, OFFLINE])
async def test_chunks_get_their_neighbours_and_a_lonely_one_is_dropped(
    tmp_path: Path, documents: Path, embedder: Model | None
) -> None:
    assert await neighbours(tmp_path / "run", documents, embedder) == RELATED
    assert [row["reason"] for row in rows_of(tmp_path / "run", "related", "dropped")] == ["nothing else belongs to it"]
    assert manifest_of(tmp_path / "run")["steps"]["related"]["in"] == 5


async def test_a_few_rows_tried_out_find_what_they_will_find_in_the_whole_run(tmp_path: Path, documents: Path) -> None:
    assert await neighbours(tmp_path / "run", documents, limit=2) == {n: RELATED[n] for n in ("bees.txt", "cups.txt")}


async def test_embeddings_are_paid_once(tmp_path: Path, documents: Path) -> None:
    endpoint = FakeEndpoint()
    async with running(endpoint) as base_url:
        model = Model("small", ModelSpec(model="fake-model", base_url=base_url, mode="embedding"))
        first = await neighbours(tmp_path / "run", documents, model)
        assert endpoint.started == 1
        assert await neighbours(tmp_path / "run", documents, model) == first
        assert endpoint.started == 1
        (documents / "rust.txt").write_text("Wood rots where rain reaches it.")
        await neighbours(tmp_path / "run", documents, model)
    assert [body["input"] for body in endpoint.bodies[1:]] == [["Wood rots where rain reaches it."]]
    steps = manifest_of(tmp_path / "run")["steps"]
    assert (steps["embed"]["calls"], steps["embed"]["reused"]) == (1, 4)


async def test_a_model_that_writes_is_no_embedder(tmp_path: Path, documents: Path) -> None:
    with pytest.raises(ConfigError, match="mode"):
        await neighbours(tmp_path / "run", documents, Model("large", ModelSpec(model="m", base_url="http://x/v1")))


QUESTIONS = {
    "bees.txt": "Who decoded the dance of the honeybees?", "tea.txt": "When is green tea heated?",
    "rust.txt": "Where do ships corrode?",
}  # fmt: skip


async def retrieved(folder: Path, documents: Path, embedder: Model | None = None, **settings: Any) -> dict[str, Any]:
    async with Run(folder, seed=2) as run:
        library = await searchable(run, run.read(documents).chunk(max_tokens=100), embedder=embedder)
        asked = library.chunks.filter(lambda row: row["source"] in QUESTIONS).map(
            lambda row: {"question": QUESTIONS[row["source"]]}
        )
        rows = await asked.through(RetrieveStep("retrieve", library.index, **settings), model=embedder).collect()
        return {row["source"]: row for row in rows}


async def test_a_question_gets_its_passages(tmp_path: Path, documents: Path) -> None:
    rows = await retrieved(tmp_path / "run", documents, most=2)
    for source, row in rows.items():
        assert source in [passage["source"] for passage in row["passages"]]
        assert row["found"] is True
        assert set(row["passages"][0]) == {"text", "source", "title", "key"}


async def test_a_search_that_is_made_to_fail_finds_other_passages(tmp_path: Path, documents: Path) -> None:
    rows = await retrieved(tmp_path / "run", documents, most=2, missed=1.0)
    for source, row in rows.items():
        assert row["found"] is False
        assert source not in [passage["source"] for passage in row["passages"]]
    some = await retrieved(tmp_path / "other", documents, most=2, missed=0.5)
    assert {row["found"] for row in some.values()} == {True, False}


async def test_questions_are_embedded_by_the_model_of_the_passages(tmp_path: Path, documents: Path) -> None:
    endpoint = FakeEndpoint()
    async with running(endpoint) as base_url:
        model = Model("small", ModelSpec(model="fake-model", base_url=base_url, mode="embedding"))
        rows = await retrieved(tmp_path / "run", documents, model, most=2)
    assert all(row["found"] for row in rows.values())
    embedded = {text for body in endpoint.bodies for text in body["input"]}
    assert embedded == set(QUESTIONS.values()) | set(DOCUMENTS.values())


async def test_the_retrieval_source_can_be_searched(tmp_path: Path, documents: Path) -> None:
    async with Run(tmp_path / "run") as run:
        dataset = await write_retrieval_source(run, run.read(documents).chunk(max_tokens=100))
    assert dataset.path == tmp_path / "run" / "datasets" / "retrieval_source.jsonl"
    line = json.loads(dataset.path.read_text().splitlines()[0])
    assert line["metadata"]["source"] == "bees.txt"
    found = Index(read_retrieval_source(dataset.path)).search("Who got a Nobel Prize?", 1)
    assert found[0].passage.source == "frisch.txt"
    assert found[0].passage.beside["start"] == 0


def test_a_file_that_is_no_retrieval_source_is_refused(tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_text('{"text": "a"}\n')
    with pytest.raises(MillraceError, match="line 1"):
        read_retrieval_source(tmp_path / "rows.jsonl")


async def test_a_few_rows_tried_out_are_all_that_is_told_of(tmp_path: Path, documents: Path) -> None:
    from generation_functions.store import StoreReader
    from generation_functions.store.history import History

    endpoint = FakeEndpoint()
    async with running(endpoint) as base_url:
        model = Model("small", ModelSpec(model="fake-model", base_url=base_url, mode="embedding"))
        async with Run(tmp_path / "run", limit=2) as run:
            related = await related_chunks(run, run.read(documents).chunk(max_tokens=100), embedder=model)
            await related.map(lambda row: {"seen": True}).collect()
    assert manifest_of(tmp_path / "run")["steps"]["embed"]["out"] == 5
    assert len(rows_of(tmp_path / "run", "related")) == 2
    reader = StoreReader(tmp_path / "run" / "store.sqlite")
    try:
        assert len(History(reader).roots()) == 2
    finally:
        reader.close()
