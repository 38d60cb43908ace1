"""Spreading a run: its documents are cut into shards, and each is asked by a process that an engine runs somewhere.

When the shards are done, the run's own store has their answers. The run then goes through its rows as it always does,
finds nearly all of them answered, asks what is left, and writes the same bytes as if it had been alone.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from generation_functions.engines.engine import Engine, Task, Worker, WorkerLost
from generation_functions.engines.money import Shares
from generation_functions.engines.outcome import Outcome
from generation_functions.engines.progress import calls_and_cost
from generation_functions.engines.shares import most_places
from generation_functions.errors import MillraceError
from generation_functions.models.model import Model
from generation_functions.run.folder import RunFolder
from generation_functions.run.shard import Shard
from generation_functions.run.shard_stores import copy_known

SHARDS_A_PLACE = 2
MOST_TRIES = 3


@dataclass(frozen=True, slots=True)
class Assignment:
    """What one process is to do.

    folder      where the shard writes; `known` is where it finds what is answered already
    place       which of `places` shares of the endpoints' limits it may use
    budget_usd  most that it may spend; None for no limit
    """

    shard: Shard
    folder: Path
    known: Path
    place: int
    places: int
    budget_usd: float | None = None

    @property
    def name(self) -> str:
        """The shard, as people count."""
        return f"shard {self.shard.index + 1} of {self.shard.count}"


@dataclass
class Spreading:
    """A run's shards, from the cut to the last answer taken over. It is done once, before the first row.

    engine  what runs the processes
    task    what an assignment is to a process
    models  the models that the run asks
    shards  how many there are; None for two for each place
    """

    engine: Engine
    task: Callable[[Assignment], Task]
    models: Iterable[Model]
    shards: int | None = None
    cost_usd: float = 0.0
    _begun: asyncio.Lock = field(default_factory=asyncio.Lock)
    _finished: bool = False
    _waiting: deque[int] = field(default_factory=deque)
    _running: dict[int, tuple[Assignment, Worker]] = field(default_factory=dict)
    _count: int = 0
    _done: int = 0
    _calls: int = 0
    _error: MillraceError | None = None
    _draining: set[asyncio.Task[None]] = field(default_factory=set)

    async def before_rows(self, folder: RunFolder) -> None:
        """Have every shard asked, the first time this is called. Raises what made a shard fail."""
        async with self._begun:
            if not self._finished and not folder.stop.is_set():
                self._finished = True
                await self._spread(folder)

    async def _spread(self, folder: RunFolder) -> None:
        await folder.store.flushed()
        known = await asyncio.to_thread(copy_known, folder.path, folder.shards.folder)
        async with self.engine:
            places = min(self.engine.places, most_places(self.models) or self.engine.places)
            self._count = self.shards or places * SHARDS_A_PLACE
            self._waiting.extend(range(self._count))
            folder.log(f"asked in {self._count} shards, {places} at a time ({self.engine.name})")
            folder.shards.under_way = self
            folder.stop.listeners.append(self._drain)
            money = Shares(folder.options.budget_usd, folder.budget.spent_usd, self._count)
            try:
                await asyncio.gather(*(self._work(folder, known, place, places, money) for place in range(places)))
            finally:
                folder.stop.listeners.remove(self._drain)
                folder.shards.under_way = None
        if self._error is not None:
            raise self._error

    async def _work(self, folder: RunFolder, known: Path, place: int, places: int, money: Shares) -> None:
        """One place: a shard after another, until none is left or the run stops."""
        while self._waiting and self._error is None and not folder.stop.is_set():
            index = self._waiting.popleft()
            shard = Shard(index, self._count, replays=folder.exchanges.replay_transient)
            where = folder.shards.folder / f"{folder.run_attempt}-{index:05}"
            share = money.take(index)
            if share is not None and share <= 0:
                return
            assignment = Assignment(shard, where.absolute(), known.absolute(), place, places, share)
            try:
                await self._ask(folder, assignment, money)
            except MillraceError as exc:
                self._error = self._error or exc
                self._drain()

    async def _ask(self, folder: RunFolder, assignment: Assignment, money: Shares) -> None:
        told = {"shard": assignment.shard.index + 1, "of": assignment.shard.count}
        folder.events.emit("shard_started", **told)
        try:
            outcome = await self._answered(folder, assignment)
        finally:
            paid = await _taken(folder, assignment.folder.name)
            money.settle(assignment.shard.index, paid)
        if outcome is None:
            return
        folder.events.emit("shard_ended", **told, status=outcome.status, calls=outcome.calls, host=outcome.host)
        folder.log(f"{assignment.name}: {outcome.told()}")
        self._done += 1
        self._calls += outcome.calls
        outcome.check(assignment.name)
        if not assignment.folder.exists():
            raise MillraceError(
                f"{assignment.name} was answered on {outcome.host}, but {assignment.folder} is not seen here",
                hint="Choose an output_dir on a disk that all machines of the cluster share.",
            )

    async def _answered(self, folder: RunFolder, assignment: Assignment) -> Outcome | None:
        """What became of a shard; None where the run stopped and its process was lost."""
        lost = ""
        for _ in range(MOST_TRIES):
            worker = await self.engine.worker()
            self._running[assignment.place] = assignment, worker
            try:
                return Outcome.of(await worker.run(self.task(assignment)))
            except WorkerLost as exc:
                lost = folder.options.redact(f"{exc.message}\n{exc.hint or ''}".strip())
                folder.events.emit("shard_lost", shard=assignment.shard.index + 1, why=lost)
            finally:
                del self._running[assignment.place]
                await worker.close()
            if folder.stop.is_set() or self._error is not None:
                return None
            folder.log(f"{assignment.name} goes on with another process: {lost.partition(chr(10))[0]}")
        raise MillraceError(
            f"{assignment.name} was lost {MOST_TRIES} times: {lost}",
            hint="Everything answered is saved. Mend what ends its processes (memory?), then run the same again.",
        )

    def _drain(self) -> None:
        """Have every process under way come to its end. What they have answered is taken over."""
        for _, worker in self._running.values():
            task = asyncio.ensure_future(worker.drain())
            self._draining.add(task)
            task.add_done_callback(self._draining.discard)

    def as_json(self) -> dict[str, Any]:
        """How many shards there are, are under way and are done, and the calls they have made so far."""
        calls, self.cost_usd = self._calls, 0.0
        for assignment, _ in self._running.values():
            with suppress(OSError, ValueError):
                asked, cost = calls_and_cost(assignment.folder)
                calls, self.cost_usd = calls + asked, self.cost_usd + cost
        return {"count": self._count, "running": len(self._running), "done": self._done, "calls": calls}


async def _taken(folder: RunFolder, shard: str) -> float:
    """Take over what a shard of this attempt has answered, in the run and in those inside it that are open.

    Gives the USD that it has paid.
    """
    paid = folder.shards.cost_of(shard)
    folder.budget.spent_usd += paid
    for run in (folder, *folder.inside):
        await run.shards.take(shard, run.run_attempt)
    return paid
