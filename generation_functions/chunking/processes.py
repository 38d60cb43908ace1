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
        if batch and (size + _size(item) > BATCH or len(batch) == MOST):
            yield batch
            batch, size = [], 0
        batch.append(item)
        size += _size(item)
    if batch:
        yield batch


def _elsewhere(
    batches: Iterator[list[Found]], cutting: Cutting, workers: int
) -> Generator[tuple[Found, Iterable[Cut]], None, None]:
    hands: list[_Hand] = []
    try:
        begun: deque[_Hand] = deque()
        for batch in islice(batches, workers):
            hands.append(_Hand(cutting))
            hands[-1].begin(batch)
            begun.append(hands[-1])
        while begun:
            hand = begun.popleft()
            batch, large = hand.batch, sum(map(_size, hand.batch)) > LARGE
            told = None if large else hand.all_cuts()
            if told is not None and _go_on(hand, batches):
                begun.append(hand)
            if told is not None:
                yield from zip(batch, told, strict=True)
                continue
            cuts = hand.cuts()
            yield batch[0], cuts
            deque(cuts, maxlen=0)
            if _go_on(hand, batches):
                begun.append(hand)
    finally:
        for hand in hands:
            hand.close()


def _go_on(hand: _Hand, batches: Iterator[list[Found]]) -> bool:
    """Give a process its next batch, if there is one."""
    batch = next(batches, None)
    if batch is not None:
        hand.begin(batch)
    return batch is not None


class _Hand:
    """One process, and the batch it has in hand."""

    def __init__(self, cutting: Cutting) -> None:
        self.batch: list[Found] = []
        self._cutting = cutting
        self._process: subprocess.Popen[bytes] = child.start(WORKER)

    def begin(self, batch: list[Found]) -> None:
        """Send a batch; its cuts are to be drawn to the end before the next is begun."""
        self.batch = batch
        texts = [item.text.encode() for item in batch if isinstance(item, Document)]
        pages = [item.pages for item in batch if isinstance(item, Document)]
        sizes = [(len(text), places) for text, places in zip(texts, pages, strict=True)]
        request = {"cutting": asdict(self._cutting), "texts": sizes}
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):
            self._process.stdin.write(orjson.dumps(request, option=orjson.OPT_APPEND_NEWLINE))
            self._process.stdin.writelines(texts)
            self._process.stdin.flush()

    def all_cuts(self) -> list[list[Cut]]:
        """The cuts of every item of the batch."""
        documents = [item for item in self.batch if isinstance(item, Document)]
        cuts: dict[int, list[Cut]] = {}
        for number, cut in self._told(documents):
            cuts.setdefault(number, []).append(cut)
        left = iter(range(len(documents)))
        return [cuts.get(next(left), []) if isinstance(item, Document) else [] for item in self.batch]

    def cuts(self) -> Iterator[Cut]:
        """The cuts of a batch of one document, as they come."""
        return (cut for _, cut in self._told([item for item in self.batch if isinstance(item, Document)]))

    def _told(self, documents: list[Document]) -> Iterator[tuple[int, Cut]]:
        """What the process tells, and what it did not come to."""
        number = count = 0
        assert self._process.stdout is not None
        while (line := self._process.stdout.readline()).endswith(b"\n"):
            if line == b"\n":
                return
            at, told = orjson.loads(line)
            number, count = at, (count if at == number else 0) + len(told)
            for one in told:
                yield number, unpacked(documents[number], one)
        for at in range(number, len(documents)):
            for cut in islice(self._cutting.cuts(documents[at]), count if at == number else 0, None):
                yield at, cut

    def close(self) -> None:
        """End the process and wait until it is gone."""
        self._process.kill()
        child.close(self._process)
