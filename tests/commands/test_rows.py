"""`rows`: rows read whole, and why others are missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.calling import Call, caller, json_lines
from tests.commands.small_project import DOCUMENTS, write_project


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    call = caller(write_project(tmp_path), monkeypatch, capsys)
    call("run", "config.yaml", "--quiet")
    return call


def test_rows_of_the_dataset_are_shown_without_being_asked_for(call: Call) -> None:
    told = call("rows", "out")
    assert told.code == 0
    assert DOCUMENTS["river.txt"] in told.out
    assert "river.txt, characters 0 to 40" in told.out
    assert "FAIL" not in told.out
    assert told.err == "1 row\n"


def test_dropped_rows_come_with_their_reasons_counted(call: Call) -> None:
    told = call("rows", "out", "--status", "dropped")
    assert "1  judge  not a good poem" in told.out
    assert "votes: no no; 2 of 3 needed" in told.out
    assert DOCUMENTS["drops.txt"] in told.out


@pytest.mark.parametrize(
    ("options", "sources"),
    [
        ([], ["river.txt"]),
        (["--status", "failed"], ["fails.txt"]),
        (["--status", "dropped"], ["drops.txt"]),
        (["--reason", "GOOD POEM"], ["drops.txt"]),
        (["--step", "write_poem"], ["drops.txt", "fails.txt", "river.txt"]),
        (["--step", "write_poem", "--status", "kept"], ["drops.txt", "river.txt"]),
        (["--step", "poems"], ["river.txt"]),
        (["--step", "chunk", "-n", "2"], ["drops.txt", "fails.txt"]),
        (["--step", "chunk", "-n", "0"], ["drops.txt", "fails.txt", "river.txt"]),
    ],
)
def test_options_select(call: Call, options: list[str], sources: list[str]) -> None:
    rows = json_lines(call("rows", "out", "--json", "--fields", "source", *options))
    assert [row["fields"] for row in rows] == [{"source": source} for source in sources]


def test_a_row_is_shown_whole_and_found_by_its_keys_beginning(call: Call) -> None:
    [failed] = json_lines(call("rows", "out", "--json", "--status", "failed"))
    assert failed["fields"]["text"] == DOCUMENTS["fails.txt"]
    assert failed["detail"] == {"tries": [failed["reason"]]}
    again = json_lines(call("rows", "out", "--json", "--key", failed["key"][:10]))
    assert {row["step"] for row in again} == {"chunk", "write_poem"}


def test_an_unknown_step_is_a_usage_error_that_names_the_nearest(call: Call) -> None:
    told = call("rows", "out", "--step", "jugde")
    assert told.code == 2
    assert "did you mean 'judge'" in told.err


@pytest.mark.parametrize(("place", "hint"), [("docs", "runs there are: out"), ("config.yaml", "output_dir names")])
def test_a_place_that_is_no_run_is_an_error(call: Call, place: str, hint: str) -> None:
    told = call("rows", place)
    assert told.code == 1
    assert hint in told.err


def test_a_run_without_rows_says_where_to_look(call: Call, tmp_path: Path) -> None:
    (tmp_path / "docs" / "river.txt").unlink()
    call("run", "config.yaml", "--quiet")
    assert "no row reached a dataset; `status out` says why" in call("rows", "out").err


def test_control_characters_of_a_document_cannot_act_on_the_terminal(call: Call, tmp_path: Path) -> None:
    (tmp_path / "docs" / "river.txt").write_text("A mill \x1b[2J\u202e stood by the river.")
    call("run", "config.yaml", "--quiet")
    told = call("rows", "out")
    assert "\x1b" not in told.out
    assert "\u202e" not in told.out
    assert "stood by the river" in told.out
