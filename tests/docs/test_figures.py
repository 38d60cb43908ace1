"""The tables of figures in the docs are those of the results."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import tables


def test_no_page_is_behind_its_results() -> None:
    behind = [
        path.name for path in (tables.ROOT / "docs").glob("*.md") if tables.filled(path.read_text()) != path.read_text()
    ]
    assert not behind, "python benchmarks/tables.py writes them"


def test_a_page_gets_the_figures_of_its_results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "chunking.json").write_text(json.dumps({"mb_per_s": {"by tokens": 41.26, "by sentence": 2.345}}))
    monkeypatch.setattr(tables, "RESULTS", tmp_path)
    page = "Before.\n\n<!-- figures: chunking speed -->\nold\n<!-- end of figures -->\n\nAfter.\n"
    table = "| what | MB/s |\n| --- | --- |\n| by tokens | 41 |\n| by sentence | 2.3 |"
    assert tables.filled(page) == page.replace("old\n", f"\n{table}\n\n")
    assert tables.filled(tables.filled(page)) == tables.filled(page)
