"""Rows that Arrow's own reader takes become the very bytes that Python's values would; all others are left to those."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from generation_functions.datasets import parquet, plain_rows

Rows = list[dict[str, Any]]
DEEP: Any = "the end"
for _ in range(16):
    DEEP = {"in": [DEEP]}

PLAIN: dict[str, list[Rows]] = {
    "texts that look like dates": [[{"at": "2020-01-01"}, {"at": "2020-01-01T10:00:00Z"}, {"at": "soon"}]],
    "a field that comes late": [[{"text": "a"}, {"text": "b"}, {"text": "c", "page": 3}]],
    "a field that is null at first": [[{"page": None}, {"page": None}, {"page": 1}]],
    "fields in another order": [[{"m": {"b": "x"}}, {"m": {"a": True, "b": "y"}}, {"m": {"c": [1], "a": False}}]],
    "lists, empty at first": [[{"of": []}, {"of": [[]]}, {"of": [["x"]]}]],
    "odd characters": [[{"text": "nul \0, \u202e, \U0001f600, \ufffd, \\ and \""}]],
    "the longest whole numbers": [[{"n": 2**63 - 1}, {"n": -(2**63)}]],
    "several files": [[{"text": "a"}], [{"text": "b", "held": True}]],
    "deep": [[{"tree": DEEP}]],
}  # fmt: skip
OTHERS: dict[str, list[Rows]] = {
    "fractions": [[{"score": 1}, {"score": 0.5}]],
    "a whole number that no fraction is": [[{"n": 2**53 + 1}, {"n": 0.5}]],
    "a number of 64 bits": [[{"n": 2**63}]],
    "several kinds": [[{"it": "x"}, {"it": 1}, {"it": [1]}]],
    "kinds that change late": [[{"it": 1}, {"it": 2}, {"it": "x"}]],
    "a mapping without fields": [[{"it": {}}]],
    "tools": [[{"tools": [{"type": "function"}]}]],
}  # fmt: skip


def written(folder: Path, name: str, files: list[Rows]) -> tuple[list[Path], list[Path]]:
    """The rows as JSON lines, and where their Parquet form is to go."""
    sources = [folder / f"{number}.jsonl" for number in range(len(files))]
    for path, rows in zip(sources, files, strict=True):
        path.write_bytes(b"".join(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in rows))
    return sources, [folder / f"{name}-{number}.parquet" for number in range(len(files))]


@pytest.mark.parametrize("files", [pytest.param(f, id=n) for n, f in {**PLAIN, **OTHERS}.items()])
def test_both_ways_give_the_same_bytes(files: list[Rows], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "GROUP_ROWS", 2)
    monkeypatch.setattr(plain_rows, "GROUP_ROWS", 2)
    sources, one = written(tmp_path, "one", files)
    mixed = parquet.write_parquet(sources, one)
    monkeypatch.setattr(parquet, "write_plain", lambda *_: False)
    _, other = written(tmp_path, "other", files)
    assert parquet.write_parquet(sources, other) == mixed
    assert [path.read_bytes() for path in one] == [path.read_bytes() for path in other]


@pytest.mark.parametrize("files", [pytest.param(f, id=n) for n, f in PLAIN.items()])
def test_plain_rows_come_back_as_they_were(files: list[Rows], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain_rows, "GROUP_ROWS", 2)
    sources, targets = written(tmp_path, "plain", files)
    assert plain_rows.write_plain(sources, targets)
    back = [list(parquet.read_parquet(path)) for path in targets]
    given = [[{name: value for name, value in row.items() if value is not None} for row in rows] for rows in files]
    assert back == given


@pytest.mark.parametrize("files", [pytest.param(f, id=n) for n, f in OTHERS.items()])
def test_other_rows_are_refused(files: list[Rows], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain_rows, "GROUP_ROWS", 2)
    assert not plain_rows.write_plain(*written(tmp_path, "other", files))
