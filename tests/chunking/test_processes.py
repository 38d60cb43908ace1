"""Large inputs are cut by several processes, into the same chunks, whatever happens to a process."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path
from random import Random

import pytest

from generation_functions import Run
from generation_functions.chunking import Cut, Cutting, cut_documents
from generation_functions.chunking.chunk import ChunkBy
from generation_functions.documents import Document, Skip

WORDS = ("river", "boat", "harbour", "storm", "glass", "tea", "été", "Straße", "水", "the", "of", "in", "and")


def documents(count: int, size: int, seed: int = 1) -> list[Document | Skip]:
    """Documents of about `size` characters, with headings and pages, and a skip now and then."""
    rng = Random(seed)
    made: list[Document | Skip] = []
    for number in range(count):
        sentences = (" ".join(rng.choices(WORDS, k=12)).capitalize() + "." for _ in range(max(1, size // 70)))
        text = "".join(
            ("# Part\n\n" if n % 40 == 0 else "") + s + rng.choice([" ", "\n\n"]) for n, s in enumerate(sentences)
        )
        made.append(Document(f"{number}.txt", text, pages=tuple(range(0, len(text), 3_000)) if number % 3 else ()))
        if number % 4 == 0:
            made.append(Skip(f"{number}.odd", "no reader"))
    return made


def children() -> list[int]:
    """Processes of this one that cut and still run."""
    command = ["ps", "-ww", "-o", "pid=,args=", "--ppid", str(os.getpid())]  # `-ww`: lines of any length, whole
    told = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False).stdout
    return [int(line.split()[0]) for line in told.splitlines() if "chunking.worker" in line]


def cut(found: list[Document | Skip], cutting: Cutting, workers: int) -> list[tuple[str, list[Cut]]]:
    return [(item.source, list(cuts)) for item, cuts in cut_documents(found, cutting, workers=workers)]


@pytest.mark.parametrize("by", ["tokens", "heading", "sentence", "page"])
def test_processes_give_what_one_process_gives_in_the_same_order(by: ChunkBy) -> None:
    found = (
        documents(60, 50_000) + documents(700, 300, seed=2) + documents(1, 4_500_000 if by == "tokens" else 600_000, 3)
    )
    cutting = Cutting(300, by, overlap=20 if by == "sentence" else 0)
    assert cut(found, cutting, workers=2) == cut(found, cutting, workers=0)
    assert not children()


def test_two_processes_cut_a_large_input_and_none_a_small_one() -> None:
    seen: list[list[int]] = []
    for large in (False, True):
        items = cut_documents(documents(60 if large else 4, 50_000), Cutting(300))
        counts = [len(children()) for _ in zip(items, range(40 if large else 4), strict=False)]
        seen.append(sorted(set(counts)))
        items.close()
        assert not children()
    assert seen == [[0], [0, 2]]


@pytest.mark.parametrize("size", [50_000, 5_000_000])
def test_a_process_that_is_killed_changes_nothing(size: int) -> None:
    found = documents(3_500_000 // size + 1 if size < 1_000_000 else 2, size)
    cutting = Cutting(300)
    whole = cut(found, cutting, workers=0)
    told: list[tuple[str, list[Cut]]] = []
    for item, cuts in cut_documents(found, cutting):
        drawn = iter(cuts)
        first = [next(drawn)] if isinstance(item, Document) else []
        for pid in children()[:1]:
            os.kill(pid, signal.SIGKILL)
        told.append((item.source, first + list(drawn)))
    assert told == whole


async def test_a_run_over_a_large_input_has_the_rows_of_one_process(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for item in documents(30, 60_000):
        if isinstance(item, Document):
            (folder / item.source).write_text(item.text)
    rows = []
    for workers in (1, 2):
        async with Run(tmp_path / f"out{workers}") as run:
            stream = run.read(folder, workers=workers).chunk(max_tokens=500)
            rows.append([(row.key, row.place, dict(row)) for row in await stream.collect()])
    assert rows[0] == rows[1]
    assert len(rows[0]) > 500
    assert not children()
