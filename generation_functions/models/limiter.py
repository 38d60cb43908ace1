"""Who may call now: a number in flight that adapts, requests and tokens a minute, and a queue by priority."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import TypeAlias

from generation_functions.models.bucket import Bucket
from generation_functions.models.level import Level
from generation_functions.models.timing import Timer, Timing

_TOKENS_BURST_S = 5.0

Turn: TypeAlias = int
"""What a caller holds while its call is open: the level's epoch when it started."""


@dataclass(slots=True)
class _Waiter:
    cost: int
    turn: asyncio.Future[Turn]


class Limiter:
    """Gives turns. Every turn taken must be given back with `answered`, `refused` or `release`.

    most                  most calls in flight; the level starts there.
    requests_per_minute   most calls started in any 60 seconds.
    tokens_per_minute     most tokens, by estimate when a call starts and corrected by `correct` when it ends.
    """

    def __init__(
        self,
        most: int,
        *,
        timing: Timing,
        requests_per_minute: float | None = None,
        tokens_per_minute: float | None = None,
    ) -> None:
        now = timing.now()
        self.level = Level(most)
        self.in_flight = 0
        self._timing = timing
        self._requests = Bucket(requests_per_minute, now) if requests_per_minute else None
        self._tokens = Bucket(tokens_per_minute, now, burst_s=_TOKENS_BURST_S) if tokens_per_minute else None
        self._queue: list[tuple[int, int, _Waiter]] = []
        self._arrivals = 0
        self._held_until = 0.0
        self._timer: Timer | None = None

    @property
    def counts_tokens(self) -> bool:
        """Whether callers need to say how many tokens they expect to use."""
        return self._tokens is not None

    @property
    def waiting(self) -> int:
        """Callers in the queue."""
        return sum(not waiter.turn.done() for _, _, waiter in self._queue)

    async def acquire(self, priority: int = 0, cost: int = 0) -> Turn:
        """Take a turn. Without suspending when one is free; else higher priorities first, each in order of arrival."""
        if not self._queue and self.in_flight < int(self.level.limit) and self._delay(cost) <= 0:
            return self._start(cost)
        waiter = _Waiter(cost, asyncio.get_running_loop().create_future())
        self._arrivals += 1
        heappush(self._queue, (-priority, self._arrivals, waiter))
        self._serve()
        try:
            return await waiter.turn
        except asyncio.CancelledError:
            # The turn may have come in the same moment as the cancellation: it must not be lost.
            if waiter.turn.done() and not waiter.turn.cancelled():
                self.release()
            raise

    def answered(self, turn: Turn) -> None:
        """Give a turn back after an answer."""
        self.level.succeeded(turn, self.in_flight)
        self.release()

    def refused(self, turn: Turn, retry_after: float | None = None) -> None:
        """Give a turn back after a 429 or the like. In a storm everyone waits as long as the endpoint asked."""
        if self.level.refused(turn) and retry_after:
            self._held_until = max(self._held_until, self._timing.now() + retry_after)
        self.release()

    def release(self) -> None:
        """Give a turn back that says nothing of the endpoint's capacity."""
        self.in_flight -= 1
        if self._queue:
            self._serve()

    def correct(self, tokens: int) -> None:
        """Tokens used beyond the estimate; negative where fewer were used."""
        if self._tokens is not None:
            self._tokens.take(tokens)

    def _start(self, cost: int) -> Turn:
        self.in_flight += 1
        if self._requests is not None:
            self._requests.take(1)
        if self._tokens is not None:
            self._tokens.take(cost)
        return self.level.epoch

    def _delay(self, cost: int) -> float:
        if self._requests is None and self._tokens is None and not self._held_until:
            return 0.0
        now = self._timing.now()
        delays = [self._held_until - now]
        if self._requests is not None:
            delays.append(self._requests.wait(1, now))
        if self._tokens is not None:
            delays.append(self._tokens.wait(cost, now))
        return max(delays)

    def _serve(self) -> None:
        while self._queue and self.in_flight < int(self.level.limit):
            waiter = self._queue[0][2]
            if waiter.turn.done():
                heappop(self._queue)
                continue
            delay = self._delay(waiter.cost)
            if delay > 0:
                self._serve_after(delay)
                return
            heappop(self._queue)
            waiter.turn.set_result(self._start(waiter.cost))

    def _serve_after(self, delay: float) -> None:
        if self._timer is None:
            self._timer = self._timing.call_later(delay, self._wake)

    def _wake(self) -> None:
        self._timer = None
        self._serve()

    def close(self) -> None:
        """Drop the timer; nobody is waiting any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
