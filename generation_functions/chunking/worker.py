"""The process that cuts: one batch of stretches after another, until its input ends.

A batch is a line of JSON (how to cut; the bytes of all texts together, the characters of each; what is told of those
that are not whole documents without pages), then the texts. The answer is lines of JSON, each a list of what
`Cutting.told` tells of the next stretches, and at last an empty line. A thread reads ahead, so that whoever sends never
waits for the cuts.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import islice
from queue import SimpleQueue
from threading import Thread
from typing import Any, BinaryIO, TypeAlias

import orjson

from generation_functions.chunking.cuts import Cutting
from generation_functions.chunking.stretches import Stretch
from generation_functions.documents import child

Batch: TypeAlias = tuple[dict[str, Any], bytes]

UNUSED = ("numpy", "scipy", "sklearn", "pandas", "matplotlib")
"""What nltk imports where it is installed, and dividing into sentences does without: up to a second and 160 MB."""

AT_ONCE = 128
"""Stretches that are told of in one line."""


def main() -> int:
    """Serve batches."""
    answers = child.begin()
    sys.modules.update(dict.fromkeys(UNUSED))  # type: ignore[arg-type]  # None: as if it were not installed
    batches: SimpleQueue[Batch | None] = SimpleQueue()
    Thread(target=_read, args=(sys.stdin.buffer, batches), name="batches", daemon=True).start()
    cutting: Cutting | None = None
    while (batch := batches.get()) is not None:
        cutting = cutting or Cutting(**batch[0]["cutting"])
        told = map(cutting.told, _stretches(*batch))
        while some := list(islice(told, AT_ONCE)):
            answers.write(orjson.dumps(some, option=orjson.OPT_APPEND_NEWLINE))
            answers.flush()
        answers.write(b"\n")
        answers.flush()
    return 0


def _read(file: BinaryIO, batches: SimpleQueue[Batch | None]) -> None:
    """Every batch of a file, and None at its end."""
    while line := file.readline():
        request: dict[str, Any] = orjson.loads(line)
        batches.put((request, file.read(request["bytes"])))
    batches.put(None)


def _stretches(request: dict[str, Any], data: bytes) -> Iterator[Stretch]:
    texts, start = data.decode(), 0
    special: dict[int, list[Any]] = dict(request["special"])
    for number, size in enumerate(request["sizes"]):
        place, pages, last, in_table = special.get(number, (0, (), True, False))
        yield Stretch(texts[start : start + size], place, pages, 0, last, in_table)
        start += size


if __name__ == "__main__":
    sys.exit(main())
