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


DPO = {"prompt": "Q", "chosen": "A", "rejected": "B", "metadata": {"source": "a.txt"}}


@pytest.fixture
def on_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    (tmp_path / "pairs.jsonl").write_text("".join(json.dumps({**DPO, "n": n}) + "\n" for n in range(5)))
    return caller(tmp_path, monkeypatch, capsys)


def test_a_file_becomes_another_beside_it_and_what_is_lost_is_told(on_files: Call, tmp_path: Path) -> None:
    told = on_files("export", "pairs.jsonl", "--format", "messages")
    assert (told.code, told.out) == (0, "pairs.messages.jsonl\n")
    assert "pairs.messages.jsonl: 5 of 5 rows lost the rejected answer" in told.err
    assert read(tmp_path / "pairs.messages.jsonl")[4]["n"] == 4
    again = on_files("export", "pairs.messages.jsonl", "--format", "sharegpt")
    assert again.out == "pairs.sharegpt.jsonl\n"


def test_a_file_goes_through_every_kind_of_file_and_stays_the_same(on_files: Call, tmp_path: Path) -> None:
    for one, other in (("pairs.jsonl", "a.csv"), ("a.csv", "b.parquet"), ("b.parquet", "c.jsonl")):
        assert on_files("export", one, "--to", other).out == f"{other}\n"
    assert read(tmp_path / "c.jsonl") == read(tmp_path / "pairs.jsonl")


def test_shards_are_read_as_one_and_an_older_set_does_not_stay_among_them(on_files: Call, tmp_path: Path) -> None:
    told = on_files("export", "pairs.jsonl", "--to", "parts/p.jsonl", "--shard-rows", "2")
    assert told.out.split() == [f"parts/p-0000{n}-of-00003.jsonl" for n in (1, 2, 3)]
    whole = on_files("export", "parts/p-00002-of-00003.jsonl", "--to", "whole.jsonl")
    assert whole.code == 0
    assert read(tmp_path / "whole.jsonl") == read(tmp_path / "pairs.jsonl")
    assert on_files("export", "pairs.jsonl", "--to", "parts/p.jsonl", "--shard-rows", "3").code == 1
    on_files("export", "pairs.jsonl", "--to", "parts/p.jsonl", "--shard-rows", "3", "--force")
    assert sorted(path.name for path in (tmp_path / "parts").iterdir()) == [f"p-0000{n}-of-00002.jsonl" for n in (1, 2)]


def test_a_runs_own_older_shards_are_replaced(call: Call, tmp_path: Path) -> None:
    call("export", "out", "--to", "p.jsonl", "--shard-rows", "2", "--validation-share", "0.5")
    told = call("export", "out", "--to", "p.jsonl")
    assert told.code == 0
    assert sorted(path.name for path in tmp_path.glob("p*.jsonl")) == ["p.jsonl"]


def test_rows_of_one_document_stay_on_one_side(on_files: Call, tmp_path: Path) -> None:
    lines = [json.dumps({**DPO, "metadata": {"source": f"d{n % 20}"}}) for n in range(200)]
    (tmp_path / "many.jsonl").write_text("\n".join(lines))
    told = json.loads(
        on_files("export", "many.jsonl", "--validation-share", "0.3", "--test-share", "0.3", "--json").out
    )
    sides = [{row["metadata"]["source"] for row in read(tmp_path / file)} for file in told["files"]]  # type: ignore[index]
    assert len(sides) == 3
    assert sum(map(len, sides)) == 20
    assert told["rows"] + told["validation_rows"] + told["test_rows"] == 200


def test_rows_without_such_a_form_are_left_out_where_that_is_asked_for(on_files: Call, tmp_path: Path) -> None:
    rows = [{"messages": [{"role": "user", "content": "Q"}]}, {"messages": [{"role": "assistant", "content": "A"}]}]
    rows[0]["messages"].append({"role": "assistant", "content": "A"})
    (tmp_path / "talks.jsonl").write_text("\n".join(map(json.dumps, rows)))
    assert on_files("export", "talks.jsonl", "--format", "alpaca").code == 2
    told = on_files("export", "talks.jsonl", "--format", "alpaca", "--skip")
    assert told.code == 0
    assert "1 of 2 rows left out: the row does not fit the format `alpaca`" in told.err
    assert len(read(tmp_path / "talks.alpaca.jsonl")) == 1


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["pairs.jsonl", "--format", "classification"], "rows of the format dpo have no form in classification"),
        (["pairs.jsonl", "--from", "alpaca"], "a row without `instruction` and `output` is not Alpaca's"),
        (["pairs.jsonl", "name"], "it takes no NAME"),
        (["odd.jsonl"], "odd.jsonl: row 1 is in no known format"),
        (["pairs.jsonl", "--shard-rows", "0"], "is no number of rows"),
        (["pairs.jsonl", "--validation-share", "0.5", "--test-share", "0.5"], "leave nothing to train on"),
        (["pairs.jsonl", "--to", "out.json"], "out.json: no .json file is written"),
    ],
)
def test_what_cannot_be_made_of_a_file_is_told(on_files: Call, tmp_path: Path, words: list[str], says: str) -> None:
    (tmp_path / "odd.jsonl").write_text('{"verse": 1}\n')
    told = on_files("export", *words)
    assert told.code == 2
    assert says in told.err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["odd.jsonl", "pairs.jsonl"]
