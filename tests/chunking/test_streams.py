"""Chunks as a run's rows: what fields they have, how they are described, and what is refused before anything runs."""

from pathlib import Path
from typing import Any

import pytest

from generation_functions import Run
from generation_functions.chunking import filter_boilerplate
from generation_functions.documents import Document
from generation_functions.errors import ConfigError
from generation_functions.run import sources
from tests.running import rows_of

TEXT = "The river rose in March. It fell in May. Then the boats came back. They stayed until winter came again."


@pytest.fixture
def inputs(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "river.txt").write_text(TEXT)
    return folder


async def test_a_chunk_row_knows_its_place_its_language_and_its_overlap(inputs: Path, tmp_path: Path) -> None:
    async with Run(tmp_path / "out") as run:
        plain = await run.read(inputs).chunk(max_tokens=20).collect()
        rows = await run.read(inputs).chunk(max_tokens=20, by="sentence", overlap=8).collect()
    assert sorted(plain[0]) == ["end", "headings", "language", "source", "start", "text", "tokens"]
    assert {row["language"] for row in plain} == {"en"}
    assert "".join(TEXT[row["start"] : row["end"]] for row in rows) == TEXT
    assert rows[0]["overlap"] == 0
    assert any(row["overlap"] for row in rows)
    for row in rows:
        assert row["text"] == TEXT[row["start"] - row["overlap"] : row["end"]].strip()


async def test_pages_are_on_the_row_where_the_document_has_them(
    inputs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = Document("river.txt", TEXT, pages=(0, TEXT.index("Then")))
    monkeypatch.setattr(sources, "read_documents", lambda *_, **__: (each for each in [document]))
    async with Run(tmp_path / "out") as run:
        rows = await run.read(inputs).chunk(max_tokens=100, by="page").collect()
        dataset = await run.write(run.read(inputs).chunk(max_tokens=100), "out")
    assert [row["pages"] for row in rows] == [[1, 1], [2, 2]]
    assert b'"pages":[1,2]' in dataset.path.read_bytes()


async def test_dropped_boilerplate_keeps_its_reason(inputs: Path, tmp_path: Path) -> None:
    (inputs / "contents.txt").write_text("Contents\n\nOne ..... 3\nTwo ..... 9\nThree ..... 14\nFour ..... 20")
    async with Run(tmp_path / "out") as run:
        rows = await run.read(inputs).chunk().filter(filter_boilerplate).collect()
    assert [row["source"] for row in rows] == ["river.txt"]
    assert [row["reason"] for row in rows_of(tmp_path / "out", "filter_boilerplate", "dropped")] == ["contents page"]


@pytest.mark.parametrize(
    "settings",
    [{"max_tokens": 0}, {"by": "chapter"}, {"overlap": 900}, {"tokenizer": "nowhere/tokenizer.json"}],
    ids=str,
)
async def test_settings_that_mean_nothing_are_refused_before_anything_runs(
    inputs: Path, tmp_path: Path, settings: dict[str, Any]
) -> None:
    async with Run(tmp_path / "out") as run:
        with pytest.raises(ConfigError):
            run.read(inputs).chunk(**settings)
