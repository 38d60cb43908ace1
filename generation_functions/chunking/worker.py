"""The process that cuts: one batch of documents after another, until its input ends.

A batch is a line of JSON (how to cut, and the size in bytes and the pages of each text), then the texts. The answer is
lines of JSON, each the number of a document in the batch and some of its cuts, and at last an empty line.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import islice
from typing import Any, BinaryIO

import orjson

from generation_functions.chunking.cuts import Cutting
from generation_functions.documents import child
from generation_functions.documents.document import Document

AT_ONCE = 128
"""Cuts that are told in one line."""


def main() -> int:
    """Serve batches."""
    answers = child.begin()
    cutting: Cutting | None = None
    while line := sys.stdin.buffer.readline():
        request: dict[str, Any] = orjson.loads(line)
        cutting = cutting or Cutting(**request["cutting"])
        for answer in _answers(cutting, sys.stdin.buffer, request["texts"]):
            answers.write(answer)
            answers.flush()
    return 0


def _answers(cutting: Cutting, file: BinaryIO, texts: list[tuple[int, list[int]]]) -> Iterator[bytes]:
    documents = [Document("", file.read(size).decode(), pages=tuple(pages)) for size, pages in texts]
    for number, document in enumerate(documents):
        cuts = cutting.cuts(document)
        while told := [cut.packed(document) for cut in islice(cuts, AT_ONCE)]:
            yield orjson.dumps([number, told], option=orjson.OPT_APPEND_NEWLINE)
    yield b"\n"


if __name__ == "__main__":
    sys.exit(main())
