"""The scheduler: moves rows through the stages of one stream until none is left.

A row moves on as soon as it is ready. Workers take the deepest ready row first and a new source row only when nothing
deeper waits, so rows in progress stay bounded by the number of workers and what they fan out to, and a paid-for row is
finished before another is begun. Workers are tasks made on demand and end when they find nothing to do.

At the source's end that order would leave the last rows to go through one call after another while fewer and fewer
calls are open. So as many source rows are read ahead as there are workers, and when these are the last, they are all
begun, and rows with the longest way to go come first: what is left at the very end are single calls, side by side.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field
from functools import partial
from itertools import islice

from generation_functions.errors import RunStopped
from generation_functions.rows import Row
from generation_functions.streams.gathering import Gatherings
from generation_functions.streams.stage import GatheringStage, PlainStage, Recorder, Stage, StepStage
from generation_functions.streams.unfinished import Unfinished

SOURCE_BATCH = 64
GRACE_S = 30.0


@dataclass
class StopSignal:
    """Set once, by whoever finds that the run must end: a signal, the budget, a broken endpoint."""

    stopped: RunStopped | None = None
    listeners: list[Callable[[], None]] = field(default_factory=list)

    def request(self, stopped: RunStopped) -> None:
        """Ask every flow to drain. The first reason stays."""
        if self.stopped is None:
            self.stopped = stopped
            self.let_go()

    def let_go(self) -> None:
        """Have calls that wait for their turn dropped: what they would bring is not wanted any more."""
        for listener in self.listeners:
            listener()

    def is_set(self) -> bool:
        """Whether the run is stopping."""
        return self.stopped is not None


class Flow:
    """One run of one stream, from its source to `arrive`.

    source   rows, in source order; read in a thread, ahead of who takes them
    stages   what each row goes through
    arrive   called with every row that comes out at the end, in no particular order
    width    most rows worked on at once
    room     gives what is to be waited for before more of the source is read, or None
    """

    def __init__(
        self,
        source: Iterator[Row],
        stages: list[Stage],
        *,
        recorder: Recorder,
        arrive: Callable[[Row], None],
        width: int,
        stop: StopSignal,
        room: Callable[[], Awaitable[None] | None] = lambda: None,
    ) -> None:
        self._source = source
        self._stages = stages
        self._recorder = recorder
        self._arrive = arrive
        self._width = max(1, width)
        self._stop = stop
        self._room = room
        self._ready: list[deque[Row]] = [deque() for _ in stages]
        self._fresh: deque[Row] = deque()
        self._exhausted = self._ending = False
        self._rank(range(1, len(stages) + 1))
        self._reading: asyncio.Lock = asyncio.Lock()
        # One thread for all reading: each that allocates keeps memory of its own, which long runs would fill.
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="source")
        self._workers: set[asyncio.Task[None]] = set()
        self._error: BaseException | None = None
        self._done = asyncio.Event()
        self.unfinished = Unfinished()
        self._gatherings = Gatherings(stages, recorder, self._advance, self.unfinished)

    async def run(self) -> None:
        """Move every row. Raises the first error that is not one row's own, or `RunStopped` once drained."""
        self._hire()
        try:
            if self._workers:
                await self._done.wait()
        except asyncio.CancelledError:
            await self._dismiss()
            raise
        finally:
            self._reader.shutdown(wait=False)
        if self._error is not None:
            await self._dismiss(grace=GRACE_S)
            raise self._error
        if self._stop.stopped is not None:
            raise self._stop.stopped

    # Workers

    def _hire(self) -> None:
        if len(self._workers) < self._width and self._error is None and self._stop.stopped is None:
            worker = asyncio.get_running_loop().create_task(self._work())
            self._workers.add(worker)
            worker.add_done_callback(self._leave)

    def _leave(self, worker: asyncio.Task[None]) -> None:
        self._workers.discard(worker)
        error = None if worker.cancelled() else worker.exception()
        if isinstance(error, RunStopped):
            self._stop.request(error)
        elif error is not None and self._error is None:
            self._error = error
            self._stop.let_go()
        if self._error is not None or not self._workers:
            self._done.set()

    async def _work(self) -> None:
        while self._error is None and self._stop.stopped is None:
            job = self._next_ready() if not self._fresh or not self._ending else None
            if job is None:
                row = await self._next_source()
                if row is None:
                    if not self._has_ready():
                        return
                    continue
                self._hire()
                self._advance(row, 0)
                continue
            row, index = job
            stage = self._stages[index]
            assert isinstance(stage, StepStage)
            made = await stage.process(row, self._recorder)
            self._settle(row, index, made)

    def _has_ready(self) -> bool:
        return any(self._ready)

    def _next_ready(self) -> tuple[Row, int] | None:
        deepest_first = range(len(self._ready) - 1, -1, -1)
        for index in reversed(deepest_first) if self._ending else deepest_first:
            if self._ready[index]:
                return self._ready[index].popleft(), index
        return None

    async def _next_source(self) -> Row | None:
        few = len(self._fresh) <= self._width and not self._reading.locked()
        if not self._exhausted and (few or not self._fresh):
            async with self._reading:
                if not self._exhausted and len(self._fresh) <= self._width:
                    await self._read()
        row = self._fresh.popleft() if self._fresh else None
        if self._exhausted and not self._ending and len(self._fresh) <= self._width:
            self._ending = True
            self._rank(range(len(self._stages), 0, -1))
        return row

    def _rank(self, values: Iterable[int]) -> None:
        """Whose calls go first where they wait for a free place."""
        for stage, value in zip(self._stages, values, strict=True):
            if isinstance(stage, StepStage):
                stage.asking.rank.value = value

    async def _read(self) -> None:
        if (room := self._room()) is not None:
            await room
        read = partial(copy_context().run, lambda: list(islice(self._source, SOURCE_BATCH)))
        rows = await asyncio.get_running_loop().run_in_executor(self._reader, read)
        self._fresh.extend(rows)
        for row in rows:
            self.unfinished.begin(row)
            self._gatherings.expect(row)
        if len(rows) < SOURCE_BATCH:
            self._exhausted = True
            self._gatherings.source_ended()

    async def _dismiss(self, grace: float = 0.0) -> None:
        # After an error, calls in flight get a while to come in: they are paid for, and the store keeps them.
        if self._workers and grace:
            await asyncio.wait(set(self._workers), timeout=grace)
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)

    # Rows

    def _advance(self, row: Row, index: int) -> None:
        """Take a row through plain stages, up to the next stage where it waits."""
        while index < len(self._stages):
            stage = self._stages[index]
            if isinstance(stage, PlainStage):
                made = stage.apply(row, self._recorder)
                if len(made) == 1:
                    row, index = made[0], index + 1
                    continue
                self._settle(row, index, made)
                return
            if isinstance(stage, GatheringStage):
                self._gatherings.hold(row, index)
            else:
                self._ready[index].append(row)
                self._hire()
            return
        self._arrive(row)
        self.unfinished.became(row, 0)

    def _settle(self, row: Row, index: int, made: list[Row]) -> None:
        """A row became others, or none, at a stage."""
        self.unfinished.became(row, len(made))
        self._gatherings.settle(row, index, len(made))
        for child in made:
            self._advance(child, index + 1)
