"""Ask a model through the Batch API: requests wait for each other, go off together, and are collected when done.

    complete ─▶ gathering ─▶ journal ─▶ upload ─▶ submit ─▶ look again and again ─▶ download ─▶ keep ─▶ answer
                    ▲            ▲                                                                │
                    │            └─ the next process                                              │
                    └──────────────────────── a passing fault ◀───────────────────────────────────┘

A batch goes on at the endpoint when this process ends, and whoever opens the run folder next collects it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from random import Random
from typing import Final

import aiohttp

from generation_functions.errors import EndpointUnusable, RequestRefused, TransientError
from generation_functions.models.address import Address
from generation_functions.models.batch.api import BatchApi, Job
from generation_functions.models.batch.collecting import Collecting
from generation_functions.models.batch.desk import BatchDesk
from generation_functions.models.batch.gathering import Gathering, Waiting
from generation_functions.models.batch.journal import Batch
from generation_functions.models.batch.sending import Sending, counted, no_batches
from generation_functions.models.batch.tasks import BatchTasks
from generation_functions.models.endpoint import EndpointClient, body_of
from generation_functions.models.exchange import Completion, Request
from generation_functions.models.model import Model
from generation_functions.models.retry import RetryPolicy
from generation_functions.models.timing import LoopTiming, Timing

_FRAME_BYTES: Final = 140
_PATIENCE_S: Final = 3_600.0
_DOWNLOADS: Final = 3
_GRACE_S: Final = 30.0


class BatchClient:
    """A `ModelClient` for the Batch API of one endpoint, for one run folder. Needs a running loop.

    session    shared; whoever made it closes it.
    patience   seconds that an endpoint may be out of reach before the run stops.

    Raises `EndpointUnusable` at once where the config cannot lead to a call.
    """

    def __init__(
        self,
        model: Model,
        *,
        session: aiohttp.ClientSession,
        desk: BatchDesk,
        timing: Timing | None = None,
        rng: Random | None = None,
        retries: RetryPolicy | None = None,
        patience: float = _PATIENCE_S,
    ) -> None:
        spec = model.spec
        self._model = model
        self._desk = desk
        self._timing = timing or LoopTiming()
        self._retries = retries or RetryPolicy(spec.max_retries)
        self._direct = EndpointClient(model, session=session, timing=timing, rng=rng)
        self.address: Address = self._direct.address
        self._api = BatchApi(self.address, session=session, timing=self._timing, timeout_s=spec.timeout_s)
        self._tasks = BatchTasks(self._failed, self._timing, self._retries, rng or Random(), patience)
        self._sending = Sending(model, self._api, desk, self._tasks)
        self._gathering = Gathering(spec.batch_wait_s, spec.batch_max_requests)
        self._pausing = False
        self._verdict: BaseException | None = None
        self._mine: set[Waiting] = set()
        for batch in desk.claim(self.address.base_url):
            self._tasks.spawn(self._resume(batch))

    # Asking

    async def complete(self, request: Request) -> Completion:
        """Answer one request, when its batch is done; see `ModelClient`."""
        key = request.key(self._model)
        while (other := self._desk.waiting.get(key)) is not None:
            await asyncio.wait([other.future])
        if self._verdict is not None:
            raise _copy(self._verdict)
        if (stored := self._desk.keeper.find(key)) is not None:
            request.kept = True  # an earlier process had asked for it, and it came in since
            if isinstance(stored, RequestRefused):
                raise stored
            return stored
        return await self._answer(key, request)

    async def _answer(self, key: str, request: Request) -> Completion:
        size = len(body_of(request, self.address.model, chat=self._model.spec.mode == "chat")) + _FRAME_BYTES
        waiting = Waiting(key, request, size, asyncio.get_running_loop().create_future(), self._gather)
        request.sent = request.outlasts = True
        self._desk.waiting[key] = waiting
        self._mine.add(waiting)
        try:
            if not self._desk.is_asked(key):
                self._gather(waiting)
            return await waiting.future
        finally:
            self._mine.discard(waiting)
            del self._desk.waiting[key]

    async def probe(self) -> None:
        """Ask for the list of models; see `EndpointClient.probe`."""
        await self._direct.probe()

    # Submitting

    def _gather(self, waiting: Waiting) -> None:
        waiting.gathered = True
        if full := self._gathering.add(waiting, self._timing.now()):
            self._tasks.spawn(self._submit(full))
        if not self._pausing:
            self._pausing = True
            self._tasks.spawn(self._submit_after_a_pause())

    async def _submit_after_a_pause(self) -> None:
        while self._gathering:
            delay = self._gathering.delay(self._timing.now())
            if delay > 0:
                await self._tasks.rest(delay)
            elif taken := self._gathering.take():
                self._tasks.spawn(self._submit(taken))
        self._pausing = False

    async def _submit(self, taken: list[Waiting]) -> None:
        try:
            batch = await self._sending.send(taken)
        except RequestRefused as exc:
            if exc.status != 413:
                raise no_batches(exc) from exc
            self._ask_in_smaller_batches(taken, exc)
            return
        if batch is not None:
            await self._follow(batch)

    def _ask_in_smaller_batches(self, taken: list[Waiting], refused: RequestRefused) -> None:
        """A request that is too much by itself is refused."""
        waiting = [waiting for waiting in taken if not waiting.future.done()]
        if len(taken) == 1:
            for alone in waiting:
                alone.future.set_exception(refused)
            return
        self._gathering.halve(len(taken))
        for one in waiting:
            one.gather(one)

    # Following

    async def _resume(self, batch: Batch) -> None:
        found = await self._sending.found(batch)
        if found is not None:
            await self._follow(found)
            return
        keys = self._desk.journal.keys(batch.name)
        await asyncio.to_thread(self._desk.forget, batch)
        self._serve_attached(keys)

    def _waiting_for(self, keys: Iterable[str]) -> list[Waiting]:
        found = (self._desk.waiting.get(key) for key in keys)
        return [waiting for waiting in found if waiting is not None and not waiting.future.done()]

    def _serve_attached(self, keys: Iterable[str]) -> None:
        """Whoever came to wait for a batch just as it was taken in, or given up, gets the stored answer or asks."""
        for waiting in self._waiting_for(keys):
            if waiting.gathered:
                continue
            if (stored := self._desk.keeper.find(waiting.key)) is not None:
                waiting.request.kept = True
                if isinstance(stored, RequestRefused):
                    waiting.future.set_exception(stored)
                else:
                    waiting.future.set_result(stored)
            else:
                waiting.gather(waiting)

    async def _follow(self, batch: Batch) -> None:
        job = await self._looked_at(batch)
        while job is not None and not job.over:
            self._desk.standing[batch.name] = job.completed
            await self._tasks.rest(self._model.spec.batch_poll_s)
            job = await self._looked_at(batch)
        if job is not None:
            await self._collect(batch, job)

    async def _looked_at(self, batch: Batch) -> Job | None:
        """How the batch stands. None for one that the endpoint does not know and nobody waits for."""
        try:
            return await self._tasks.persistently(lambda: self._api.get(batch.batch_id))
        except RequestRefused as exc:
            unknown = EndpointUnusable(
                f"{exc.message}: batch {batch.batch_id}, submitted before, cannot be looked at", status=exc.status,
                hint="use the account it was submitted from; or move batches.sqlite away, to ask (and pay) again",
            )  # fmt: skip
            if self._waiting_for(self._desk.journal.keys(batch.name)):
                raise unknown from exc
            self._desk.keeper.tell("batch_unknown", unknown.message, id=batch.batch_id)
            return None

    # Collecting

    async def _collect(self, batch: Batch, job: Job) -> None:
        collecting = Collecting.of(self._desk, self.address, batch)
        for download in range(_DOWNLOADS):
            collecting.start_over()
            if download:
                await self._tasks.rest(self._model.spec.batch_poll_s)
            for file_id in filter(None, (job.output_file, job.error_file)):
                await self._take_file(collecting, file_id)
            if not collecting.left or collecting.answered >= job.completed:
                break
        crowded = collecting.conclude(job)
        await collecting.hand_over()
        left_over = self._waiting_for(collecting.left)
        for waiting in left_over:
            waiting.gathered = True
        await asyncio.to_thread(
            self._desk.journal.settle, batch.name, outcome=job.status, answered=collecting.answered,
            at=self._timing.wall(),
        )  # fmt: skip
        collecting.report(job)
        if collecting.fatal is not None:
            raise collecting.fatal
        for waiting, error in collecting.again:
            self._again_or_fail(waiting, error)
        self._serve_attached(collecting.asked)
        if crowded is not None:
            # The endpoint's queue is full: other batches must be done first.
            await self._tasks.rest(self._model.spec.batch_poll_s)
            self._ask_in_smaller_batches(left_over, crowded)

    async def _take_file(self, collecting: Collecting, file_id: str) -> None:
        batch = collecting.batch
        file = self._desk.spool(f"{batch.name}.results")
        try:
            await self._tasks.persistently(lambda: self._api.download(file_id, file))
            await collecting.take(file)
        except RequestRefused as exc:
            self._desk.keeper.tell(
                "batch_file_lost", f"{exc.message}: file {file_id} of {batch.batch_id} is lost", id=batch.batch_id
            )
        finally:
            file.unlink(missing_ok=True)

    def _again_or_fail(self, waiting: Waiting, error: TransientError) -> None:
        waiting.failures += 1
        if waiting.future.done():
            return
        draining = waiting.request.draining is not None and waiting.request.draining()
        if self._retries.again(waiting.failures, error) and not draining:
            waiting.gather(waiting)
            return
        error.input_tokens, error.output_tokens = waiting.input_tokens, waiting.output_tokens
        if waiting.failures > 1:
            error.message = f"{error.message} (the last of {waiting.failures} tries)"
            error.args = (error.message,)
        waiting.future.set_exception(error)

    # End

    def _failed(self, error: BaseException) -> None:
        # Nobody else looks after these requests: whatever went wrong must reach those who wait.
        self._verdict = self._verdict or error
        for waiting in self._desk.waiting.values():
            if not waiting.future.done() and (waiting in self._mine or not waiting.gathered):
                waiting.future.set_exception(_copy(error))

    async def close(self) -> None:
        """End. A submission under way is given a moment to be recorded; batches go on at the endpoint."""
        await self._tasks.end(
            at_once=lambda: self._desk.keeper.interrupted() or self._verdict is not None, grace=_GRACE_S
        )
        await self._direct.close()
        self._tell_what_goes_on()

    def _tell_what_goes_on(self) -> None:
        mine = [batch for batch in self._desk.left_open() if batch.base_url == self.address.base_url]
        if mine:
            count = sum(batch.count for batch in mine)
            batches = "1 batch goes" if len(mine) == 1 else f"{len(mine)} batches go"
            self._desk.keeper.tell(
                "batches_go_on", f"{batches} on at {self.address.base_url} ({counted(count)}); the same command"
                " again collects the answers", batches=len(mine), requests=count,
            )  # fmt: skip


def _copy(error: BaseException) -> BaseException:
    """An error for each who waits: a shared one would gather all their tracebacks."""
    if isinstance(error, EndpointUnusable):
        return EndpointUnusable(error.message, hint=error.hint, status=error.status)
    return error
