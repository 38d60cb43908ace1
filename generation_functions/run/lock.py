"""One writer per output folder: a lock the kernel gives back when its holder dies."""

from __future__ import annotations

import errno
import json
import os
import socket
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from generation_functions.errors import RunLocked, StoreError

LOCK_FILE = ".lock"


class FolderLock:
    """Holds an output folder for writing. A second holder is refused at once, and told who is first."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / LOCK_FILE
        self._file: IO[str] | None = None

    def acquire(self) -> None:
        """Take the folder. Raises `RunLocked` naming the holder, `StoreError` where nothing can be written."""
        try:
            file = self.path.open("a+", encoding="utf-8")
        except OSError as exc:
            raise StoreError(
                f"{self.path} cannot be written: {exc.strerror}", hint="Check the folder's rights."
            ) from exc
        try:
            locked = _try_lock(file)
        except OSError as exc:
            file.close()
            raise StoreError(
                f"{self.path.parent} cannot be locked: {exc.strerror}",
                hint="Choose an output_dir on a disk that knows locks: two runs would mix in this one.",
            ) from exc
        if not locked:
            holder = _describe(self.path)
            file.close()
            raise RunLocked(
                f"{self.path.parent} is being written by {holder}",
                hint="Wait for it, stop it, or choose another output_dir.",
            )
        self._file = file
        try:
            self._say({"pid": os.getpid(), "host": socket.gethostname(), "since": time.time(), "argv": sys.argv[:3]})
        except OSError as exc:
            self._file = None
            with suppress(OSError):  # what could not be written is tried again at the close
                file.close()
            raise StoreError(f"{self.path} cannot be written: {exc.strerror}", hint="Free some disk space.") from exc

    def _say(self, holder: dict[str, Any]) -> None:
        assert self._file is not None
        self._file.seek(0)
        self._file.truncate()
        json.dump(holder, self._file)
        self._file.flush()

    def release(self) -> None:
        """Give the folder back."""
        if self._file is not None:
            self._file.seek(0)
            self._file.truncate()
            self._file.close()
            self._file = None


def is_held(folder: Path) -> bool:
    """Whether a living process holds the folder. False also when there is no lock file."""
    path = folder / LOCK_FILE
    if not path.exists():
        return False
    try:
        with path.open("r+", encoding="utf-8") as file:
            return not _try_lock(file)
    except OSError:
        return False


def holder_of(folder: Path) -> dict[str, Any]:
    """What the holder wrote of itself: pid, host, since (Unix seconds). Empty when unknown."""
    try:
        found = json.loads((folder / LOCK_FILE).read_text(encoding="utf-8") or "{}")
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _describe(path: Path) -> str:
    holder = holder_of(path.parent)
    if "pid" not in holder:
        return "another process"
    seconds = max(0.0, time.time() - float(holder.get("since", time.time())))
    lasted = f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
    return f"process {holder['pid']} on {holder.get('host', 'this machine')}, for {lasted}"


def _try_lock(file: IO[str]) -> bool:
    try:
        if os.name == "nt":  # pragma: no cover
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        else:
            import fcntl

            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as exc:
        if exc.errno not in (errno.EAGAIN, errno.EACCES, errno.EDEADLK):
            raise
        return False
    return True
