"""Each export loads with the `datasets` library, and has the columns that TRL's trainers document."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from generation_functions.datasets import FORMATS, Record, write_dataset
from tests.datasets.samples import ROWS, Row

KINDS = {".jsonl": "json", ".parquet": "parquet", ".csv": "csv"}


@pytest.fixture(scope="module", autouse=True)
def library_at_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The library reads its settings once, when it is imported: no network, and no file outside the tests' folders."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HF_HOME", str(tmp_path_factory.mktemp("home")))
        patch.setenv("HF_HUB_OFFLINE", "1")
        yield


def loaded(tmp_path: Path, name: str, kind: str) -> Any:
    import datasets

    rows = [{**ROWS[name], "metadata": {"source": "a.txt"}} for _ in range(3)]
    records = [Record(row, str(number)) for number, row in enumerate(rows)]
    write_dataset(records, tmp_path / "data", "it", formats=(name,), source=FORMATS[name], csv=True, shard_rows=2)
    files = [str(path) for path in sorted((tmp_path / "data").glob(f"*{kind}"))]
    return datasets.load_dataset(KINDS[kind], data_files=files, split="train", cache_dir=str(tmp_path / "cache"))


def is_text(value: Any) -> bool:
    return isinstance(value, str)


def is_chat(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all({"role", "content"} <= set(turn) for turn in value)


def is_verdict(value: Any) -> bool:
    return isinstance(value, bool)


COLUMNS: dict[str, dict[str, Any]] = {
    "text": {"text": is_text},
    "messages": {"messages": is_chat},
    "completion": {"prompt": is_text, "completion": is_text},
    "completion-chat": {"prompt": is_chat, "completion": is_chat},
    "dpo": {"prompt": is_text, "chosen": is_text, "rejected": is_text},
    "dpo-chat": {"prompt": is_chat, "chosen": is_chat, "rejected": is_chat},
    "kto": {"prompt": is_text, "completion": is_text, "label": is_verdict},
    "kto-chat": {"prompt": is_chat, "completion": is_chat, "label": is_verdict},
}
"""TRL's dataset types, by the columns its documentation gives each: language modelling, prompt and completion,
preference, and unpaired preference, as texts and as conversations."""
TYPES_COLUMNS = {"messages", "text", "prompt", "completion", "chosen", "rejected", "label"}


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("kind", KINDS)
def test_each_format_loads_whole_from_its_shards(tmp_path: Path, name: str, kind: str) -> None:
    found = loaded(tmp_path, name, kind)
    assert found.num_rows == 3
    if kind != ".csv":
        assert without_nulls(found[2]) == {**ROWS[name], "metadata": {"source": "a.txt"}}
    else:
        assert set(found.column_names) == {*ROWS[name], "metadata"}


@pytest.mark.parametrize("name", COLUMNS)
@pytest.mark.parametrize("kind", [".jsonl", ".parquet"])
def test_a_trainers_format_has_the_columns_it_asks_for_and_no_others_of_its_kinds(
    tmp_path: Path, name: str, kind: str
) -> None:
    found = loaded(tmp_path, name, kind)
    assert set(found.column_names) & TYPES_COLUMNS == set(COLUMNS[name])
    for row in found:
        assert all(check(row[column]) for column, check in COLUMNS[name].items())


def without_nulls(value: Any) -> Row | Any:
    """A row without what one schema for all rows adds."""
    if isinstance(value, dict):
        return {name: without_nulls(item) for name, item in value.items() if item is not None}
    return [without_nulls(item) for item in value] if isinstance(value, list) else value
