"""Roleplay from one command to the dataset: characters, bibles, stories in turns, and what the rating drops."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from generation.core_pipelines.roleplay.roleplay import roleplay
from generation_functions import Model, Run
from generation_functions.errors import ConfigError
from tests.end_to_end.shipped import check_kill_and_resume
from tests.running import manifest_of, rows_of

OFFLINE = Model.offline()


async def played(folder: Path, *, seed: int = 1, **settings: Any) -> list[dict[str, Any]]:
    async with Run(folder, seed=seed) as run:
        dataset = await roleplay(run, writer=OFFLINE, judge=OFFLINE, **{"stories": 12, **settings})
    return [json.loads(line) for line in dataset.path.read_text().splitlines()]


async def test_a_story_has_a_bible_and_its_turns(tmp_path: Path) -> None:
    rows = await played(tmp_path, turns=4, least_rating=1)
    assert len(rows) == 12
    for row in rows:
        roles = [message["role"] for message in row["messages"]]
        assert roles == ["system", *["user", "assistant"] * 4]
        name = row["metadata"]["character"].split(",")[0]
        assert f"You are {name}" in row["messages"][0]["content"]
        assert {"emotion", "archetype", "world", "rating"} <= row["metadata"].keys()
        assert "{" not in "".join(message["content"] for message in row["messages"])


@pytest.mark.parametrize("turns", [1, 2, 12])
async def test_stories_of_any_length(turns: int, tmp_path: Path) -> None:
    rows = await played(tmp_path, turns=turns, stories=3, least_rating=1)
    assert [len(row["messages"]) for row in rows] == [1 + 2 * turns] * 3
    assert len({message["content"] for message in rows[0]["messages"]}) == 1 + 2 * turns


async def test_only_stories_rated_well_enough_are_kept(tmp_path: Path) -> None:
    rows = await played(tmp_path, stories=40, least_rating=7)
    assert min(row["metadata"]["rating"] for row in rows) >= 7
    dropped = rows_of(tmp_path, "rate_story", "dropped")
    assert {row["reason"] for row in dropped} == {"rating below 7"}
    assert len(rows) + len(dropped) == 40


async def test_characters_are_drawn_from_the_lists_and_more_stories_only_add(tmp_path: Path) -> None:
    lists = {"emotions": ["envy", "hope"], "archetypes": ["the sage", "a lighthouse cook"], "worlds": ["a night train"]}
    few = await played(tmp_path / "few", stories=3, least_rating=1, **lists)
    many = await played(tmp_path / "many", stories=6, least_rating=1, **lists)
    casts = [tuple(row["metadata"][name] for name in ("emotion", "archetype")) for row in many]
    assert set(casts[:4]) == {(e, a) for e in lists["emotions"] for a in lists["archetypes"]}
    assert few == many[:3]
    assert len({row["metadata"]["key"] for row in many}) == 6


async def test_documents_inspire_characters_whatever_stands_beside_them(tmp_path: Path) -> None:
    def write(*names: str) -> Path:
        for name in names:
            path = tmp_path / "in" / f"{name}.txt"
            path.parent.mkdir(exist_ok=True)
            path.write_text(f"The {name} was kept by three sisters who never slept at the same time. " * 8)
        return tmp_path / "in"

    first = await played(tmp_path / "1", input_dir=write("lighthouse", "mill"), least_rating=1)
    again = await played(tmp_path / "2", input_dir=write("abbey"), least_rating=1)
    assert [row["metadata"]["source"] for row in first] == ["lighthouse.txt", "mill.txt"]
    assert [row for row in again if row["metadata"]["source"] != "abbey.txt"] == first
    assert {row["metadata"]["world"] for row in again} == {"the world of the text"}
    assert len(await played(tmp_path / "3", input_dir=tmp_path / "in", stories=1, least_rating=1)) == 1


async def test_an_empty_list_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="`emotions` is empty"):
        await played(tmp_path, emotions=[])


async def test_a_second_run_asks_nothing_and_leaves_the_same_rows(tmp_path: Path) -> None:
    first = await played(tmp_path)
    assert await played(tmp_path) == first
    assert sum(step.get("calls", 0) for step in manifest_of(tmp_path)["steps"].values()) == 0


def test_killed_half_way_it_resumes_and_a_finished_run_asks_nothing(tmp_path: Path) -> None:
    calm = check_kill_and_resume(tmp_path, "roleplay", stories=15)
    assert calm.datasets()["roleplay.jsonl"]
