"""Time as the model clients see it: two clocks, a sleep and a timer, passed in so that tests need not wait."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Protocol


class Timer(Protocol):
    """A callback that has been put off."""

    def cancel(self) -> None:
        """Drop the callback."""
        ...


class Timing(Protocol):
    """Where clocks, sleeps and timers come from. All figures are seconds."""

    def now(self) -> float:
        """A clock that never jumps, for spans."""
        ...

    def wall(self) -> float:
        """The time of day since 1970, for what an endpoint dates."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        ...

    def call_later(self, seconds: float, callback: Callable[[], object]) -> Timer:
        """Have the running loop call back after a while."""
        ...


class LoopTiming:
    """The time of the running event loop, and the computer's time of day."""

    _clock: Callable[[], float] | None = None

    def now(self) -> float:
        if self._clock is None:  # to ask for the running loop is a system call each time
            self._clock = asyncio.get_running_loop().time
        return self._clock()

    def wall(self) -> float:
        return time.time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    def call_later(self, seconds: float, callback: Callable[[], object]) -> Timer:
        return asyncio.get_running_loop().call_later(seconds, callback)
