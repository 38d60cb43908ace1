"""An event loop in which nothing is left to chance: time jumps to the next timer, and no thread does any work."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable
from typing import Any

from generation_functions.models.timing import LoopTiming

LONGEST_S = 50_000.0


class StuckError(RuntimeError):
    """Nothing will ever happen again, or the same things for ever."""


class _Jumping(selectors.DefaultSelector):
    """Instead of waiting, moves the clock on."""

    elapsed = 0.0

    def select(self, timeout: float | None = None) -> list[Any]:
        ready = super().select(0)
        if timeout is None and not ready:
            raise StuckError("every task waits, and for nothing that will come")
        self.elapsed += 0 if ready else (timeout or 0)
        if self.elapsed > LONGEST_S:
            raise StuckError(f"not at its end after {LONGEST_S:,.0f} s")
        return ready


class SimulatedLoop(asyncio.SelectorEventLoop):
    """A loop in virtual time, with no thread. The same callbacks always run in the same order."""

    def __init__(self) -> None:
        self._jumping = _Jumping()
        super().__init__(self._jumping)
        self.network: Any = None

    def time(self) -> float:
        return 1000.0 + self._jumping.elapsed

    def leap(self, seconds: float) -> None:
        """The machine was asleep: all timers that came due meanwhile are late."""
        self._jumping.elapsed += seconds

    async def create_connection(self, protocol_factory: Any, host: str, *_: Any, **__: Any) -> Any:
        """A connection of the simulated network."""
        return await self.network.connect(protocol_factory, host)

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:  # type: ignore[override]
        """What would go to a thread is done in a turn of the loop."""
        future = self.create_future()
        self.call_soon(self._work, future, func, args)
        return future

    def _work(self, future: asyncio.Future[Any], func: Callable[..., Any], args: tuple[Any, ...]) -> None:
        if future.cancelled():
            return
        try:
            result = func(*args)
        except Exception as exc:  # noqa: BLE001  it is raised where the work was asked for
            future.set_exception(exc)
        else:
            future.set_result(result)

    def call_soon_threadsafe(self, callback: Any, *args: Any, context: Any = None) -> asyncio.Handle:
        """There is one thread."""
        return self.call_soon(callback, *args, context=context)


class SimulatedTiming(LoopTiming):
    """The loop's time, and a time of day that may jump."""

    def __init__(self, wall: Callable[[], float]) -> None:
        self._wall = wall

    def wall(self) -> float:
        return self._wall()
