"""`events.jsonl`: what happened in a run, numbered, append-only; live views follow it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson

from generation_functions.errors import StoreError

EVENTS_FILE = "events.jsonl"


class Events:
    """Appends events with numbers that go on where the last attempt ended. `redact` removes secrets from the text."""

    def __init__(
        self, folder: Path, *, clock: Callable[[], float] = time.time, redact: Callable[[str], str] = str
    ) -> None:
        self.path = folder / EVENTS_FILE
        self._clock = clock
        self._redact = redact
        try:
            self._file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
        except OSError as exc:
            raise self._refused(exc) from exc
        self._number = self._resume()

    def emit(self, kind: str, **facts: Any) -> int:
        """Append one event and give its number. Raises `StoreError` when the disk refuses it."""
        self._number += 1
        event = {"n": self._number, "at": round(self._clock(), 3), "event": kind, **facts}
        line = self._redact(orjson.dumps(event, default=str).decode()) + "\n"
        self._append(line.encode())
        return self._number

    def _append(self, content: bytes) -> None:
        try:
            os.write(self._file, content)
        except OSError as exc:
            raise self._refused(exc) from exc

    def _refused(self, exc: OSError) -> StoreError:
        return StoreError(
            f"{self.path} cannot be written: {exc.strerror}", hint="Free some disk space, or check rights."
        )

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)

    def _resume(self) -> int:
        # A crash can leave a torn last line. It is ended, so that the next event starts on a line of its own.
        size = os.fstat(self._file).st_size
        if size and os.pread(self._file, 1, size - 1) != b"\n":
            try:
                self._append(b"\n")
            except StoreError:
                self.close()
                raise
        return max((event["n"] for event in read_events(self.path)), default=0)


def read_events(path: Path, *, after: int = 0) -> Iterator[dict[str, Any]]:
    """The events with numbers above `after`. Torn lines are passed over."""
    if not path.exists():
        return
    with path.open("rb") as file:
        for line in file:
            try:
                event = orjson.loads(line)
            except orjson.JSONDecodeError:
                continue
            if isinstance(event, dict) and event.get("n", 0) > after:
                yield event
