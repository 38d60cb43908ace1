"""`log.txt`: a run's story in plain lines, for people."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

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
        self._file = (folder / LOG_FILE).open("a", encoding="utf-8", errors="replace")
        self._redact = redact
        self._echo = echo
        self._clock = clock

    def write(self, message: str) -> None:
        """Append one message, dated to the second in local time."""
        clean = self._redact(message)
        dated = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(self._clock()))
        print(dated, clean, file=self._file, flush=True)
        if self._echo is not None:
            self._echo(clean)

    def close(self) -> None:
        """Close the file."""
        self._file.close()
