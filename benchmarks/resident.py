"""Memory of this process and of those it has started, in megabytes, as Linux tells it.

Not by `getrusage`: what that calls a process's peak may be that of the process which started it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

MEGABYTE = 1_000_000


@dataclass
class Resident:
    """The most that was seen, look after look.

    own            of this process
    largest_child  of any that it started
    together       of all at one moment
    """

    own: float = 0.0
    largest_child: float = 0.0
    together: float = 0.0

    def look(self) -> None:
        """See what each has now, and has had."""
        children = [found for number in _children() if (found := _told(Path(f"/proc/{number}/status")))]
        here = _told(Path("/proc/self/status"))
        self.own = max(self.own, here["VmRSS"])
        self.largest_child = max([self.largest_child, *(found["VmHWM"] for found in children)])
        self.together = max(self.together, sum(found["VmRSS"] for found in (here, *children)))


def peak() -> float:
    """The most this process has had."""
    return _told(Path("/proc/self/status"))["VmHWM"]


def _children() -> list[str]:
    """Those started by any thread."""
    return [number for path in Path("/proc/self/task").glob("*/children") for number in path.read_text().split()]


def _told(status: Path) -> dict[str, float]:
    """A process's figures; none where it has ended."""
    try:
        lines = status.read_text().splitlines()
    except OSError:
        return {}
    return {
        name: int(value.split()[0]) * 1024 / MEGABYTE
        for name, _, value in (line.partition(":") for line in lines)
        if name in ("VmHWM", "VmRSS")
    }
