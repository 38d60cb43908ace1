"""An engine runs commands somewhere, each to its end. It knows no pipelines, and no secret passes through it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from generation_functions.errors import MillraceError

Message = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Task:
    """A process to run: its words, the folder it runs in, and the JSON it is told what to do by."""

    words: tuple[str, ...]
    folder: str
    message: Message


class WorkerLost(MillraceError):
    """A process, or the machine under it, is gone without an answer."""


class Worker(Protocol):
    """A place where one task at a time is run."""

    async def run(self, task: Task) -> dict[str, Any]:
        """The task's answer. Raises `WorkerLost`; another worker may then be given the task."""
        ...

    async def drain(self) -> None:
        """Have the task under way come to its end soon, with all it has begun saved."""
        ...

    async def close(self) -> None:
        """End whatever still runs, at once."""
        ...


class Engine(Protocol):
    """Where tasks are run. An async context manager, which ends all that it began."""

    name: str

    async def __aenter__(self) -> Engine:
        """Get ready. Raises `MillraceError` where that is not possible."""
        ...

    async def __aexit__(self, *details: object) -> None: ...

    @property
    def places(self) -> int:
        """How many tasks can be run at the same time."""
        ...

    async def worker(self) -> Worker:
        """A new worker."""
        ...
