"""Sending a batch off, so that a crash at any point neither loses it nor sends it twice."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import Final
from uuid import uuid4

from generation_functions.errors import EndpointUnusable, RequestRefused, TransientError
from generation_functions.models.batch.api import BatchApi, Job
from generation_functions.models.batch.desk import BatchDesk
from generation_functions.models.batch.gathering import Waiting
from generation_functions.models.batch.journal import OPEN, Batch
from generation_functions.models.batch.lines import line_of, write_lines
from generation_functions.models.batch.tasks import BatchTasks, given_up
from generation_functions.models.model import Model

_PATHS: Final = {"chat": "/v1/chat/completions", "completion": "/v1/completions"}
_LOOKS_FOR_LOST: Final = 2


@dataclass(frozen=True)
class Sending:
    """How one model's batches reach its endpoint."""

    model: Model
    api: BatchApi
    desk: BatchDesk
    tasks: BatchTasks

    async def send(self, taken: list[Waiting]) -> Batch | None:
        """Submit requests as a batch. None where the run was stopped before the batch could exist.

        Raises `RequestRefused` (413 where the file is too large), `EndpointUnusable`, `StoreError`.
        """
        now = self.tasks.timing.wall()
        batch = Batch(uuid4().hex, self.api.address.base_url, self.model, len(taken), at=now)
        await asyncio.to_thread(self.desk.add, batch, taken)
        try:
            file_id = await self._upload(batch, taken)
            if self.desk.keeper.interrupted():
                return None
            return await self._submit(batch, file_id)
        except RequestRefused:
            await asyncio.to_thread(self.desk.forget, batch)
            raise

    async def _upload(self, batch: Batch, taken: list[Waiting]) -> str:
        file, mode = self.desk.spool(batch.name), self.model.spec.mode
        name, path = self.api.address.model, _PATHS[mode]
        lines = (line_of(w.key, w.request, name, path, chat=mode == "chat") for w in taken)
        try:
            await asyncio.to_thread(write_lines, file, lines)
            return await self.tasks.persistently(lambda: self.api.upload(file))
        finally:
            file.unlink(missing_ok=True)

    async def _submit(self, batch: Batch, file_id: str) -> Batch:
        journal, wall = self.desk.journal, self.tasks.timing.wall
        with self.tasks.committed():
            await asyncio.to_thread(journal.sending, batch.name, file_id, wall())
            job = await self._create(batch.name, file_id)
            at = wall()
            await asyncio.to_thread(journal.opened, batch.name, job.id, at)
        self.desk.keeper.tell(
            "batch_submitted", f"{self.model.name}: {counted(batch.count)} submitted as {job.id}", id=job.id,
            model=self.model.name, requests=batch.count,
        )  # fmt: skip
        return replace(batch, state=OPEN, at=at, file_id=file_id, batch_id=job.id)

    async def _create(self, name: str, file_id: str) -> Job:
        """Submit, and after a fault look first whether the batch is there: it must not be paid twice."""
        tasks, spec = self.tasks, self.model.spec
        since, failures = tasks.timing.wall(), 0
        while True:
            try:
                return await self.api.create(file_id, name, _PATHS[spec.mode], spec.batch_window)
            except TransientError as exc:
                failures += 1
                if not tasks.retries.again(failures, exc):
                    raise given_up(exc) from exc
                await tasks.timing.sleep(tasks.retries.delay(failures, exc, tasks.rng.random()))
            found = await tasks.persistently(lambda: self.api.find(name, since))
            if found is not None:
                return found

    async def found(self, batch: Batch) -> Batch | None:
        """A batch of an earlier process with the endpoint's id; None for one that never arrived there."""
        if batch.state == OPEN:
            return batch
        # What the dead process sent may still be on its way: the endpoint gets time to take it in, from now on, since
        # the time of day may have jumped since it was sent.
        poll_s, now = self.model.spec.batch_poll_s, self.tasks.timing.now
        settled_at = now() + _LOOKS_FOR_LOST * poll_s
        while True:
            last = now() >= settled_at
            job = await self.tasks.persistently(lambda: self.api.find(batch.name, batch.at))
            if job is not None:
                await asyncio.to_thread(self.desk.journal.opened, batch.name, job.id, self.tasks.timing.wall())
                return replace(batch, state=OPEN, batch_id=job.id)
            if last:
                return None
            await self.tasks.rest(min(poll_s, max(0.0, settled_at - now())))


def no_batches(error: RequestRefused) -> EndpointUnusable:
    """What a refused upload or submission means: no batch of this model can be made."""
    hint = error.hint
    if error.status in (404, 405, 501):
        hint = "this address may have no Batch API: check `base_url`, or use `provider: openai`"
    return EndpointUnusable(error.message, hint=hint, status=error.status)


def counted(requests: int) -> str:
    """`1 request`, `1,234 requests`."""
    return f"{requests:,} request{'' if requests == 1 else 's'}"
