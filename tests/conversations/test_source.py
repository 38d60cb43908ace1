"""Conversations from datasets: every format, shards and folders, what is skipped, and keys that are content."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from generation.core_components.conversations import conversations
from generation_functions import Run
from generation_functions.datasets import Record, write_dataset
from generation_functions.errors import ConfigError, MillraceError
from tests.conversations.rows import asked, read, said, written
from tests.datasets.samples import ROWS
from tests.running import rows_of

TURNS = [("user", "Why is the sea salty?"), ("assistant", "Rivers carry salt into it.")]


def turns(row: Any) -> list[tuple[str, str]]:
    return [(message["role"], message["content"]) for message in row["messages"]]


@pytest.mark.parametrize(
    "row",
    [
        said(*TURNS),
        {"conversations": [{"from": "human", "value": TURNS[0][1]}, {"from": "gpt", "value": TURNS[1][1]}]},
        {"instruction": TURNS[0][1], "output": TURNS[1][1]},
        {"prompt": TURNS[0][1], "completion": TURNS[1][1]},
        {"prompt": TURNS[0][1], "chosen": TURNS[1][1], "rejected": "Whales."},
        {"prompt": TURNS[0][1], "completion": TURNS[1][1], "label": True},
        {"messages": [{"role": "human", "content": TURNS[0][1]}, {"role": "bot", "content": TURNS[1][1]}]},
        {"messages": [{"role": r, "content": [{"type": "text", "text": t}]} for r, t in TURNS]},
    ],
)
async def test_every_form_of_a_conversation_is_read(row: dict[str, Any], tmp_path: Path) -> None:
    rows = await read(written(tmp_path / "in.jsonl", [row]), tmp_path / "out")
    assert [turns(row) for row in rows] == [TURNS]


@pytest.mark.parametrize("name", sorted(ROWS))
async def test_a_row_of_any_format_is_a_conversation_or_one_skip(name: str, tmp_path: Path) -> None:
    rows = await read(written(tmp_path / "in.jsonl", [ROWS[name], asked("Q", "A")]), tmp_path / "out")
    skipped = rows_of(tmp_path / "out", "read", "dropped")
    assert len(skipped) <= 1
    assert len({row["metadata"]["row"] for row in rows}) + len(skipped) == 2
    assert all(reason["reason"].startswith("no conversation: ") for reason in skipped)


def test_what_is_skipped_says_why_and_where(tmp_path: Path) -> None:
    lines = [
        json.dumps(asked("Q", "A")),
        "{broken",
        "[1, 2]",
        json.dumps({"text": "Only prose."}),
        json.dumps(said(("wizard", "Abracadabra"))),
        json.dumps(said(("assistant", "Nobody asked."))),
        json.dumps(said(("user", " "), ("assistant", "A"))),
        json.dumps({"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": "x"}]}]}),
        json.dumps(asked("Q2", "A2")),
    ]
    (tmp_path / "in.jsonl").write_text("\n".join(lines))
    rows = run_read(tmp_path)
    assert [row["metadata"]["row"] for row in rows] == [1, 9]
    skipped = {row["source"]: row["reason"] for row in rows_of(tmp_path / "out", "read", "dropped")}
    assert [source.removeprefix("in.jsonl row ") for source in skipped] == list("2345678")
    found = list(skipped.values())
    for reason, words in zip(
        found, ["no JSON", "not list", "format text", "'wizard'", "user's", "message 1 (user) is empty", "image_url"],
        strict=True,
    ):  # fmt: skip
        assert words in reason


def run_read(folder: Path) -> list[Any]:
    import asyncio

    return asyncio.run(read(folder / "in.jsonl", folder / "out"))


@pytest.mark.parametrize(
    "answer",
    [
        {"content": "<think>\nSalt comes from rocks.\n</think>\n\nRivers."},
        {"content": "Rivers.", "reasoning_content": "Salt comes from rocks."},
        {"content": "Rivers.", "thinking": " Salt comes from rocks. ", "weight": None},
        {"content": "Salt comes from rocks.</think>Rivers."},
    ],
)
async def test_thoughts_stand_apart_wherever_they_stood(answer: dict[str, Any], tmp_path: Path) -> None:
    row = {"messages": [{"role": "user", "content": "Why?"}, {"role": "assistant", **answer}]}
    rows = await read(written(tmp_path / "in.jsonl", [row]), tmp_path / "out")
    expected = {"role": "assistant", "content": "Rivers.", "reasoning_content": "Salt comes from rocks."}
    assert rows[0]["messages"][1] == expected


async def test_a_calls_arguments_and_a_tools_answer_stay_as_they_are(tmp_path: Path) -> None:
    call = [{"id": "1", "type": "function", "function": {"name": "tide", "arguments": "{}"}}]
    messages = [
        {"role": "user", "content": "High water?"}, {"role": "assistant", "content": None, "tool_calls": call},
        {"role": "tool", "content": "14:05", "tool_call_id": "1"}, {"role": "assistant", "content": "At 14:05."},
    ]  # fmt: skip
    rows = await read(written(tmp_path / "in.jsonl", [{"messages": messages}]), tmp_path / "out")
    assert rows[0]["messages"] == [messages[0], {**messages[1], "content": ""}, *messages[2:]]


async def test_what_a_row_says_of_itself_is_kept(tmp_path: Path) -> None:
    rows = [
        asked("Q", "A", metadata={"source": "bees.md", "start": 3, "key": "abc", "writer": "offline"}, topic="bees"),
        asked("What is the height of the tower in the old town?", "The tower in the old town is 40 metres high."),
    ]
    found = await read(written(tmp_path / "in.jsonl", rows), tmp_path / "out")
    metadata = {"topic": "bees", "source": "bees.md", "start": 3, "writer": "offline", "origin": "abc"}
    assert found[0]["metadata"] == {**metadata, "from": "in.jsonl", "row": 1}
    assert (found[0]["source"], found[0]["document"]) == ("bees.md", "bees.md")
    assert (found[1]["source"], found[1]["language"]) == ("in.jsonl", "en")
    async with Run(tmp_path / "copy") as run:
        dataset = await run.write(
            conversations(run, tmp_path / "in.jsonl"), "copy", lambda row: {"messages": row["messages"]}
        )
    first = json.loads(dataset.path.read_text().splitlines()[0])["metadata"]
    assert first == {**metadata, "from": "in.jsonl", "row": 1, "key": found[0].key, "language": "und"}


async def test_keys_are_content_whatever_stands_around_it(tmp_path: Path) -> None:
    few = await read(written(tmp_path / "a.jsonl", [asked("Q", "A"), asked("Q2", "A2")]), tmp_path / "1")
    more = [asked("new", "N"), asked("Q2", "A2"), asked("Q", "A"), asked("Q", "A")]
    many = await read(written(tmp_path / "b.jsonl", more), tmp_path / "2")
    keys = {row["messages"][0]["content"]: row.key for row in reversed(many)}
    assert {row["messages"][0]["content"]: row.key for row in few} == {name: keys[name] for name in ("Q", "Q2")}
    assert len({row.key for row in many}) == 4


async def test_a_shard_stands_for_its_set_and_a_folder_holds_each_set_once(tmp_path: Path) -> None:
    rows = [Record(asked(f"Q{n}", f"A{n}"), str(n)) for n in range(7)]
    folder = tmp_path / "data"
    write_dataset(rows, folder, "talk", formats=("messages", "sharegpt"), shard_rows=3, csv=True)
    written(folder / "more" / "talk.validation.jsonl", [asked("held", "out")])
    (folder / "notes.txt").write_text("No dataset.")
    shard = await read(folder / "talk-00002-of-00003.jsonl", tmp_path / "shard")
    assert [row["messages"][0]["content"] for row in shard] == [f"Q{n}" for n in range(7)]
    whole = await read(folder, tmp_path / "folder")
    assert sorted(row["messages"][0]["content"] for row in whole) == [*(f"Q{n}" for n in range(7)), "held"]
    reasons = {row["source"]: row["reason"] for row in rows_of(tmp_path / "folder", "read", "dropped")}
    assert reasons["talk-00001-of-00003.parquet"] == "its rows are read with talk-00001-of-00003.jsonl"
    assert reasons["talk.sharegpt-00001-of-00003.jsonl"] == "its rows are read with talk-00001-of-00003.jsonl"
    assert "no dataset" in reasons["notes.txt"]


async def test_a_runs_folder_gives_what_it_wrote(tmp_path: Path) -> None:
    async with Run(tmp_path / "first") as run:
        await run.write(run.rows([asked("Q", "A")]), "talk")
    rows = await read(tmp_path / "first", tmp_path / "second")
    assert [turns(row) for row in rows] == [[("user", "Q"), ("assistant", "A")]]
    assert rows[0]["metadata"]["from"] == "talk.jsonl"


async def test_a_broken_file_stops_nothing_but_itself(tmp_path: Path) -> None:
    written(tmp_path / "in" / "good.jsonl", [asked("Q", "A")])
    (tmp_path / "in" / "bad.parquet").write_bytes(b"PAR1 nothing")
    rows = await read(tmp_path / "in", tmp_path / "out")
    assert len(rows) == 1
    skipped = rows_of(tmp_path / "out", "read", "dropped")
    assert "cannot be read" in skipped[0]["reason"]
    with pytest.raises(MillraceError, match="cannot be read"):
        await read(tmp_path / "in" / "bad.parquet", tmp_path / "alone")


async def test_nothing_to_read_is_said_at_once(tmp_path: Path) -> None:
    async with Run(tmp_path / "out") as run:
        with pytest.raises(ConfigError, match="there is no"):
            conversations(run, tmp_path / "none")
        (tmp_path / "empty").mkdir()
        with pytest.raises(ConfigError, match="holds no dataset"):
            conversations(run, tmp_path / "empty")
