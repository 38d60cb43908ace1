"""`.deduplicate` and `.drop_repeated` in a run: what stays, what is on record, and what a resumed run does."""

import asyncio
from pathlib import Path
from random import Random
from typing import Any

import orjson
import pytest

from generation_functions import DepthFirst, MillraceError, Model, Row, Run
from generation_functions.errors import ConfigError
from generation_functions.store import StoreReader
from tests.running import OFFLINE, echo_step, manifest_of

BASE = "The old harbour was rebuilt after the storm, and since then the boats come back every single spring."
TEXTS = [BASE, "Glass is made from sand and lime.", BASE.replace("single ", ""), BASE.upper(), "Tea came by ship."]


def dropped(folder: Path, step: str) -> list[tuple[str, str, dict[str, Any]]]:
    reader = StoreReader(folder / "store.sqlite")
    try:
        rows = reader.query(
            "SELECT from_key, reason, detail FROM rows WHERE step = ? AND status = 'dropped' ORDER BY place", (step,)
        )
        return [(key, reason, orjson.loads(detail)) for key, reason, detail in rows]
    finally:
        reader.close()


async def test_the_first_stays_and_the_others_say_what_they_duplicate(tmp_path: Path) -> None:
    async with Run(tmp_path) as run:
        source = run.rows([{"text": text} for text in TEXTS])
        keys = [row.key for row in await source.collect()]
        kept = await source.deduplicate(threshold=0.6).collect()
    assert [row["text"] for row in kept] == [TEXTS[0], TEXTS[1], TEXTS[4]]
    near, same = dropped(tmp_path, "deduplicate")
    assert near[:2] == (keys[2], "nearly the same as an earlier row")
    assert near[2]["duplicate_of"] == keys[0]
    assert 0.6 <= near[2]["similarity"] < 1
    assert same == (keys[3], "the same as an earlier row", {"duplicate_of": keys[0], "similarity": 1.0})


async def test_the_order_rows_arrive_in_changes_nothing(tmp_path: Path) -> None:
    texts = [f"{BASE} {number % 40}" for number in range(120)]

    async def written(folder: Path, seed: int) -> bytes:
        rng = Random(seed)

        async def wait(row: Row, do: object, model: Model) -> dict[str, int]:
            await asyncio.sleep(rng.random() / 100)
            return {}

        async with Run(folder) as run:
            rows = run.rows([{"text": text, "number": number} for number, text in enumerate(texts)])
            waited = rows.through(DepthFirst("wait", wait), model=OFFLINE)
            await run.write(waited.deduplicate(threshold=1.0), "out")
        return (folder / "datasets" / "out.jsonl").read_bytes()

    first, second = await written(tmp_path / "1", 1), await written(tmp_path / "2", 2)
    assert first == second
    assert [orjson.loads(line)["number"] for line in first.splitlines()] == list(range(40))


async def test_a_resumed_run_drops_the_same(tmp_path: Path) -> None:
    for _ in range(2):
        async with Run(tmp_path) as run:
            stream = run.rows([{"text": text} for text in TEXTS]).deduplicate(threshold=0.6)
            await run.write(stream.through(echo_step(), model=OFFLINE), "out")
        found = (tmp_path / "datasets" / "out.jsonl").read_bytes(), dropped(tmp_path, "deduplicate")
    assert len(found[1]) == 2
    assert manifest_of(tmp_path)["steps"]["echo"]["reused"] == 3
    assert found[0].count(b"\n") == 3


async def test_finished_rows_are_compared_by_any_field_or_function(tmp_path: Path) -> None:
    rows = [
        {"pairs": [{"question": "Why?", "answer": "Because."}], "id": 1},
        {"pairs": [{"question": "Why?", "answer": "Because!"}], "id": 2},
        {"pairs": [{"question": "Who?", "answer": "She."}], "id": 3},
    ]
    async with Run(tmp_path) as run:
        by_field = await run.rows(rows).deduplicate("pairs").collect()
        by_function = await run.rows(rows, name="more").deduplicate(lambda row: row["id"] % 2, threshold=1).collect()
    assert [row["id"] for row in by_field] == [1, 3]
    assert [row["id"] for row in by_function] == [1, 2]


async def test_what_is_repeated_across_documents_is_dropped(tmp_path: Path) -> None:
    inputs = tmp_path / "in"
    inputs.mkdir()
    menu, footer = "Home of the boats\nPrices and hours", "Printed for the harbour club, page"
    for number, text in enumerate(["Sand is ground rock.", "Glass is melted sand.", "Salt comes from the sea.", "x"]):
        page = (
            f"{menu}\n\n# Part {text}\n\n{text * 20}\n\n{footer} {number}" if number < 3 else f"{text * 100}\n\n{menu}"
        )
        (inputs / f"{number}.txt").write_text(page)
    async with Run(tmp_path / "out") as run:
        chunks = run.read(inputs).chunk(max_tokens=14, by="sentence")
        kept = await chunks.drop_repeated(documents=3).collect()
    text = "\n".join(row["text"] for row in kept)
    assert "ground rock" in text
    assert "Home of the boats" not in text
    reasons = {(reason, detail["documents"]) for _, reason, detail in dropped(tmp_path / "out", "drop_repeated")}
    assert ("repeated across documents", 4) in reasons


async def test_a_field_there_is_not_is_named(tmp_path: Path) -> None:
    with pytest.raises(MillraceError, match="has no field 'txt' to compare") as caught:
        async with Run(tmp_path) as run:
            await run.rows([{"text": "a"}]).deduplicate("txt").collect()
    assert "text" in str(caught.value.hint)


async def test_a_threshold_there_is_not_is_refused_before_anything_runs(tmp_path: Path) -> None:
    async with Run(tmp_path) as run:
        with pytest.raises(ConfigError, match="a threshold is above 0"):
            run.rows([{"text": "a"}]).deduplicate(threshold=80)
