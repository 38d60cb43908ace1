"""`diff`: two runs side by side, and what a changed config would ask again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from commands.dataset_difference import comparable
from commands.diff import changes, flat
from tests.commands.calling import Call, caller
from tests.commands.small_project import CONFIG, write_project

DOCUMENTS = {f"d{n}.txt": f"Mill number {n} stood by the river." for n in range(4)}


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    call = caller(write_project(tmp_path, documents=DOCUMENTS), monkeypatch, capsys)
    call("run", "config.yaml", "--quiet")
    return call


def other_config(folder: Path, **prompts: str) -> Path:
    """A config that writes elsewhere, with a folder of prompts of its own."""
    (folder / "mine").mkdir(exist_ok=True)
    for name, text in prompts.items():
        (folder / "mine" / f"{name}.yaml").write_text(text)
    path = folder / "other.yaml"
    path.write_text(CONFIG.replace("output_dir: out", "output_dir: other") + "prompts: mine\n")
    return path


def test_a_run_does_not_differ_from_itself(call: Call) -> None:
    found = json.loads(call("diff", "out", "out", "--json").out)
    assert (found["config"], found["prompts"]) == ({}, {})
    assert found["datasets"]["poems"] == {"same": 4, "changed": 0, "only_a": 0, "only_b": 0, "examples": []}


def test_rows_are_matched_by_their_source_and_compared_by_what_they_say(call: Call, tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    (docs / "d0.txt").unlink()
    (docs / "d9.txt").write_text("A ninth mill.")
    pipeline = (tmp_path / "poems.py").read_text()
    edited = pipeline.replace(
        'return {"text": row["poem"]}', 'return {"text": row["poem"].replace("1 stood", "1 fell")}'
    )
    (tmp_path / "edited.py").write_text(edited)
    config = CONFIG.replace("poems.py", "edited.py").replace("output_dir: out", "output_dir: other")
    (tmp_path / "other.yaml").write_text(config)
    call("run", "other.yaml", "--quiet")
    found = json.loads(call("diff", "out", "other", "--json").out)
    poems = found["datasets"]["poems"]
    assert {name: poems[name] for name in ("same", "changed", "only_a", "only_b")} == {
        "same": 2, "changed": 1, "only_a": 1, "only_b": 1,
    }  # fmt: skip
    [example] = poems["examples"]
    assert example["b"]["text"] == example["a"]["text"].replace("stood", "fell")
    assert list(found["config"]) == ["pipeline"]
    told = call("diff", "out", "other")
    assert "poems: 2 the same, 1 changed, 1 only in A, 1 only in B" in told.out


def test_a_changed_prompt_is_named(call: Call, tmp_path: Path) -> None:
    other = other_config(tmp_path, judge='- {role: user, content: "Would you keep it? {poem}"}\n')
    call("run", other, "--quiet")
    found = json.loads(call("diff", "out", "other", "--json").out)
    assert list(found["prompts"]) == ["judge"]
    assert found["datasets"]["poems"]["same"] == 4


def test_a_config_that_changes_nothing_asks_for_nothing(call: Call, tmp_path: Path) -> None:
    found = json.loads(call("diff", "config.yaml", other_config(tmp_path), "--json").out)
    assert found["config"] == {"prompts": {"a": None, "b": "mine"}}
    assert (found["effects"]["a"]["to_ask"], found["effects"]["b"]["to_ask"]) == (0, 0)


def test_only_the_step_whose_prompt_changed_would_ask_again(call: Call, tmp_path: Path) -> None:
    other = other_config(tmp_path, judge='- {role: user, content: "Would you keep it? {poem}"}\n')
    steps = json.loads(call("diff", "config.yaml", other, "--json").out)["effects"]["b"]["steps"]
    assert steps["write_poem"] == {"rows": 4, "known": 4, "to_ask": 0}
    assert steps["judge"] == {"rows": 4, "known": 0, "to_ask": 8}
    told = call("diff", "config.yaml", other)
    assert "at least 8 calls" in told.out
    assert "B writes to other, where those answers are not" in told.out


def test_what_follows_from_answers_not_yet_given_is_not_counted(call: Call, tmp_path: Path) -> None:
    other = other_config(tmp_path, write_poem='- {role: user, content: "Sing of {text}"}\n')
    effect = json.loads(call("diff", "config.yaml", other, "--json").out)["effects"]["b"]
    assert effect["steps"] == {"write_poem": {"rows": 4, "known": 0, "to_ask": 4}}
    assert "not followed any further" in call("diff", "config.yaml", other).out


def test_looking_changes_no_run_and_leaves_no_folder(call: Call, tmp_path: Path) -> None:
    other = other_config(tmp_path, judge='- {role: user, content: "Would you keep it? {poem}"}\n')
    before = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir() if path.suffix in (".json", ".txt")}
    call("diff", "config.yaml", other)
    assert before == {name: (tmp_path / "out" / name).read_bytes() for name in before}
    assert not (tmp_path / "other").exists()
    ran = json.loads(call("run", "config.yaml", "--quiet", "--json").out)
    assert (ran["attempt"], ran["calls"]) == (2, 0)


def test_a_run_may_stand_for_its_config(call: Call, tmp_path: Path) -> None:
    other = other_config(tmp_path, judge='- {role: user, content: "Would you keep it? {poem}"}\n')
    found = json.loads(call("diff", "out", other, "--json").out)
    assert found["effects"]["b"]["to_ask"] == 8


def test_a_config_that_never_ran_has_no_answers_to_give(call: Call, tmp_path: Path) -> None:
    told = call("diff", other_config(tmp_path), "config.yaml")
    assert told.code == 0
    assert "A has not run yet" in told.out


@pytest.mark.parametrize(
    ("a", "b", "found"),
    [
        ({"x": {"y": 1}}, {"x": {"y": 2}}, [("x.y", 1, 2)]),
        ({"x": {"y": 1}}, {"x": {}}, [("x.y", 1, None), ("x", None, {})]),
        ({"x": [1]}, {"x": [1]}, []),
        ({"output_dir": "a"}, {"output_dir": "b"}, []),
    ],
)
def test_settings_are_compared_by_their_dotted_names(a: dict[str, object], b: dict[str, object], found: object) -> None:
    assert changes(flat(a), flat(b)) == found


def test_where_a_chunk_stood_is_no_difference() -> None:
    row = {"text": "x", "metadata": {"key": "1", "start": 0, "end": 5, "source": "a"}}
    assert comparable(row) == {"text": "x", "metadata": {"source": "a"}}
