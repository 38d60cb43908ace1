"""Megabytes a second of chunking, of what clears chunks up, and the memory of a large text.

    python benchmarks/chunking.py [--megabytes 100] [--sample 4] [--rows 100000] [--rounds 3] [--json FILE]

The yardstick is the text divided at blank lines and packed by length: no sentences, no headings, no tokens. Each figure
is the median of several rounds over a sample, taken in turn, in time of the processor. The large text is chunked once
in a process of its own, and its peak memory is told beside that of the text alone.

Runs read and chunk a hundredth of it, a tenth and all of it, in files of a megabyte, in one file of text, of a table,
and of records, and write the chunks into a dataset. Each time that a hundred more chunks are written, it is seen what
the run's process has, the largest of those it started, and all of them together; `with_dataset_mb` is the run's peak to
its end, when the dataset is written as Parquet too.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from importlib.metadata import version
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.resident import MEGABYTE, Resident, peak
from benchmarks.rounds import arguments, child, in_turn, median, positive, save, table, timed
from benchmarks.sentences import text_of

if TYPE_CHECKING:
    from generation_functions import Run

LOOK_EVERY = 100
"""Chunks."""

YARDSTICK = "paragraphs packed by length"


def paragraphs(text: str, longest: int = 3_200) -> Iterator[str]:
    """The yardstick: as many paragraphs together as fit a length."""
    held: list[str] = []
    size = 0
    for paragraph in text.split("\n\n"):
        if held and size + len(paragraph) > longest:
            yield "\n\n".join(held)
            held, size = [], 0
        held.append(paragraph)
        size += len(paragraph) + 2
    yield "\n\n".join(held)


def tasks(text: str) -> dict[str, Callable[[], object]]:
    """What is measured, each over the whole text."""
    from generation_functions.chunking import chunk_text, filter_boilerplate
    from generation_functions.duplicates import DuplicateIndex
    from generation_functions.languages import detect_language

    pages = range(0, len(text), 2_500)
    chunks = [chunk.text for chunk in chunk_text(text, max_tokens=800)]
    return {
        YARDSTICK: lambda: sum(1 for _ in paragraphs(text)),
        "by tokens": lambda: sum(1 for _ in chunk_text(text, max_tokens=800)),
        "by heading": lambda: sum(1 for _ in chunk_text(text, max_tokens=800, by="heading")),
        "by sentence": lambda: sum(1 for _ in chunk_text(text, max_tokens=800, by="sentence")),
        "by page": lambda: sum(1 for _ in chunk_text(text, max_tokens=800, by="page", pages=pages)),
        "by tokens, overlap of 80": lambda: sum(1 for _ in chunk_text(text, max_tokens=800, overlap=80)),
        "language of each chunk": lambda: [detect_language(chunk) for chunk in chunks],
        "boilerplate filter": lambda: [filter_boilerplate({"text": chunk}) for chunk in chunks],
        "near duplicates": lambda: list(map(DuplicateIndex(0.8).add, chunks)),
    }


def speeds(rounds: int, megabytes: float) -> dict[str, float]:
    """Median MB/s of each task."""
    text = text_of(round(megabytes * MEGABYTE))
    todo = {name: partial(timed, task, time.process_time) for name, task in tasks(text).items()}
    found = in_turn(rounds + 1, **todo)
    counted = {name: turns[1:] for name, turns in found.items()}  # the first loads the libraries
    return {name: len(text) / MEGABYTE / median(turns, "seconds") for name, turns in counted.items()}


def rows_deduplicated(count: int) -> dict[str, float]:
    """Seconds for that many rows of a hundred words, a tenth of them near duplicates, and how many were found."""
    from generation_functions.duplicates import DuplicateIndex

    rng = Random(1)
    vocabulary = [f"w{number}" for number in range(20_000)]
    rows: list[list[str]] = []
    for number in range(count):
        row = list(rng.choice(rows)) if number % 10 == 9 else rng.choices(vocabulary, k=100)
        row[rng.randrange(100)] = "changed"
        rows.append(row)
    texts = [" ".join(row) for row in rows]
    before = peak()
    index = DuplicateIndex(0.8)
    began = time.perf_counter()
    found = sum(index.add(text) is not None for text in texts)
    took = time.perf_counter() - began
    return {"rows": count, "found": found, "seconds": round(took, 1), "added_mb": round(peak() - before)}


def large(megabytes: int, by: str) -> dict[str, float]:
    """Peak memory of a text of that size before and after it was chunked."""
    from generation_functions.chunking import chunk_text

    list(chunk_text(text_of(100_000), max_tokens=800, by=by))  # type: ignore[arg-type]
    block = text_of(MEGABYTE)
    text = "\n\n".join([block] * megabytes)
    before = peak()
    began = time.process_time()
    count = sum(1 for _ in chunk_text(text, max_tokens=800, by=by))  # type: ignore[arg-type]
    took = time.process_time() - began
    return {
        "megabytes": megabytes, "chunks": count, "mb_per_s": round(len(text) / MEGABYTE / took, 1),
        "text_alone_mb": round(before, 1), "added_by_chunking_mb": round(peak() - before, 1),
    }  # fmt: skip


def read_by_a_run(megabytes: int, kind: str) -> dict[str, float]:
    """Peak memory of a run that reads and chunks so much and writes the chunks, and of the processes it started."""
    from generation_functions import Run

    memory = Resident()
    with tempfile.TemporaryDirectory() as place:
        write_inputs(Path(place) / "in", megabytes, kind)
        began = time.perf_counter()
        rows = asyncio.run(_chunked(Run(Path(place) / "out"), Path(place) / "in", memory))
        took = time.perf_counter() - began
    return {
        "megabytes": megabytes, "chunks": rows, "run_mb": round(memory.own),
        "largest_child_mb": round(memory.largest_child), "together_mb": round(memory.together),
        "with_dataset_mb": round(peak()), "seconds": round(took, 1),
    }  # fmt: skip


async def _chunked(run: Run, folder: Path, memory: Resident) -> int:
    """The number of chunks."""
    count = 0

    def shape(row: Mapping[str, Any]) -> dict[str, Any]:
        nonlocal count
        count += 1
        if count % LOOK_EVERY == 0:
            memory.look()
        return {"text": row["text"]}

    async with run:
        await run.write(run.read(folder).chunk(max_tokens=800), "chunks", shape)
    return count


def write_inputs(folder: Path, megabytes: int, kind: str) -> None:
    """Files of a megabyte each, or one file of so many: text, a table, or records of 2,000 characters."""
    folder.mkdir()
    block = text_of(MEGABYTE)
    for number in range(megabytes):
        text = f"Part {number}\n\n{block}\n\n"
        name = f"{number}.txt" if kind == "files" else f"all.{kind}"
        with (folder / name).open("a") as file:
            file.write(_LINES[kind](number, text) if kind in _LINES else text)


def _records(number: int, text: str) -> str:
    told = (json.dumps({"text": f"{number} {text[at : at + 2_000]}"}) for at in range(0, len(text), 2_000))
    return "\n".join(told) + "\n"


def _table(number: int, text: str) -> str:
    rows = (line for line in text.split("\n") if line and not line.startswith("#"))
    return "".join(f'{number},{count},"{row[:200]}","{row[200:400]}"\n' for count, row in enumerate(rows))


_LINES: Mapping[str, Callable[[int, str], str]] = {"jsonl": _records, "csv": _table}


def apart(*words: object) -> dict[str, float]:
    """A measurement in a process of its own, whose peak memory is only its own."""
    return child("chunking.py", *words)


def measured(rounds: int, megabytes: int, sample: float, rows: int) -> dict[str, Any]:
    """Everything."""
    sizes = sorted({max(1, megabytes // share) for share in (100, 10, 1)})
    return {
        "versions": {name: version(name) for name in ("nltk", "pycld2", "orjson", "rensa", "pyarrow")},
        "rounds": rounds,
        "mb_per_s": speeds(rounds, sample),
        "large_text": {by: apart("--only-large", by, "--megabytes", megabytes) for by in ("tokens", "heading")},
        "runs": {
            kind: [apart("--only-run", kind, "--megabytes", size) for size in sizes]
            for kind in ("files", "txt", "csv", "jsonl")
        },
        "deduplicated": apart("--only-rows", "--rows", rows),
    }


def shown(told: Mapping[str, Any]) -> str:
    """The tables of it."""
    speed, found = told["mb_per_s"], told["deduplicated"]
    ways = [[name, f"{value:.1f}", f"{value / speed[YARDSTICK]:.3f}"] for name, value in speed.items()]
    texts = [[f"by {by}", *of.values()] for by, of in told["large_text"].items()]
    runs = [[kind, *of.values()] for kind, sizes in told["runs"].items() for of in sizes]
    return "\n\n".join((
        table(["", "MB/s", "of the yardstick"], ways),
        table(["one large text", "MB", "chunks", "MB/s", "the text, MB", "added, MB"], texts),
        table(["a run reads", "MB", "chunks", "run MB", "child MB", "together MB", "to its end MB", "seconds"], runs),
        f"{found['found']} of {found['rows']} rows are near duplicates: {found['seconds']} s, {found['added_mb']} MB",
    ))  # fmt: skip


def main() -> None:
    parser = arguments(__doc__, rounds=3)
    parser.add_argument("--megabytes", type=positive, default=100, help="size of the large text (%(default)s)")
    parser.add_argument("--sample", type=float, default=4, help="megabytes whose chunking is timed (%(default)s)")
    parser.add_argument("--rows", type=positive, default=100_000, help="rows that are deduplicated (%(default)s)")
    parser.add_argument("--only-large", metavar="MODE", help=argparse.SUPPRESS)
    parser.add_argument("--only-run", metavar="KIND", help=argparse.SUPPRESS)
    parser.add_argument("--only-rows", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.only_large:
        print(json.dumps(large(given.megabytes, given.only_large)))
    elif given.only_run:
        print(json.dumps(read_by_a_run(given.megabytes, given.only_run)))
    elif given.only_rows:
        print(json.dumps(rows_deduplicated(given.rows)))
    else:
        figures = measured(given.rounds, given.megabytes, given.sample, given.rows)
        print(shown(figures))
        save(given.json, figures)


if __name__ == "__main__":
    main()
