"""Requests that wait to go off together: how long, and how many make a batch. Pure: the time is an argument."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from generation_functions.models.exchange import Completion, Request

MOST_BYTES: Final = 190_000_000
"""Largest input file, a little under the 200 MB that endpoints take."""

_LONGEST_WAITS: Final = 20


@dataclass(slots=True, eq=False)
class Waiting:
    """A request whose answer a batch will bring, and what its failed tries used.

    gather    puts it among what its own model asks next. `gathered` tells whether that was done: one that was not waits
              for a batch of an earlier process.
    """

    key: str
    request: Request
    size: int
    future: asyncio.Future[Completion]
    gather: Callable[[Waiting], None]
    gathered: bool = False
    failures: int = 0
    input_tokens: int = 0
    output_tokens: int = 0


@dataclass(slots=True)
class Gathering:
    """Gathers requests until none came for `wait_s`, or until they fill a batch.

    Where they never stop trickling in, the oldest waits no longer than 20 times `wait_s`. A request whose asker has
    gone is left out.
    """

    wait_s: float
    most: int
    most_bytes: int = MOST_BYTES
    _held: list[Waiting] = field(default_factory=list)
    _bytes: int = 0
    _first: float = 0.0
    _last: float = 0.0

    def __len__(self) -> int:
        return len(self._held)

    def add(self, waiting: Waiting, now: float) -> list[Waiting]:
        """Take a request in; gives the batch that is full with it, or without it, if one is."""
        full = self.take() if self._held and self._bytes + waiting.size > self.most_bytes else []
        if not self._held:
            self._first = now
        self._held.append(waiting)
        self._bytes += waiting.size
        self._last = now
        return full or (self.take() if len(self._held) >= self.most else [])

    def delay(self, now: float) -> float:
        """Seconds until what is held goes off, if nothing else comes."""
        return min(self._last + self.wait_s, self._first + _LONGEST_WAITS * self.wait_s) - now

    def take(self) -> list[Waiting]:
        """All that is held and still waited for."""
        taken = [waiting for waiting in self._held if not waiting.future.done()]
        self._held, self._bytes = [], 0
        return taken

    def halve(self, size: int) -> None:
        """An endpoint would not take so many at once."""
        self.most = max(1, min(self.most, size) // 2)
