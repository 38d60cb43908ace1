"""`run_pipeline.py` in a process that is told when to die, or whose clock jumps.

    python benchmarks/blows/victim.py FOLDER '{"dies_at": 17, "after_s": 0.0004}' run CONFIG

Python tells an audit hook (PEP 578) of each file that is opened for writing, renamed or removed. The n-th of those in
FOLDER is where the process kills itself, so long after it. With `counts_to`, they are only counted, into that file.
With `jumps_s`, the time of day is off by up to so many seconds, another amount at every look. What SQLite does to its
own files is not seen: a `kill` at any moment finds those.
"""

from __future__ import annotations

import json
import os
import runpy
import signal
import sys
import threading
import time
from pathlib import Path
from random import Random
from typing import Any

ROOT = Path(__file__).parents[2]
_WRITES = os.O_WRONLY | os.O_RDWR


class Watcher:
    """Counts what is done to the files of a folder."""

    def __init__(self, folder: str, told: dict[str, Any]) -> None:
        self._folder = folder
        self._dies_at = int(told.get("dies_at", 0))
        self._after_s = float(told.get("after_s", 0))
        self.count = 0

    def hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        """The audit hook."""
        if event not in ("open", "os.rename", "os.remove"):
            return
        if event == "open" and not (isinstance(arguments[2], int) and arguments[2] & _WRITES):
            return
        if self._folder in str(arguments[1 if event == "os.rename" else 0]):
            self.count += 1
            if self.count == self._dies_at:
                self._die()

    def _die(self) -> None:
        if self._after_s == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        threading.Thread(target=_die_after, args=(self._after_s,), daemon=True).start()


def _die_after(seconds: float) -> None:
    time.sleep(seconds)
    os.kill(os.getpid(), signal.SIGKILL)


def jump(most: float) -> None:
    """Make the time of day jump."""
    rng, real = Random(most), time.time
    time.time = lambda: real() + rng.uniform(-most, most)


def main() -> None:
    folder, told = sys.argv[1], json.loads(sys.argv[2])
    sys.argv = [str(ROOT / "run_pipeline.py"), *sys.argv[3:]]
    sys.path[0] = str(ROOT)
    watcher = Watcher(folder, told)
    sys.addaudithook(watcher.hear)
    if "jumps_s" in told:
        jump(told["jumps_s"])
    try:
        runpy.run_path(sys.argv[0], run_name="__main__")
    finally:
        if "counts_to" in told:
            Path(told["counts_to"]).write_text(str(watcher.count))


if __name__ == "__main__":
    main()
