"""`export`: a dataset in another form, and no file of somebody else's lost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.commands.calling import Call, caller
from tests.commands.small_project import write_project

DOCUMENTS = {f"d{n}.txt": f"Mill number {n} stood by the river." for n in range(6)}
AS_CHAT = """\
def as_text(row: Row) -> dict:
    turns = [{"role": "user", "content": "A poem?"}, {"role": "assistant", "content": row["poem"]}]
    return {"messages": turns}
"""


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    call = caller(write_project(tmp_path, documents=DOCUMENTS), monkeypatch, capsys)
    pipeline = (tmp_path / "poems.py").read_text()
    (tmp_path / "poems.py").write_text(
        pipeline.replace("def as_text(row: Row) -> dict[str, str]:", f"{AS_CHAT}\n\ndef other(row):")
    )
    call("run", "config.yaml", "--quiet")
    return call


def read(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.mark.parametrize(
    ("format_name", "row"),
    [
        ("messages", {"messages": [{"role": "user", "content": "A poem?"}, {"role": "assistant", "content": "P"}]}),
        ("sharegpt", {"conversations": [{"from": "human", "value": "A poem?"}, {"from": "gpt", "value": "P"}]}),
        ("alpaca", {"instruction": "A poem?", "input": "", "output": "P"}),
    ],
)
def test_each_format_has_its_form(call: Call, tmp_path: Path, format_name: str, row: dict[str, object]) -> None:
    told = call("export", "out", "--format", format_name)
    assert told.code == 0
    assert told.out == f"out/exports/poems.{format_name}.jsonl\n"
    rows = read(tmp_path / told.out.strip())
    assert len(rows) == 6
    expected = json.loads(json.dumps(row).replace('"P"', json.dumps(DOCUMENTS["d0.txt"])))
    assert {name: rows[0][name] for name in expected} == expected


def test_an_export_in_the_runs_own_format_is_its_dataset(call: Call, tmp_path: Path) -> None:
    call("export", "out", "poems", "--to", "copy.jsonl")
    assert (tmp_path / "copy.jsonl").read_bytes() == (tmp_path / "out" / "datasets" / "poems.jsonl").read_bytes()


def test_a_folder_or_a_file_may_be_named(call: Call, tmp_path: Path) -> None:
    assert call("export", "out", "--to", "some/folder").out == "some/folder/poems.messages.jsonl\n"
    assert call("export", "out", "--to", "some/mine.parquet").out == "some/mine.parquet\n"
    both = call("export", "out", "--to", "some/ours.jsonl", "--parquet").out.splitlines()
    assert sorted(both) == ["some/ours.jsonl", "some/ours.parquet"]
    assert sorted(path.name for path in (tmp_path / "some").iterdir()) == [
        "folder", "mine.parquet", "ours.jsonl", "ours.parquet",
    ]  # fmt: skip


def test_validation_rows_go_to_a_file_of_their_own(call: Call) -> None:
    told = json.loads(call("export", "out", "--validation-share", "0.4", "--to", "split", "--json").out)
    assert told["rows"] + told["validation_rows"] == 6
    assert told["validation_rows"] > 0
    assert any("validation" in path for path in told["files"])


def test_somebody_elses_file_is_replaced_only_by_force(call: Call, tmp_path: Path) -> None:
    theirs = tmp_path / "theirs.jsonl"
    theirs.write_text("precious\n")
    told = call("export", "out", "--to", "theirs.jsonl")
    assert told.code == 1
    assert "--force" in told.err
    assert theirs.read_text() == "precious\n"
    assert call("export", "out", "--to", "theirs.jsonl", "--force").code == 0
    assert len(read(theirs)) == 6


def test_its_own_file_is_replaced_unless_it_was_edited(call: Call, tmp_path: Path) -> None:
    call("export", "out", "--to", "mine.jsonl")
    (tmp_path / "docs" / "d5.txt").unlink()
    call("run", "config.yaml", "--quiet")
    assert call("export", "out", "--to", "mine.jsonl").code == 0
    assert len(read(tmp_path / "mine.jsonl")) == 5
    with (tmp_path / "mine.jsonl").open("a") as file:
        file.write("{}\n")
    assert call("export", "out", "--to", "mine.jsonl").code == 1


def test_a_run_that_did_not_end_gives_what_it_has_and_says_so(call: Call, tmp_path: Path) -> None:
    manifest = json.loads((tmp_path / "out" / "run.json").read_text())
    (tmp_path / "out" / "run.json").write_text(json.dumps({**manifest, "status": "running"}))
    told = call("export", "out")
    assert told.code == 0
    assert "the run is crashed: this is what has reached its datasets so far" in told.err


def test_rows_that_have_no_such_form_are_an_error_and_leave_nothing(call: Call, tmp_path: Path) -> None:
    pipeline = (tmp_path / "poems.py").read_text().replace('return {"messages": turns}', 'return {"verses": 3}')
    (tmp_path / "plain.py").write_text(pipeline)
    config = (tmp_path / "config.yaml").read_text().replace("poems.py", "plain.py").replace("dir: out", "dir: plain")
    (tmp_path / "plain.yaml").write_text(config)
    call("run", "plain.yaml", "--quiet")
    told = call("export", "plain", "--format", "sharegpt", "--to", "place")
    assert told.code in (1, 2)
    assert "hint:" in told.err
    assert list((tmp_path / "place").iterdir()) == []


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["poem"], 2, "did you mean 'poems'"),
        (["--format", "xml"], 2, "invalid choice"),
        (["--validation-share", "1"], 2, "is no share"),
    ],
)
def test_what_cannot_be_exported_is_told(call: Call, words: list[str], code: int, says: str) -> None:
    told = call("export", "out", *words)
    assert told.code == code
    assert says in told.err
