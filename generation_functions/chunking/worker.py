"""The process that cuts: one batch of documents after another, until its input ends.

A batch is a line of JSON (how to cut; the bytes of all texts together; the characters and the pages of each text), then
the texts. The answer is lines of JSON, each a list of cuts with the number of their document in the batch in front, and
at last an empty line.
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
        for answer in _answers(cutting, _documents(sys.stdin.buffer, request)):
            answers.write(answer)
            answers.flush()
    return 0


def _documents(file: BinaryIO, request: dict[str, Any]) -> Iterator[Document]:
    texts, start = file.read(request["bytes"]).decode(), 0
    for size, pages in request["texts"]:
        yield Document("", texts[start : start + size], pages=tuple(pages))
        start += size


def _answers(cutting: Cutting, documents: Iterator[Document]) -> Iterator[bytes]:
    cuts = (cut.packed(number, text) for number, text in enumerate(documents) for cut in cutting.cuts(text))
    while told := list(islice(cuts, AT_ONCE)):
        yield orjson.dumps(told, option=orjson.OPT_APPEND_NEWLINE)
    yield b"\n"


if __name__ == "__main__":
    sys.exit(main())
