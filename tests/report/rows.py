"""Datasets made for the tests of the report."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import orjson

from generation_functions.report import Figures, FileRows, Question, survey

SUBJECTS = {
    "bees": ["hive", "queen", "worker", "nectar", "honey", "larva", "swarm", "comb", "pollen", "drone"],
    "tides": ["moon", "ebb", "flood", "harbour", "gauge", "current", "spring", "neap", "basin", "shore"],
    "glass": ["furnace", "silica", "window", "blown", "lens", "cullet", "bottle", "kiln", "pane", "mould"],
}
HOSTILE = '</text></svg><script>alert("x")</script><img src=http://evil.example/x onerror=alert(1)>\x1b[2J\u202e&amp;'


def conversation(question: str, answer: str, **metadata: Any) -> dict[str, Any]:
    """A row of one question and its answer."""
    said = [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]
    return {"messages": said, "metadata": {"source": "book.txt", **metadata}}


def good_rows(count: int) -> list[dict[str, Any]]:
    """Rows about three subjects, each from its own document, in which nothing is wrong."""
    draw = Random(1)
    rows = []
    for number in range(count):
        subject = list(SUBJECTS)[number % 3]

        def some(length: int, words: list[str] = SUBJECTS[subject]) -> str:
            return " ".join(draw.choice((draw.choice(words), f"{draw.randrange(16**6):06x}x")) for _ in range(length))

        rows.append(conversation(f"{some(8)}?", f"{some(30)}.", source=f"{subject}-{number % 7}.txt"))
    return rows


def write_rows(path: Path, rows: list[dict[str, Any]]) -> Path:
    """A file of JSON lines."""
    path.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    return path


def figures_of(folder: Path, rows: list[dict[str, Any]], question: Question | None = None) -> Figures:
    """The figures of a file of these rows."""
    return survey(FileRows(write_rows(folder / "data.jsonl", rows)), question or Question())
