"""`log.txt`: a run's story in plain lines, for people."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from generation_functions.errors import StoreError

LOG_FILE = "log.txt"


class RunLog:
    """Appends dated lines. `redact` removes secrets; `echo` also shows each line somewhere."""

    def __init__(
        self,
        folder: Path,
        *,
        redact: Callable[[str], str],
        echo: Callable[[str], None] | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.path = folder / LOG_FILE
        try:
            # Unbuffered, so that what a full disk refuses once is not kept and refused again at the close.
            self._file = self.path.open("ab", buffering=0)
        except OSError as exc:
            raise self._refused(exc) from exc
        self._redact = redact
        self._echo = echo
        self._clock = clock

    def write(self, message: str) -> None:
        """Append one message, dated to the second in local time. Raises `StoreError` when the disk refuses it."""
        clean = self._redact(message)
        dated = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(self._clock()))
        try:
            self._file.write(f"{dated} {clean}\n".encode("utf-8", "replace"))
        except OSError as exc:
            raise self._refused(exc) from exc
        if self._echo is not None:
            self._echo(clean)

    def _refused(self, exc: OSError) -> StoreError:
        return StoreError(
            f"{self.path} cannot be written: {exc.strerror}", hint="Free some disk space, or check rights."
        )

    def close(self) -> None:
        """Close the file."""
        self._file.close()
