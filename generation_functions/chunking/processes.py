"""Cutting in processes of its own: as many as are wanted, a batch of documents each, results in the documents' order.

A process that is lost costs nothing but time: what it had not told yet is cut here.
"""

from __future__ import annotations

import subprocess
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict
from itertools import chain, islice
from typing import TypeAlias

import orjson

from generation_functions.chunking.cuts import Cut, Cutting, unpacked
from generation_functions.documents import child
from generation_functions.documents.document import Document, Skip

HERE = 1_000_000
"""Characters that are cut in this process before others are started, which takes longer than cutting so much."""

BATCH = 500_000
"""Characters that a batch is filled up to, and `MOST` documents."""

MOST = 500
LARGE = 4_000_000
"""Characters of a batch whose cuts are handed on as they come, not all at once."""

WORKER = "generation_functions.chunking.worker"

Found: TypeAlias = Document | Skip


def cut_documents(
    found: Iterable[Found], cutting: Cutting, *, workers: int = 2
) -> Generator[tuple[Found, Iterable[Cut]], None, None]:
    """Everything found, in order, with the cuts of what is a document, to be drawn before the next one.

    Small inputs are cut here, and the rest of large ones by up to `workers` processes, a few batches ahead. Close the
    iterator (or draw it to its end) to end the processes.
    """
    items = iter(found)
    done = 0
    for item in items:
        done += _size(item)
        if done > HERE and workers > 0:
            yield from _elsewhere(_batches(chain([item], items)), cutting, workers)
            return
        yield item, cutting.cuts(item) if isinstance(item, Document) else ()


def _size(item: Found) -> int:
    return len(item.text) if isinstance(item, Document) else 0


def _batches(items: Iterable[Found]) -> Iterator[list[Found]]:
    """Neighbours together; a large document alone, so that no more is held than it."""
    batch: list[Found] = []
    size = 0
    for item in items:
        more = len(item.text) if isinstance(item, Document) else 0
        if batch and (size + more > BATCH or len(batch) == MOST):
            yield batch
            batch, size = [], 0
        batch.append(item)
        size += more
    if batch:
        yield batch


def _elsewhere(
    batches: Iterator[list[Found]], cutting: Cutting, workers: int
) -> Generator[tuple[Found, Iterable[Cut]], None, None]:
    """One batch in each process, and one more ready for the first that is done."""
    hands: list[_Hand] = []
    try:
        begun: deque[tuple[_Hand, list[Found]]] = deque()
        ahead = next(batches, None)
        while ahead is not None and len(hands) < workers:
            hands.append(_Hand(cutting))
            begun.append((hands[-1].given(ahead), ahead))
            ahead = next(batches, None)
        while begun:
            hand, batch = begun.popleft()
            large = len(batch) == 1 and _size(batch[0]) > LARGE
            lines = hand.lines() if large else iter(list(hand.lines()))
            if ahead is not None and not large:
                begun.append((hand.given(ahead), ahead))
            yield from _with_cuts(batch, cutting, lines, large=large)
            if ahead is not None and large:
                begun.append((hand.given(ahead), ahead))
            ahead = next(batches, None)
    finally:
        for hand in hands:
            hand.close()


def _with_cuts(
    batch: list[Found], cutting: Cutting, lines: Iterator[bytes], *, large: bool
) -> Iterator[tuple[Found, Iterable[Cut]]]:
    """Each of a batch with its cuts; a large document, which is alone, with cuts that come as they are drawn."""
    documents = [item for item in batch if isinstance(item, Document)]
    cuts = _cuts(documents, cutting, lines)
    if large:
        yield batch[0], (cut for _, cut in cuts)
        deque(cuts, maxlen=0)
        return
    of_each: list[list[Cut]] = [[] for _ in documents]
    for number, cut in cuts:
        of_each[number].append(cut)
    left = iter(of_each)
    yield from ((item, next(left) if isinstance(item, Document) else []) for item in batch)


def _cuts(documents: list[Document], cutting: Cutting, lines: Iterator[bytes]) -> Iterator[tuple[int, Cut]]:
    """What a process tells of its batch, and what it did not come to."""
    number = count = 0
    for line in lines:
        if line == b"\n":
            return
        for told in orjson.loads(line):
            at = told[0]
            number, count = at, (count if at == number else 0) + 1
            yield number, unpacked(documents[number], told)
    for at in range(number, len(documents)):
        for cut in islice(cutting.cuts(documents[at]), count if at == number else 0, None):
            yield at, cut


class _Hand:
    """One process, which cuts a batch at a time."""

    def __init__(self, cutting: Cutting) -> None:
        self._cutting = cutting
        self._process: subprocess.Popen[bytes] = child.start(WORKER)

    def given(self, batch: list[Found]) -> _Hand:
        """Itself, once it was sent a batch. The lines of one batch are to be drawn to the end before the next."""
        documents = [item for item in batch if isinstance(item, Document)]
        texts = "".join([item.text for item in documents]).encode()
        sizes = [(len(item.text), item.pages) for item in documents]
        request = {"cutting": asdict(self._cutting), "bytes": len(texts), "texts": sizes}
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):
            self._process.stdin.write(orjson.dumps(request, option=orjson.OPT_APPEND_NEWLINE))
            self._process.stdin.write(texts)
            self._process.stdin.flush()
        return self

    def lines(self) -> Iterator[bytes]:
        """The whole lines of the answer, the empty one at its end too; without that, the process is lost."""
        assert self._process.stdout is not None
        while (line := self._process.stdout.readline()).endswith(b"\n"):
            yield line
            if line == b"\n":
                return

    def close(self) -> None:
        """End the process and wait until it is gone."""
        self._process.kill()
        child.close(self._process)
