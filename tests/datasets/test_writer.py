"""Datasets on disk: streamed, the same bytes every time, all files together or none."""

import errno
import hashlib
import itertools
import json
import os
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation_functions.datasets import Record, write_dataset
from generation_functions.datasets.parquet import read_parquet
from generation_functions.datasets.split import Shares, split_of
from generation_functions.datasets.staging import storage
from generation_functions.errors import ConfigError, StoreError
from tests.permissions import permissions_count


def record(number: int, document: str = "d") -> Record:
    turns = [{"role": "user", "content": f"Q{number}"}, {"role": "assistant", "content": f"A{number}"}]
    return Record({"messages": turns, "metadata": {"n": number}}, f"key{number}", document)


def rows(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_rows_are_written_in_order_in_every_format(tmp_path: Path) -> None:
    records = [record(number) for number in range(5)]
    written = write_dataset(records, tmp_path / "data", "qa", formats=("messages", "sharegpt", "alpaca"))
    assert names(tmp_path / "data") == ["qa.alpaca.jsonl", "qa.jsonl", "qa.parquet", "qa.sharegpt.jsonl"]
    assert rows(tmp_path / "data/qa.jsonl") == [dict(each.content) for each in records]
    assert [row["output"] for row in rows(tmp_path / "data/qa.alpaca.jsonl")] == ["A0", "A1", "A2", "A3", "A4"]
    assert pq.read_table(tmp_path / "data/qa.parquet").to_pylist() == rows(tmp_path / "data/qa.jsonl")
    assert (written.name, written.rows, written.validation_rows, written.notes) == ("qa", 5, 0, ())
    for file in written.files:
        data = file.path.read_bytes()
        assert (file.bytes, file.sha256) == (len(data), hashlib.sha256(data).hexdigest())
        assert (file.rows, file.split) == (5, "train")
    assert [(file.path.name, file.format) for file in written.files] == [
        ("qa.jsonl", "messages"), ("qa.sharegpt.jsonl", "sharegpt"), ("qa.alpaca.jsonl", "alpaca"),
        ("qa.parquet", "messages"),
    ]  # fmt: skip


def test_no_document_stands_on_both_sides(tmp_path: Path) -> None:
    records = [record(number, f"d{number % 40}") for number in range(400)]
    written = write_dataset(records, tmp_path, "qa", formats=("messages", "sharegpt"), validation_share=0.25, seed=3)
    train, held = rows(tmp_path / "qa.jsonl"), rows(tmp_path / "qa.validation.jsonl")
    assert {row["metadata"]["n"] % 40 for row in train} & {row["metadata"]["n"] % 40 for row in held} == set()
    assert (written.rows, written.validation_rows) == (len(train), len(held))
    assert len(train) + len(held) == 400
    assert 40 <= len(held) <= 170
    assert len(rows(tmp_path / "qa.sharegpt.validation.jsonl")) == len(held)
    assert pq.read_table(tmp_path / "qa.validation.parquet").num_rows == len(held)


@given(st.text(), st.integers(), st.floats(0, 1), st.floats(0, 1))
def test_raising_the_share_only_moves_documents_to_validation(document: str, seed: int, one: float, two: float) -> None:
    low, high = sorted((one, two))
    if split_of(document, Shares(low), seed=seed) == "validation":
        assert split_of(document, Shares(high), seed=seed) == "validation"
    assert split_of(document, Shares(0), seed=seed) == "train"
    assert split_of(document, Shares(1), seed=seed) == "validation"


@pytest.mark.parametrize("share", [0.000001, 0.999999])
def test_a_split_that_would_leave_a_side_empty_is_not_made(tmp_path: Path, share: float) -> None:
    written = write_dataset([record(1), record(2)], tmp_path, "qa", validation_share=share)
    assert names(tmp_path) == ["qa.jsonl", "qa.parquet"]
    assert (written.rows, written.validation_rows) == (2, 0)
    assert "all 2 rows are for training" in written.notes[0]
    assert len(rows(tmp_path / "qa.jsonl")) == 2


def test_the_same_records_give_the_same_bytes_and_touch_nothing(tmp_path: Path) -> None:
    def write(folder: Path) -> dict[str, bytes]:
        write_dataset((record(n, f"d{n}") for n in range(50)), folder, "qa", validation_share=0.3, seed=1)
        return {path.name: path.read_bytes() for path in folder.iterdir()}

    first = write(tmp_path / "one")
    assert write(tmp_path / "two") == first
    for path in (tmp_path / "one").iterdir():
        os.utime(path, (1, 1))
    assert write(tmp_path / "one") == first
    assert {path.stat().st_mtime for path in (tmp_path / "one").iterdir()} == {1}


def test_files_of_an_earlier_call_that_this_one_does_not_make_are_removed(tmp_path: Path) -> None:
    (tmp_path / "qa2.jsonl").write_text("another dataset's")
    (tmp_path / "README.md").write_text("a card")
    records = [record(number, f"d{number}") for number in range(40)]
    write_dataset(records, tmp_path, "qa", formats=("messages", "sharegpt"), validation_share=0.5)
    assert len(names(tmp_path)) == 8
    write_dataset(records, tmp_path, "qa", parquet=False)
    assert names(tmp_path) == ["README.md", "qa.jsonl", "qa2.jsonl"]


def test_no_rows_make_an_empty_file(tmp_path: Path) -> None:
    written = write_dataset([], tmp_path, "qa", validation_share=0.5)
    assert names(tmp_path) == ["qa.jsonl"]
    assert (tmp_path / "qa.jsonl").read_bytes() == b""
    assert (written.rows, written.notes) == (0, ())


def broken(after: int) -> Iterator[Record]:
    yield from (record(number) for number in range(after))
    raise RuntimeError("the source failed")


def test_a_failure_leaves_the_old_files_whole_and_nothing_behind(tmp_path: Path) -> None:
    write_dataset([record(1)], tmp_path, "qa", formats=("messages", "sharegpt"))
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(RuntimeError):
        write_dataset(broken(3000), tmp_path, "qa", formats=("messages", "sharegpt"))
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_row_that_does_not_fit_names_itself_and_changes_nothing(tmp_path: Path) -> None:
    write_dataset([record(1)], tmp_path, "qa")
    odd = Record({"text": "no conversation"}, "key9", "d")
    with pytest.raises(ConfigError, match="row key9: rows of the format text have no form in sharegpt"):
        write_dataset([record(2), odd], tmp_path, "qa", formats=("messages", "sharegpt"))
    assert names(tmp_path) == ["qa.jsonl", "qa.parquet"]
    assert rows(tmp_path / "qa.jsonl")[0]["metadata"] == {"n": 1}


def test_a_killed_write_leaves_the_old_files_and_the_next_one_sweeps(tmp_path: Path) -> None:
    write_dataset([record(1)], tmp_path, "qa")
    before = (tmp_path / "qa.jsonl").read_bytes()
    script = """
        import os, sys
        from pathlib import Path
        from generation_functions.datasets import Record, write_dataset

        def records():
            for number in range(50_000):
                yield Record({"text": "x" * 100}, str(number), "d")
            os._exit(9)

        write_dataset(records(), Path(sys.argv[1]), "qa")
    """
    ran = subprocess.run([sys.executable, "-c", textwrap.dedent(script), tmp_path], cwd=Path.cwd())
    assert ran.returncode == 9
    assert (tmp_path / "qa.jsonl").read_bytes() == before
    assert any(name.endswith(".part") for name in names(tmp_path))
    write_dataset([record(2)], tmp_path, "qa")
    assert names(tmp_path) == ["qa.jsonl", "qa.parquet"]


def test_a_disk_that_takes_no_more_is_a_store_error_and_the_old_files_stay(tmp_path: Path) -> None:
    write_dataset([record(1)], tmp_path, "qa")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    script = """
        import resource, sys
        from pathlib import Path
        from generation_functions.datasets import Record, write_dataset
        from generation_functions.errors import StoreError

        resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
        try:
            write_dataset((Record({"text": "x" * 100}, str(n), "d") for n in range(9000)), Path(sys.argv[1]), "qa")
        except StoreError as exc:
            print(exc.message, "|", exc.hint)
    """
    ran = subprocess.run([sys.executable, "-c", textwrap.dedent(script), tmp_path], capture_output=True, text=True)
    assert f"cannot write to {tmp_path}: File too large | " in ran.stdout
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_file_where_the_folder_should_be_is_a_store_error(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    with pytest.raises(StoreError, match="cannot write to") as caught:
        write_dataset([record(1)], tmp_path / "data", "qa")
    assert "a file stands where a folder is needed" in (caught.value.hint or "")


def test_a_folder_that_may_not_be_written_is_a_store_error(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with permissions_count(), pytest.raises(StoreError, match="Permission denied"):
            write_dataset([record(1)], tmp_path, "qa")
    finally:
        tmp_path.chmod(0o700)


@pytest.mark.parametrize(
    ("number", "advice"),
    [
        (errno.ENOSPC, "free some space"),
        (errno.EROFS, "read-only"),
        (errno.EACCES, "writable"),
        (errno.EIO, "check the disk"),
    ],
)
def test_every_refusal_says_what_to_do(number: int, advice: str) -> None:
    with pytest.raises(StoreError) as caught, storage(Path("somewhere")):
        raise OSError(number, "no")
    assert os.strerror(number) in caught.value.message
    assert advice in (caught.value.hint or "")


@pytest.mark.parametrize("name", ["", ".hidden", "a/b", "a\\b", "a\nb"])
def test_a_name_that_is_no_file_name_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError, match="cannot name"):
        write_dataset([], tmp_path, name)


@pytest.mark.parametrize(("options", "message"), [
    ({"formats": ("chatml",)}, "unknown dataset format 'chatml'"),
    ({"formats": ()}, "no dataset format"),
    ({"validation_share": 1.5}, "between 0 and 1"),
])  # fmt: skip
def test_wrong_options_are_refused(tmp_path: Path, options: dict, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        write_dataset([], tmp_path, "qa", **options)


def test_records_are_taken_as_they_are_written(tmp_path: Path) -> None:
    alive = 0
    most = 0

    class Counted(dict):
        def __init__(self, number: int) -> None:
            nonlocal alive, most
            super().__init__(text="x" * 10, n=number)
            alive += 1
            most = max(most, alive)

        def __del__(self) -> None:
            nonlocal alive
            alive -= 1

    write_dataset((Record(Counted(n), str(n), "d") for n in range(10_000)), tmp_path, "qa")
    assert most < 150


def table(tmp_path: Path, contents: list[dict]) -> tuple[list[dict], tuple[str, ...]]:
    written = write_dataset([Record(content, str(n), "d") for n, content in enumerate(contents)], tmp_path, "rows")
    return pq.read_table(tmp_path / "rows.parquet").to_pylist(), written.notes


def test_rows_of_different_fields_share_one_parquet_schema(tmp_path: Path) -> None:
    # The late fields come in another row group than the first rows.
    early = [{"text": "a", "score": 1, "tags": []}] * 2500
    late = [{"text": "b", "score": 2.5, "tags": ["x"], "by": {"name": "n"}}, {"text": "c", "by": {"age": 3}}]
    found, notes = table(tmp_path, early + late)
    assert notes == ()
    assert len(found) == 2502
    assert found[0] == {"text": "a", "score": 1.0, "tags": [], "by": None}
    assert found[-2:] == [
        {"text": "b", "score": 2.5, "tags": ["x"], "by": {"name": "n", "age": None}},
        {"text": "c", "score": None, "tags": None, "by": {"name": None, "age": 3}},
    ]
    assert pq.ParquetFile(tmp_path / "rows.parquet").num_row_groups == 2


def test_every_tool_keeps_its_own_schema(tmp_path: Path) -> None:
    tools = [{"function": {"name": "add", "parameters": {"properties": {"a": {"type": "number"}}}}}]
    others = [{"function": {"name": "find", "parameters": {"properties": {"b": {"type": "string"}}}}}]
    found, notes = table(tmp_path, [{"text": "a", "tools": tools}, {"text": "b", "tools": others}])
    assert [json.loads(row["tools"]) for row in found] == [tools, others]
    assert notes == ()
    assert [row["tools"] for row in read_parquet(tmp_path / "rows.parquet")] == [tools, others]


VALUES = [1, "text", [1], {"a": 1}, True, 2.5, [["a"]], {"a": "b"}, 2**63, -1, {}, [{}], [1, "x"], None]


@pytest.mark.parametrize(("one", "two"), list(itertools.combinations(VALUES, 2)), ids=str)
@pytest.mark.parametrize("apart", [0, 2000], ids=["together", "apart"])
def test_values_of_any_two_kinds_can_be_written(tmp_path: Path, one: object, two: object, apart: int) -> None:
    contents = [{"n": 0, "value": one}] * max(1, apart) + [{"n": 0, "value": two}]
    found, notes = table(tmp_path, contents)
    values = [found[0]["value"], found[-1]["value"]]
    if notes:
        assert notes == ("rows.parquet: `value` holds values of several kinds, written as JSON text",)
        assert [json.loads(value) for value in values] == [one, two]
    else:
        assert [without_none(value) for value in values] == [without_none(one), without_none(two)]


def without_none(value: object) -> object:
    """A mapping without what one schema for all rows adds to it."""
    return {name: item for name, item in value.items() if item is not None} if isinstance(value, dict) else value


def test_a_long_integer_among_fractions_is_kept_exactly(tmp_path: Path) -> None:
    found, notes = table(tmp_path, [{"id": 2**53 + 1}, {"id": 0.5}])
    assert [json.loads(row["id"]) for row in found] == [2**53 + 1, 0.5]
    assert len(notes) == 1


def test_text_that_utf8_cannot_hold_is_mended(tmp_path: Path) -> None:
    write_dataset([Record({"text": "lone \ud83d here"}, "k", "d")], tmp_path, "qa")
    assert rows(tmp_path / "qa.jsonl") == [{"text": "lone ? here"}]


def test_a_row_that_is_not_plain_values_names_itself(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="row k cannot be written as JSON"):
        write_dataset([Record({"text": object()}, "k", "d")], tmp_path, "qa")
