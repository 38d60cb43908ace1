"""`lineage`: one row from its document to its end."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.commands.calling import Call, caller, json_lines
from tests.commands.small_project import DOCUMENTS, write_project


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    call = caller(write_project(tmp_path), monkeypatch, capsys)
    call("run", "config.yaml", "--quiet")
    return call


def dataset_key(folder: Path) -> str:
    [line] = (folder / "out" / "datasets" / "poems.jsonl").read_text().splitlines()
    return str(json.loads(line)["metadata"]["key"])


def test_a_datasets_row_is_followed_from_its_document(call: Call, tmp_path: Path) -> None:
    told = call("lineage", "out", dataset_key(tmp_path))
    assert told.code == 0
    places = [
        told.out.index(part)
        for part in (
            "river.txt, characters 0 to 40",
            "write_poem",
            "You are a poet.",
            "<poem>",
            "judge",
            "dataset:poems",
        )
    ]
    assert places == sorted(places)
    assert "votes: yes yes; 2 of 3 needed" in told.out
    assert "3 exchanges" in told.err


def test_as_json_each_step_has_its_exchanges_whole(call: Call, tmp_path: Path) -> None:
    found = json.loads(call("lineage", "out", dataset_key(tmp_path)[:16], "--json").out)
    assert found["source"]["text"] == DOCUMENTS["river.txt"]
    assert (found["source"]["start"], found["source"]["end"]) == (0, 40)
    steps = {step["step"]: step for step in found["steps"]}
    assert list(steps) == ["read", "chunk", "write_poem", "judge", "dataset:poems"]
    [asked] = steps["write_poem"]["exchanges"]
    assert asked["prompt"][-1]["content"] == f"Write of {DOCUMENTS['river.txt']}"
    assert asked["text"] == f"<poem>{DOCUMENTS['river.txt']}</poem>"
    assert {"model", "thoughts", "input_tokens", "output_tokens", "cost", "seconds"} <= asked.keys()
    assert steps["write_poem"]["added"] == {"poem": DOCUMENTS["river.txt"]}
    assert len(steps["judge"]["exchanges"]) == 2


def test_a_lost_row_is_followed_to_where_it_was_lost(call: Call) -> None:
    [dropped] = json_lines(call("rows", "out", "--status", "dropped", "--json"))
    told = call("lineage", "out", dropped["key"])
    assert "dropped: not a good poem" in told.out
    assert "dataset:" not in told.out


def test_a_document_shows_what_was_made_from_it(call: Call) -> None:
    read = json_lines(call("rows", "out", "--step", "read", "--json"))
    told = call("lineage", "out", read[0]["key"])
    assert "1 row made from it" in told.out
    assert "chunk" in told.out


@pytest.mark.parametrize(
    ("key", "message"), [("zz", "no row of this run has the key"), ("", "rows have keys that begin")]
)
def test_a_key_that_is_not_one_rows_is_an_error(call: Call, key: str, message: str) -> None:
    told = call("lineage", "out", key)
    assert told.code == 1
    assert message in told.err
