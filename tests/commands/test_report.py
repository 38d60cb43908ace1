"""`report`: a page and its figures, for a run or a file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.commands.calling import Call, caller, json_lines
from tests.commands.small_project import DOCUMENTS, PIPELINE, write_project
from tests.report.rows import conversation, good_rows, write_rows


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    call = caller(write_project(tmp_path), monkeypatch, capsys)
    call("run", "config.yaml", "--quiet")
    return call


def test_a_run_s_page_lies_in_its_folder_with_its_figures(call: Call, tmp_path: Path) -> None:
    told = call("report", "out")
    assert (told.code, told.out) == (0, "out/report-poems.html\n")
    assert "written by offline rules" in told.err
    assert "2 documents gave nothing." in told.err
    page = (tmp_path / "out" / "report-poems.html").read_text()
    assert DOCUMENTS["river.txt"] in page
    assert "not a good poem" in page
    figures = json.loads((tmp_path / "out" / "report-poems.json").read_text())
    assert (figures["format"], figures["rows"], figures["run"]["status"]) == ("millrace-report", 1, "partial")
    assert [each["name"] for each in figures["coverage"]["empty"]] == ["drops.txt", "fails.txt"]


def test_the_same_run_gives_the_same_bytes(call: Call, tmp_path: Path) -> None:
    def made() -> tuple[bytes, bytes]:
        assert call("report", "out").code == 0
        return (tmp_path / "out/report-poems.html").read_bytes(), (tmp_path / "out/report-poems.json").read_bytes()

    assert made() == made()


def test_json_on_stdout_is_that_of_the_file(call: Call, tmp_path: Path) -> None:
    [told] = json_lines(call("report", "out", "--json"))
    assert told == json.loads((tmp_path / "out" / "report-poems.json").read_text())


@pytest.mark.parametrize("file", ["out/datasets/poems.jsonl", "out/datasets/poems.parquet"])
def test_a_file_s_page_lies_beside_it(call: Call, tmp_path: Path, file: str) -> None:
    told = call("report", file)
    assert (told.code, told.out) == (0, f"{file}.report.html\n")
    assert json.loads((tmp_path / f"{file}.report.json").read_text())["rows"] == 1


def test_a_csv_file_is_read_too(call: Call, tmp_path: Path) -> None:
    (tmp_path / "pairs.csv").write_text("question,answer\nWhat turns?,The wheel.\nWho grinds?,The miller.\n")
    [told] = json_lines(call("report", "pairs.csv", "--json"))
    assert [turn["role"] for row in told["sample"] for turn in row["turns"]] == ["user", "assistant"] * 2


def test_options_say_the_limit_the_place_the_seed_and_what_to_look_for(call: Call, tmp_path: Path) -> None:
    rows = [*good_rows(50), conversation("Who built the very first mill on this river?", "Anna did.")]
    write_rows(tmp_path / "data.jsonl", rows)
    (tmp_path / "held.txt").write_text("Who built the very first mill on this river?\n\nWhat is the tide?\n")
    words = ("--to", "pages/mine.html", "--context-limit", "20", "--against", "held.txt", "--seed", "3")
    told = call("report", "data.jsonl", *words)
    assert (told.code, told.out) == (0, "pages/mine.html\n")
    figures = json.loads((tmp_path / "pages/mine.json").read_text())
    assert (figures["lengths"]["limit"], figures["seed"]) == (20, 3)
    assert figures["contamination"]["rows"] == 1
    assert "1 row holds words of 1 held-out text." in told.err


def test_each_dataset_of_a_run_has_a_page_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    call = caller(write_project(tmp_path), monkeypatch, capsys)
    last = '    return await run.write(good, "poems", as_text)'
    twice = PIPELINE.replace(last, f'    await run.write(chunks, "plain")\n{last}')
    (tmp_path / "poems.py").write_text(twice)
    call("run", "config.yaml", "--quiet")
    assert call("report", "out").out.split() == ["out/report-plain.html", "out/report-poems.html"]
    assert call("report", "out", "--name", "plain").out == "out/report-plain.html\n"
    told = call("report", "out", "--to", "one.html")
    assert (told.code, "--name" in told.err) == (2, True)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["report", "docs"], 1, "runs there are: out"),
        (["report", "nowhere.jsonl"], 1, "nowhere.jsonl"),
        (["report", "config.yaml"], 1, "output_dir names"),
        (["report", "out", "--name", "peoms"], 2, "did you mean 'poems'"),
        (["report", "poems.py"], 1, "no dataset file"),
        (["report", "broken.parquet"], 1, "no Parquet file"),
        (["report", "out", "--against", "nowhere.jsonl"], 1, "cannot be read"),
        (["report", "out", "--against", "empty.txt"], 1, "no question"),
        (["report", "out", "--to", "page.txt"], 2, "End it in .html"),
        (["report", "out", "--context-limit", "-5"], 2, "no number of tokens"),
    ],
)
def test_mistakes_are_told(call: Call, tmp_path: Path, words: list[str], code: int, said: str) -> None:
    (tmp_path / "empty.txt").write_text("\n")
    (tmp_path / "broken.parquet").write_text("PAR1 and then nothing")
    told = call(*words)
    assert told.code == code
    assert said in told.err


@pytest.mark.parametrize("name", ["mine.html", "mine.json"])
def test_a_file_that_is_no_report_is_never_replaced(call: Call, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text('{"my": "data"}')
    told = call("report", "out", "--to", "mine.html")
    assert told.code == 2
    assert "it is no report" in told.err
    assert (tmp_path / name).read_text() == '{"my": "data"}'
    assert len(list(tmp_path.glob("mine.*"))) == 1


def test_a_report_is_replaced(call: Call) -> None:
    assert [call("report", "out", "--to", "mine.html").code for _ in range(2)] == [0, 0]
