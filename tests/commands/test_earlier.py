"""`after`: runs that a config needs are made first, by their own configs, and once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.commands.calling import Call, caller, json_lines
from tests.commands.small_project import write_project

DOCUMENTS = {"river.txt": "The mill on the river was built in 1790."}
SECOND = "pipeline: poems.py:plain\noutput_dir: second\nafter: [config.yaml]\nname: you\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    write_project(tmp_path, documents=DOCUMENTS)
    (tmp_path / "second.yaml").write_text(SECOND)
    return tmp_path


@pytest.fixture
def call(project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    return caller(project, monkeypatch, capsys)


def test_one_command_makes_the_run_before_it_and_then_asks_nothing_more_for_it(call: Call) -> None:
    told = call("run", "second.yaml", "--json", "--set", "times=2")
    assert told.code == 0, told.err
    assert [(run["output_dir"], run["status"]) for run in json_lines(told)] == [
        ("out", "succeeded"),
        ("second", "succeeded"),
    ]
    assert "[1 of 2] " in told.err
    assert json_lines(call("run", "second.yaml", "--json"))[0]["calls"] == 0


def test_a_config_that_two_others_name_runs_once_and_before_both(project: Path, call: Call) -> None:
    (project / "third.yaml").write_text(SECOND.replace("second", "third").replace("[", "[second.yaml, "))
    told = call("run", "third.yaml", "--json", "--quiet")
    assert [run["output_dir"] for run in json_lines(told)] == ["out", "second", "third"]


def test_in_an_order_a_config_that_ran_already_is_not_run_again(project: Path, call: Call) -> None:
    (project / "super_config.yaml").write_text("pipeline_order: [{config: config.yaml}, {config: second.yaml}]\n")
    assert [run["output_dir"] for run in json_lines(call("run", "--json", "--quiet"))] == ["out", "second"]


def test_one_that_does_not_come_to_its_end_keeps_the_next_from_starting(project: Path, call: Call) -> None:
    (project / "config.yaml").write_text("pipeline: poems.py:broken\noutput_dir: out\nname: you\n")
    told = call("run", "second.yaml")
    assert told.code == 1
    assert "not run" in told.err
    assert not (project / "second").exists()


@pytest.mark.parametrize(
    ("after", "says"),
    [("[second.yaml]", "in a circle: second.yaml → second.yaml"), ("[none.yaml]", "none.yaml: there is no such file")],
)
def test_a_circle_and_a_config_that_is_not_there_are_mistakes(project: Path, call: Call, after: str, says: str) -> None:
    (project / "second.yaml").write_text(SECOND.replace("[config.yaml]", after))
    for verb in ("run", "validate"):
        told = call(verb, "second.yaml")
        assert told.code == 2
        assert says in told.err


def test_a_run_is_the_same_run_whatever_it_comes_after(project: Path, call: Call) -> None:
    call("run", "second.yaml", "--quiet")
    before = json.loads((project / "second" / "run.json").read_text())["fingerprint"]
    (project / "second.yaml").write_text(SECOND.replace("after: [config.yaml]\n", ""))
    told = call("run", "second.yaml")
    assert "the config has changed" not in told.err
    assert json.loads((project / "second" / "run.json").read_text())["fingerprint"] == before
