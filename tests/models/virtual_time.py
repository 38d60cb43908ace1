"""An event loop whose clock jumps to the next timer, so that an hour of waiting takes no time."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

Result = TypeVar("Result")


class _Jumping(selectors.DefaultSelector):
    """Instead of waiting, moves the clock on."""

    elapsed = 0.0

    def select(self, timeout: float | None = None) -> list[Any]:
        ready = super().select(0)
        if timeout is None and not ready:
            raise RuntimeError("every task waits, and for nothing that will come")
        self.elapsed += 0 if ready else (timeout or 0)
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """A loop without sockets, in virtual time."""

    def __init__(self) -> None:
        self._jumping = _Jumping()
        super().__init__(self._jumping)

    def time(self) -> float:
        return 1000.0 + self._jumping.elapsed


def in_virtual_time(main: Coroutine[Any, Any, Result]) -> Result:
    """Run to the end. A deadlock is an error, not a hang."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(main)
