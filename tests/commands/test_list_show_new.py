"""`list`, `show` and `new`: finding a pipeline, reading what it takes, and beginning one of your own."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import run_pipeline
from commands.new import NewName
from commands.pipeline_steps import steps_of
from generation_functions.config import Catalog
from generation_functions.errors import ConfigError
from tests.commands.small_project import ROOT, call_copy, copy_repository, write_project


@pytest.fixture
def at_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


@pytest.mark.usefixtures("at_root")
def test_show_names_the_steps_that_stand_in_other_modules_and_inside_others(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_pipeline.main(["show", "tool-use"]) == 0
    told = capsys.readouterr().out
    steps = ("write_request", "talk", "next_move", "play_tool", "reply", "check_talk")
    assert all(re.search(rf"^  {step} ", told, re.MULTILINE) for step in steps), told


def test_list_names_every_pipeline_with_what_it_does_and_where(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_pipeline.main(["list"]) == 0
    out = capsys.readouterr().out
    assert "factual-qa" in out
    assert "grounded in your documents" in out
    assert "generation/core_components/template/template.py" in out
    assert run_pipeline.main(["list", "--json"]) == 0
    entries = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {"factual-qa", "template"} <= {entry["name"] for entry in entries}
    assert all((ROOT / entry["path"]).is_file() and entry["description"] for entry in entries)


def test_show_tells_parameters_with_bounds_steps_and_prompts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(write_project(tmp_path))
    assert run_pipeline.main(["show", "poems.py:poems"]) == 0
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert "Write a poem about each document." in lines
    assert "documents:" in lines
    assert "chunk_tokens integer default 200, 20 to 4,000" in lines
    assert "Longest chunk, in tokens." in lines
    assert "input_dir path required" in lines
    assert lines.index("write_poem PipelineStep write_poem.yaml") < lines.index("judge MajorityVoteStep judge.yaml")


@pytest.mark.usefixtures("at_root")
def test_show_json_is_the_schema(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_pipeline.main(["show", "factual_qa", "--json"]) == 0
    schema = json.loads(capsys.readouterr().out)
    assert schema["title"] == "factual_qa"
    assert schema["properties"]["votes"]["maximum"] == 15
    assert schema["properties"]["chunk_tokens"]["x-group"] == "documents"


@pytest.mark.usefixtures("at_root")
def test_a_misspelled_pipeline_is_told_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_pipeline.main(["show", "factul-qa"]) == 2
    assert "did you mean 'factual-qa'?" in capsys.readouterr().err


def test_steps_that_a_function_over_several_steps_calls_are_among_them() -> None:
    catalog = Catalog(ROOT)
    names = list(steps_of(catalog.load(catalog.find("preference-pairs"))))
    assert names[:2] == ["sample_answers", "score_answer"]
    assert {"plant_flaw", "compare", "compare_swapped"} <= set(names)


def test_the_steps_of_a_pipeline_come_in_the_order_its_code_names_them() -> None:
    catalog = Catalog(ROOT)
    names = list(steps_of(catalog.load(catalog.find("factual-qa"))))
    assert names == ["keep_suitable", "ask_questions", "check_question", "check_relevance", "check_answer", "repair"]


@pytest.mark.parametrize("text", ["My-Poems", "my_poems", " my-poems "])
def test_a_name_is_read_in_any_of_its_spellings(text: str) -> None:
    assert (NewName.read(text).snake, NewName.read(text).dashed) == ("my_poems", "my-poems")


@pytest.mark.parametrize("text", ["3x", "", "a", "my poems", "../evil", "a.b", "class", "template", "ü", "x" * 61])
def test_a_name_that_python_cannot_use_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="cannot name a pipeline"):
        NewName.read(text)


def test_new_makes_a_pipeline_that_validates_and_runs_at_once(tmp_path: Path) -> None:
    project = copy_repository(tmp_path)
    told = call_copy(project, "new", "river-songs")
    assert told.code == 0, told.err
    folder = project / "generation/core_pipelines/river_songs"
    assert sorted(told.out.splitlines()) == sorted(
        str(path.relative_to(project)) for path in folder.rglob("*") if path.is_file()
    )
    config = "generation/core_pipelines/river_songs/config.yaml"
    commands = [line.partition("run_pipeline.py ")[2] for line in told.err.splitlines() if "run_pipeline" in line]
    assert commands == [
        "show river-songs", f"preview {config} -n 3", f"run {config}",
    ]  # fmt: skip
    texts = {path: path.read_text() for path in folder.rglob("*") if path.is_file()}
    assert not [path for path, text in texts.items() if "template" in text.casefold() or "cop" in text.casefold()]
    assert call_copy(project, "validate", config).code == 0
    ran = call_copy(project, "run", config)
    assert ran.code == 0, ran.err
    assert (project / "outputs/river-songs/datasets/poems.jsonl").read_text().count("\n") == 1
    again = call_copy(project, "new", "river-songs")
    assert again.code == 2
    assert "is there already" in again.err


def test_new_into_another_folder_is_called_by_its_path(tmp_path: Path) -> None:
    project = copy_repository(tmp_path)
    assert call_copy(project, "new", "songs", "--into", "mine").code == 0
    assert "pipeline: mine/songs/songs.songs\n" in (project / "mine/songs/config.yaml").read_text()
    assert call_copy(project, "validate", "mine/songs/config.yaml").code == 0


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("factual-qa",), "is there already"),
        (("songs", "--into", "my songs"), "Python cannot import"),
        (("songs", "--into", "../out"), "Python cannot import"),
    ],
)
def test_new_refuses_what_is_taken_and_where_python_cannot_look(
    words: tuple[str, ...], message: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    assert run_pipeline.main(["new", *words]) == 2
    assert message in capsys.readouterr().err
