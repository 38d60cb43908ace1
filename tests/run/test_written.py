"""What a run writes: in source order, split by document, with where each row came from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson

from generation_functions import Run
from generation_functions.datasets.split import Shares
from tests.running import OFFLINE, echo_step


def lines(path: Path) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in path.read_bytes().splitlines()]


async def written(folder: Path, documents: dict[str, str], **settings: Any) -> Path:
    inputs = folder / "inputs"
    inputs.mkdir(exist_ok=True)
    for name, text in documents.items():
        (inputs / name).write_text(text)
    async with Run(folder / "out") as run:
        stream = run.read(inputs).chunk(max_tokens=20).through(echo_step(), model=OFFLINE)
        await run.write(stream, "loud", lambda row: {"text": row["loud"]}, **settings)
    return folder / "out" / "datasets"


def story(name: str) -> str:
    return "\n\n".join(f"The {name} has part number {n}, and more is said of it here than there." for n in range(6))


async def test_rows_stand_in_source_order_and_say_where_they_come_from(tmp_path: Path) -> None:
    folder = await written(tmp_path, {"b.txt": story("bee"), "a.txt": story("ant")})
    rows = lines(folder / "loud.jsonl")
    sources = [row["metadata"]["source"] for row in rows]
    assert sources == sorted(sources)
    starts = [row["metadata"]["start"] for row in rows if row["metadata"]["source"] == "a.txt"]
    assert starts == sorted(starts)
    assert {row["metadata"]["writer"] for row in rows} == {"offline"}
    text = story("ant")
    first = rows[0]
    assert text[first["metadata"]["start"] : first["metadata"]["end"]].strip().upper() == first["text"]


async def test_no_document_stands_on_both_sides_of_a_split(tmp_path: Path) -> None:
    documents = {f"{n}.txt": story(f"thing{n}") for n in range(20)} | {"copy.txt": story("thing7")}
    folder = await written(tmp_path, documents, held_out=Shares(validation=0.4))
    train, held_out = (lines(folder / f"loud{part}.jsonl") for part in ("", ".validation"))
    assert train
    assert held_out
    assert not {row["text"] for row in train} & {row["text"] for row in held_out}


async def test_the_card_names_what_to_train_on_and_warns_of_the_offline_writer(tmp_path: Path) -> None:
    folder = await written(tmp_path, {"a.txt": story("ant"), "empty.txt": ""})
    card = (folder / "README.md").read_text()
    assert "loud.jsonl" in card
    assert "not for training" in card
    assert "empty.txt" in card
    again = await written(tmp_path, {})
    assert (again / "README.md").read_text() == card


async def test_what_a_row_tells_of_itself_stands_beside_its_origin(tmp_path: Path) -> None:
    given = [{"text": "one", "source": "a.txt", "metadata": {"form": "essay", "key": "mine", "source": "theirs"}}]
    async with Run(tmp_path) as run:
        shaped = await run.write(run.rows(given), "shaped", lambda row: {"text": row["text"]})
        plain = await run.write(run.rows(given), "plain")
    for dataset in (shaped, plain):
        told = orjson.loads(dataset.path.read_bytes())["metadata"]
        assert (told["form"], told["source"], len(told["key"])) == ("essay", "a.txt", 32)
