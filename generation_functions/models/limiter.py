"""Who may call now: a number in flight that adapts, requests and tokens a minute, and a queue by rank."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass
from typing import TypeAlias

from generation_functions.models.bucket import Bucket
from generation_functions.models.exchange import COMMON, Rank
from generation_functions.models.level import Level
from generation_functions.models.timing import Timer, Timing

_TOKENS_BURST_S = 5.0

Turn: TypeAlias = int
"""What a caller holds while its call is open: the level's epoch when it started."""


@dataclass(slots=True)
class _Waiter:
    arrival: int
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
        self._queues: dict[Rank, deque[_Waiter]] = {}
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
        return sum(not waiter.turn.done() for queue in self._queues.values() for waiter in queue)

    async def acquire(self, rank: Rank = COMMON, cost: int = 0) -> Turn:
        """Take a turn. Without suspending when one is free; else higher ranks first, equal ones in order of arrival."""
        if not self._queues and self.in_flight < int(self.level.limit) and self._delay(cost) <= 0:
            return self._start(cost)
        self._arrivals += 1
        waiter = _Waiter(self._arrivals, cost, asyncio.get_running_loop().create_future())
        self._queues.setdefault(rank, deque()).append(waiter)
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
        if self._queues:
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
        while self._queues and self.in_flight < int(self.level.limit):
            rank = self._first()
            queue = self._queues[rank]
            waiter = queue[0]
            if not waiter.turn.done():
                delay = self._delay(waiter.cost)
                if delay > 0:
                    self._serve_after(delay)
                    return
                waiter.turn.set_result(self._start(waiter.cost))
            queue.popleft()
            if not queue:
                del self._queues[rank]

    def _first(self) -> Rank:
        """Who is served next. Ranks are looked at anew each time: few wait, and their values may have changed."""
        if len(self._queues) == 1:
            return next(iter(self._queues))
        return max(self._queues, key=lambda rank: (rank.value, -self._queues[rank][0].arrival))

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
