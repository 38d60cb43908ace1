"""The background work of a batch client: what may be cut off at any time, what is waited for, and trying on."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final, TypeVar

from generation_functions.errors import EndpointUnusable, MillraceError, TransientError
from generation_functions.models.retry import RetryPolicy
from generation_functions.models.timing import Timing

_LOOK_AGAIN_S: Final = 0.05
_Value = TypeVar("_Value")


@dataclass
class BatchTasks:
    """Tasks of one client. `failed` hears every error that ends one.

    patience  seconds that an endpoint may be out of reach before it is given up.
    """

    failed: Callable[[BaseException], None]
    timing: Timing
    retries: RetryPolicy
    rng: Random
    patience: float
    _all: set[asyncio.Task[Any]] = field(default_factory=set)
    _resting: set[asyncio.Task[Any]] = field(default_factory=set)
    _committed: set[asyncio.Task[Any]] = field(default_factory=set)

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Do some work in the background."""
        task = asyncio.get_running_loop().create_task(work)
        self._all.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._all.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            self.failed(error)

    async def rest(self, seconds: float) -> None:
        """Sleep where nothing is lost by being cut off, and nothing won by being waited for."""
        with _member(self._resting):
            await self.timing.sleep(seconds)

    @contextmanager
    def committed(self) -> Iterator[None]:
        """What the running task does in this block should be finished, if the endpoint lets it."""
        with _member(self._committed):
            yield

    async def persistently(self, call: Callable[[], Awaitable[_Value]]) -> _Value:
        """Make a call that may be made again, until it comes through. Raises `RequestRefused`, `EndpointUnusable`."""
        began, failures = self.timing.now(), 0
        while True:
            try:
                return await call()
            except TransientError as exc:
                failures += 1
                if failures > self.retries.retries and self.timing.now() - began >= self.patience:
                    raise given_up(exc) from exc
                await self.rest(self.retries.delay(failures, exc, self.rng.random()))

    async def end(self, *, at_once: Callable[[], bool], grace: float) -> None:
        """Wait up to `grace` seconds for work that is not at rest (at once: only for what is committed), and cut off
        what is left."""
        end = self.timing.now() + grace
        while self.timing.now() < end and (busy := self._busy(at_once())):
            await asyncio.wait(busy, timeout=_LOOK_AGAIN_S)
        tasks = list(self._all)
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError, MillraceError):
                await task

    def _busy(self, at_once: bool) -> set[asyncio.Task[Any]]:
        return self._all & self._committed if at_once else self._all - self._resting


@contextmanager
def _member(of: set[asyncio.Task[Any]]) -> Iterator[None]:
    task = asyncio.current_task()
    assert task is not None
    of.add(task)
    try:
        yield
    finally:
        of.discard(task)


def given_up(exc: TransientError) -> EndpointUnusable:
    """What a fault becomes that did not pass."""
    return EndpointUnusable(
        f"{exc.message}; what was submitted goes on there", status=exc.status,
        hint=exc.hint or "run the same command again once the endpoint works",
    )  # fmt: skip
