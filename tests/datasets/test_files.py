"""Files of every kind: what is written is read back, shards stand for their set, and foreign files are told apart."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation_functions.datasets import FORMATS, Record, detect_format, is_dataset_file, read_rows, write_dataset
from generation_functions.datasets.csv_table import MISSING, cell_of, value_of
from generation_functions.errors import ConfigError, DocumentError
from tests.datasets.samples import ROWS, Row, talk

KINDS = (".jsonl", ".parquet", ".csv")


def written(folder: Path, rows: list[Row], **options: Any) -> Path:
    records = [Record(row, str(number), f"d{number}") for number, row in enumerate(rows)]
    write_dataset(records, folder, "data", **{"csv": True, **options})
    return folder


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_written_of_each_format_is_read_back(tmp_path: Path, name: str, kind: str) -> None:
    rows = [{**ROWS[name], "metadata": {"n": number, "tags": ["a", "b"]}} for number in range(3)]
    path = written(tmp_path, rows, formats=(name,), source=FORMATS[name]) / f"data{kind}"
    assert list(read_rows(path)) == rows
    assert detect_format(path) is FORMATS[name]


@pytest.mark.parametrize("kind", KINDS)
def test_any_shard_stands_for_all_of_its_set(tmp_path: Path, kind: str) -> None:
    rows = [
        {**talk(("user", f"Q{number}")), "late": [number]} if number > 7 else talk(("user", "Q"))
        for number in range(10)
    ]
    written(tmp_path, rows, shard_rows=4)
    names = sorted(path.name for path in tmp_path.glob(f"*{kind}"))
    assert names == [f"data-{number:05}-of-00003{kind}" for number in (1, 2, 3)]
    for name in names:
        assert list(read_rows(tmp_path / name)) == rows
    (tmp_path / names[1]).unlink()
    with pytest.raises(ConfigError, match=f"not all are there: data-00002-of-00003{kind}"):
        list(read_rows(tmp_path / names[0]))


def test_shards_of_a_hub_are_numbered_from_zero_and_one_can_be_read_alone(tmp_path: Path) -> None:
    names = [f"train-{number:05}-of-00002.jsonl" for number in (0, 1)]
    for name in names:
        (tmp_path / name).write_text(json.dumps({"text": name}) + "\n")
    for name in names:
        assert [row["text"] for row in read_rows(tmp_path / name)] == names
        assert [row["text"] for row in read_rows(tmp_path / name, alone=True)] == [name]
    (tmp_path / names[1]).unlink()
    with pytest.raises(ConfigError, match="not all are there: train-00001-of-00002"):
        list(read_rows(tmp_path / names[0]))


def test_shards_have_one_schema(tmp_path: Path) -> None:
    written(tmp_path, [{"text": "a"}, {"text": "b", "score": 1}], shard_rows=1)
    schemas = [pq.read_schema(path) for path in sorted(tmp_path.glob("*.parquet"))]
    assert schemas[0].equals(schemas[1])


def test_fewer_shards_replace_more(tmp_path: Path) -> None:
    rows = [{"text": str(number)} for number in range(6)]
    written(tmp_path, rows, shard_rows=1)
    written(tmp_path, rows, shard_rows=3, csv=False, parquet=False)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "data-00001-of-00002.jsonl",
        "data-00002-of-00002.jsonl",
    ]
    written(tmp_path, rows, csv=False, parquet=False)
    assert [path.name for path in tmp_path.iterdir()] == ["data.jsonl"]


def test_values_of_several_kinds_come_back_from_parquet(tmp_path: Path) -> None:
    rows = [{"text": "a", "it": 1}, {"text": "b", "it": ["x"]}, {"text": "c", "it": "[1]"}]
    assert list(read_rows(written(tmp_path, rows) / "data.parquet")) == rows


def test_three_splits_and_no_document_in_two(tmp_path: Path) -> None:
    records = [Record({"text": f"{number}"}, str(number), f"d{number % 50}") for number in range(500)]
    found = write_dataset(records, tmp_path, "data", validation_share=0.2, test_share=0.2, seed=5, parquet=False)
    sides = [
        {int(row["text"]) % 50 for row in read_rows(tmp_path / f"data{split}.jsonl")}
        for split in ("", ".validation", ".test")
    ]
    assert set.union(*sides) == set(range(50))
    assert sum(map(len, sides)) == 50
    assert found.rows + found.validation_rows + found.test_rows == 500
    assert min(found.rows, found.validation_rows, found.test_rows) > 0
    assert found.notes == ()


def test_too_few_documents_for_a_test_split_are_told(tmp_path: Path) -> None:
    found = write_dataset([Record({"text": "a"}, "a", "a")], tmp_path, "data", validation_share=0.1, test_share=0.1)
    assert len(found.notes) == 2
    assert (found.rows, found.validation_rows, found.test_rows) == (1, 0, 0)


text = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    ["", "1", "007", "true", "null", '"', '"a"', "[1]", '{"a": 1}', "a,b", "a\nb", "a\rb", "a\r\nb", "=1+1", "\x00"]
)
value = text | st.integers(-9, 9) | st.booleans() | st.none() | st.lists(text, max_size=2)
column = st.sampled_from(["text", "prompt", "label", "metadata", "odd, name"])


@given(column, value)
def test_a_cell_is_read_back_as_what_it_was(name: str, it: Any) -> None:
    if name != "text" or isinstance(it, str):
        found = value_of(name, cell_of(name, it))
        if name == "prompt" and (it is None or isinstance(it, int)):
            it = json.dumps(it)  # a prompt is a text, or a list of messages
        assert found == it
        assert type(found) is type(it)


@given(column)
def test_an_empty_cell_is_missing_unless_it_is_a_text(name: str) -> None:
    assert value_of(name, cell_of(name, MISSING)) == ("" if name in ("text", "prompt") else MISSING)


@given(
    st.lists(
        st.fixed_dictionaries({"text": text}, optional={"label": value, "odd, name": value}), min_size=1, max_size=4
    )
)
def test_tables_hold_whatever_rows_hold(tmp_path_factory: pytest.TempPathFactory, rows: list[Row]) -> None:
    folder = tmp_path_factory.mktemp("table")
    assert list(read_rows(written(folder, rows, parquet=False) / "data.csv")) == rows


def test_what_a_table_cannot_say_is_told(tmp_path: Path) -> None:
    rows = [{"prompt": "Q", "completion": "A"}, {"text": "words", "input": 3}]
    records = [Record(row, str(number)) for number, row in enumerate(rows)]
    notes = write_dataset(records, tmp_path, "data", csv=True, parquet=False).notes
    assert "data.csv: it does not say whether `text` is missing or empty" in notes
    assert "data.csv: it does not say what kind of value `input` is, where it is no text" in notes


@pytest.mark.parametrize(
    ("name", "content", "form"),
    [
        ("a.csv", "prompt,completion\r\nHow?,So.\r\n", "completion"),
        ("a.csv", "\ufefftext,label\nfine,1\n007,2\n", "classification"),
        ("a.json", json.dumps([ROWS["alpaca"]]), "alpaca"),
        ("a.json", json.dumps(ROWS["oasst"]), "oasst"),
        ("a.ndjson", f"\n{json.dumps(ROWS['dpo'])}\n\n", "dpo"),
        ("a.JSONL", json.dumps({"conversations": [{"from": "user", "value": "Q"}]}), "sharegpt"),
    ],
)  # fmt: skip
def test_files_of_others_are_recognised(tmp_path: Path, name: str, content: str, form: str) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    assert is_dataset_file(path)
    assert detect_format(path).name == form
    for row in read_rows(path):
        FORMATS[form].read(row)


def test_parquet_of_others_has_no_nulls_where_nothing_was(tmp_path: Path) -> None:
    turns = [{"role": "user", "content": "Q", "name": None}, {"role": "assistant", "content": "A", "name": "x"}]
    pq.write_table(pa.Table.from_pylist([{"messages": turns, "id": None}]), tmp_path / "a.parquet")
    assert list(read_rows(tmp_path / "a.parquet")) == [{"messages": [{"role": "user", "content": "Q"}, turns[1]]}]


@pytest.mark.parametrize(
    ("name", "content", "error", "message"),
    [
        ("a.jsonl", b'{"text": "a"}\n{"text": \n', ConfigError, "a.jsonl:2: no JSON"),
        ("a.jsonl", b"[1]\n", ConfigError, "a.jsonl:1: a row is a mapping of fields, not list"),
        ("a.json", b"[3]", ConfigError, "not int"),
        ("a.csv", b"text\na,b\n", ConfigError, "a.csv:2: 2 cells under 1 columns"),
        ("a.csv", b"text\n\xff\xfe\n", ConfigError, "no table in UTF-8"),
        ("a.parquet", b"PAR1 but not really", DocumentError, "a.parquet cannot be read"),
        ("a.xml", b"<a/>", ConfigError, "ends with none of"),
    ],
)
def test_a_file_that_is_not_what_it_seems_is_told(
    tmp_path: Path, name: str, content: bytes, error: type[Exception], message: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(error, match=message):
        list(read_rows(path))


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="cannot be read"):
        list(read_rows(tmp_path / "none.jsonl"))
    assert not is_dataset_file(tmp_path / "none.jsonl")
