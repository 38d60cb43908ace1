"""Faults on demand: which, where, at which rows, and how often over the attempts of a run."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NoReturn, TypeAlias

from generation_functions import Drop, MillraceError
from generation_functions.errors import ConfigError
from generation_functions.steps.outcome import StepFailed

At: TypeAlias = Literal["nowhere", "start", "source", "step", "export", "end"]
How: TypeAlias = Literal["error", "bug", "drop", "fail", "exit", "kill", "hang", "freeze", "memory"]

MEBIBYTE = 1024 * 1024
EXIT_CODE = 70
_OF_ROWS = ("source", "step", "export")
_OF_STEPS = ("drop", "fail")
COUNT = "debug-faults"
"""A file of the run's folder with a byte for each attempt that failed."""


@dataclass(frozen=True)
class Fault:
    """One fault. `count` is the file that remembers attempts; `times` is how many of them fail, None for all."""

    at: At
    how: How
    rows: tuple[int, ...]
    times: int | None
    hang_s: float
    memory_mb: int
    count: Path

    def __post_init__(self) -> None:
        if self.how in _OF_STEPS and self.at not in ("step", "nowhere"):
            raise ConfigError(f"{self.how!r} happens to a row in a step, not at {self.at!r}", hint="at: step")

    def strikes(self, at: At, row: int | None = None) -> bool:
        """Whether the fault happens here and now. An attempt is counted when it is about to fail."""
        if at != self.at or (at in _OF_ROWS and row not in self.rows):
            return False
        if self.how in _OF_STEPS or self.times is None:
            return True
        failed = self.count.stat().st_size if self.count.exists() else 0
        if failed >= self.times:
            return False
        with self.count.open("ab", buffering=0) as file:
            file.write(b".")
            os.fsync(file.fileno())
        return True

    def strike(self, at: At, row: int | None = None) -> None:
        """Fail here if it is the place."""
        if self.strikes(at, row):
            self._happen(_place(at, row))

    async def strike_in_step(self, row: int) -> None:
        """Fail in a step if it is the place. Here a hang waits, so that a signal can end it."""
        if not self.strikes("step", row):
            return
        place = _place("step", row)
        if self.how == "drop":
            raise Drop(f"dropped on demand {place}")
        if self.how == "fail":
            raise StepFailed(f"failed on demand {place}", [f"failed on demand {place}"])
        if self.how == "hang":
            await asyncio.sleep(self.hang_s)
            return
        self._happen(place)

    def _happen(self, place: str) -> None:
        if self.how in ("hang", "freeze"):
            time.sleep(self.hang_s)
        elif self.how == "exit":
            os._exit(EXIT_CODE)
        elif self.how == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        elif self.how == "memory":
            self._exhaust(place)
        elif self.how == "bug":
            raise ZeroDivisionError(f"a bug on demand {place}")
        else:
            raise MillraceError(f"stopped on demand {place}", hint="That is what the config's `at` and `how` ask for.")

    def _exhaust(self, place: str) -> NoReturn:
        """Take memory until it is refused, at most `memory_mb`; then fail as if it had been."""
        held = [bytearray(b"x" * MEBIBYTE) for _ in range(self.memory_mb)]
        raise MemoryError(f"out of memory on demand {place}, with {len(held)} MiB held")


def _place(at: At, row: int | None) -> str:
    return {"start": "at the start", "end": "at the end"}.get(at, f"in the {at} of row {row}")
