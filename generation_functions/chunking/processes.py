"""Cutting in processes of its own: as many as are wanted, a batch of texts each, results in the documents' order.

Long documents are cut a stretch at a time, neighbouring ones at once. A process that is lost costs nothing but time:
what it had not told yet is cut here.
"""

from __future__ import annotations

import subprocess
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict
from itertools import chain
from typing import TypeAlias

import orjson

from generation_functions.chunking.blocks import Path
from generation_functions.chunking.cuts import Cut, Cutting, Told, heard
from generation_functions.chunking.seams import Seam
from generation_functions.chunking.stretches import LONGEST, Stretch, stretches
from generation_functions.documents import child
from generation_functions.documents.document import Document, Skip
from generation_functions.languages import detect_language

HERE = 1_000_000
"""Characters that are cut in this process before others are started, which takes longer than cutting so much."""

BATCH = 500_000
"""Characters that a batch is filled up to, and `MOST` texts."""

MOST = 500
EACH = 2
"""Batches that a process has: one that it cuts, and one that is ready."""

WORKER = "generation_functions.chunking.worker"

Found: TypeAlias = Document | Skip
Piece: TypeAlias = tuple[Found, Stretch | None]
"""A stretch of a document; a skip has none."""

Done: TypeAlias = tuple[Found, Stretch | None, Iterable[Cut], Path]
"""A piece with its cuts, and what its end stands under once they were drawn."""


def cut_documents(
    found: Iterable[Found], cutting: Cutting, *, workers: int = 2
) -> Generator[tuple[Found, Iterable[Cut]], None, None]:
    """Everything found, in order, with the cuts of what is a document, to be drawn before the next one.

    Small inputs are cut here, and the rest of large ones by up to `workers` processes, a few batches ahead. Close the
    iterator (or draw it to its end) to end the processes.
    """
    done = _cut(_pieces(found, cutting), cutting, workers)
    try:
        for item, stretch, cuts, path in done:
            if stretch is None or stretch.whole:
                yield item, cuts
                continue
            joined = _joined((item, stretch, cuts, path), done, Seam(cutting.rule))
            yield item, joined
            deque(joined, maxlen=0)
    finally:
        done.close()


def _pieces(found: Iterable[Found], cutting: Cutting) -> Iterator[Piece]:
    by_page = cutting.by == "page"
    for item in found:
        if isinstance(item, Skip):
            yield item, None
        elif item.characters <= LONGEST:
            yield item, Stretch(item.text, 0, item.pages)
        else:
            yield from ((item, stretch) for stretch in stretches(item, by_page=by_page))


def _joined(first: Done, others: Iterator[Done], seam: Seam) -> Iterator[Cut]:
    """The cuts of a document of several stretches."""
    for _, stretch, cuts, path in chain([first], others):
        assert stretch is not None
        for cut in cuts:
            chunk = seam.chunk(stretch, cut.chunk)
            same = chunk.text == cut.chunk.text
            yield Cut(chunk, cut.language if same else detect_language(chunk.text))
        seam.end(path)
        if stretch.last:
            return


def _cut(pieces: Iterator[Piece], cutting: Cutting, workers: int) -> Generator[Done, None, None]:
    """All pieces with their cuts, in order: the first ones cut here, the rest elsewhere."""
    done = 0
    for piece in pieces:
        item, stretch = piece
        done += len(stretch.text) if stretch is not None else 0
        if done > HERE and workers > 0:
            yield from _elsewhere(_batches(chain([piece], pieces)), cutting, workers)
            return
        yield _done_here(item, stretch, cutting)


def _done_here(item: Found, stretch: Stretch | None, cutting: Cutting) -> Done:
    cuts, path = ((), []) if stretch is None else cutting.cuts(stretch, item.source)
    return item, stretch, cuts, path


def _batches(pieces: Iterable[Piece]) -> Iterator[list[Piece]]:
    """Neighbours together; a long stretch alone."""
    batch: list[Piece] = []
    size = 0
    for piece in pieces:
        more = len(piece[1].text) if piece[1] is not None else 0
        if batch and (size + more > BATCH or len(batch) == MOST):
            yield batch
            batch, size = [], 0
        batch.append(piece)
        size += more
    if batch:
        yield batch


def _elsewhere(batches: Iterator[list[Piece]], cutting: Cutting, workers: int) -> Generator[Done, None, None]:
    """The batches by turns to each process, and what becomes of them in their order."""
    hands: list[_Hand] = []
    begun: deque[tuple[_Hand, list[Piece]]] = deque()
    try:
        for number, batch in enumerate(batches):
            if len(begun) == workers * EACH:
                yield from _done_there(*begun.popleft(), cutting)
            if len(hands) < workers:
                hands.append(_Hand(cutting))
            begun.append((hands[number % workers].given(batch), batch))
        while begun:
            yield from _done_there(*begun.popleft(), cutting)
    finally:
        for hand in hands:
            hand.close()


def _done_there(hand: _Hand, batch: list[Piece], cutting: Cutting) -> Iterator[Done]:
    """A batch as its process tells of it, and what that did not come to as it is cut here."""
    answers = hand.answers()
    for item, stretch in batch:
        if stretch is None:
            yield item, None, (), []
        elif (told := next(answers, None)) is not None:
            cuts, path = heard(stretch, told, item.source)
            yield item, stretch, cuts, path
        else:
            yield _done_here(item, stretch, cutting)
    deque(answers, maxlen=0)


class _Hand:
    """One process, which cuts a batch at a time."""

    def __init__(self, cutting: Cutting) -> None:
        self._cutting = cutting
        self._process: subprocess.Popen[bytes] = child.start(WORKER)

    def given(self, batch: list[Piece]) -> _Hand:
        """Itself, once it was sent a batch. The answers to one batch are to be drawn to the end before the next."""
        given = [stretch for _, stretch in batch if stretch is not None]
        texts = "".join([stretch.text for stretch in given]).encode()
        special = [
            (number, (stretch.start, stretch.pages, stretch.last, stretch.in_table))
            for number, stretch in enumerate(given)
            if stretch.pages or not stretch.whole
        ]
        sizes = [len(stretch.text) for stretch in given]
        request = {"cutting": asdict(self._cutting), "bytes": len(texts), "sizes": sizes, "special": special}
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):
            self._process.stdin.write(orjson.dumps(request, option=orjson.OPT_APPEND_NEWLINE))
            self._process.stdin.write(texts)
            self._process.stdin.flush()
        return self

    def answers(self) -> Iterator[Told]:
        """What is told of each stretch of a batch; of the last ones nothing where the process is lost."""
        assert self._process.stdout is not None
        while (line := self._process.stdout.readline()).endswith(b"\n") and line != b"\n":
            yield from orjson.loads(line)

    def close(self) -> None:
        """End the process and wait until it is gone."""
        self._process.kill()
        child.close(self._process)
