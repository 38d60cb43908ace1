"""What this process reads: every file that Python opens and every folder it lists, as they were at that moment.

A finished run may say "nothing to do" only when all that it read is as it was. A pipeline is plain Python and may read
anything, so what it reads is not asked of it but seen: Python tells an audit hook (PEP 578) of each file it opens, each
folder it lists, and each program or address it turns to.
"""

from __future__ import annotations

import os
import sys
import sysconfig
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

from generation_functions.rows import content_key

MOST_FILES = 200_000
_GRAIN_S, _COARSE_GRAIN_S = 0.02, 2.0
_SECOND_NS = 1_000_000_000
_WRITES = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
_BEYOND_SIGHT = frozenset(
    {"socket.connect", "sqlite3.connect", "subprocess.Popen", "os.system", "os.posix_spawn", "os.spawn", "os.exec",
     "os.fork", "os.forkpty"}
)  # fmt: skip
_OWN_CODE = tuple(f"{Path(__file__).parents[2] / name}{os.sep}" for name in ("generation_functions", "commands"))
_NEVER_INPUT = ("/proc/", "/sys/", "/dev/", "/etc/")


class Watch:
    """What was seen since it began.

    files    path → its state when it was first opened; None where that cannot be vouched for
    folders  the same for the names in a folder
    written  files that were opened for writing since the last `begin`
    beyond   what code outside Millrace did that leaves no file to compare: a connection, a program; None for nothing
    """

    def __init__(self) -> None:
        self.since = time.time()
        self.files: dict[str, str | None] = {}
        self.folders: dict[str, str | None] = {}
        self.written: set[str] = set()
        self.runs: set[str] = set()
        self.beyond: str | None = None
        self._listing = threading.local()
        self._libraries = library_folders()

    def begin(self, folder: Path) -> None:
        """A run into `folder` begins: what is written from now on is its own."""
        self.runs.add(os.path.abspath(folder))
        self.written = set()

    def hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        """The audit hook. It raises nothing: what it cannot understand is left to `beyond`."""
        if event == "open":
            self._opened(arguments[0], arguments[2])
        elif event in ("os.listdir", "os.scandir"):
            self._listed(arguments[0], sys._getframe(1))
        elif event in _BEYOND_SIGHT and self.beyond is None and (author := self._author(sys._getframe(1))):
            self.beyond = f"{event} in {author}"

    def _opened(self, name: Any, flags: int) -> None:
        path = _path_of(name)
        if path is None or path.endswith(".pyc") or self._is_library(path) or len(self.files) > MOST_FILES:
            return
        if path in self.written:
            return
        if flags & _WRITES:
            self.written.add(path)
            return
        state = fresh_state(path, time.time())
        if self.files.setdefault(path, state) != state:
            self.files[path] = None

    def _listed(self, name: Any, caller: FrameType) -> None:
        path = _path_of("." if name is None else name)
        busy = getattr(self._listing, "busy", False)
        if path is None or busy or caller.f_code.co_filename.startswith("<frozen") or self._is_library(path):
            return
        self._listing.busy = True  # listing the folder here is heard as well
        try:
            state = names_in(path)
        finally:
            self._listing.busy = False
        if self.folders.setdefault(path, state) != state:
            self.folders[path] = None

    def _author(self, frame: FrameType | None) -> str | None:
        """The file of the innermost code that is neither a library nor Millrace's own; None where there is none."""
        while frame is not None:
            file = frame.f_code.co_filename
            if not file.startswith("<") and not self._is_library(os.path.abspath(file)):
                return None if file.startswith(_OWN_CODE) else file
            frame = frame.f_back
        return None

    def _is_library(self, path: str) -> bool:
        return path.startswith(self._libraries) or path.startswith(_NEVER_INPUT)


_process: Watch | None = None


def watch_process() -> Watch:
    """The watch over this process, begun at the first call. It lasts as long as the process does."""
    global _process
    if _process is None:
        _process = Watch()
        sys.addaudithook(_process.hear)
    return _process


def process_watch() -> Watch | None:
    """The watch over this process, if it was begun."""
    return _process


def library_folders() -> tuple[str, ...]:
    """Where Python and installed packages live, each as it is called and as it really is, ending in a separator."""
    found = [sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")]
    known = dict.fromkeys(path for folder in found if folder for path in (folder, os.path.realpath(folder)))
    return tuple(f"{path}{os.sep}" for path in known)


def state_of(path: str) -> str:
    """A file's size, times and number on its disk; empty where there is none. Any change to a file changes it."""
    try:
        status = os.stat(path)
    except OSError:
        return ""
    if status.st_size == 0 and path.endswith("-wal"):  # a reader of the database leaves one behind
        return ""
    return f"{status.st_size} {status.st_mtime_ns} {status.st_ctime_ns} {status.st_ino}"


def fresh_state(path: str, now: float) -> str | None:
    """A file's state, or None where it changed so lately that a further change might carry the same time."""
    state = state_of(path)
    if not state:
        return state
    times = [int(part) for part in state.split()[1:3]]
    grain = _COARSE_GRAIN_S if all(at % _SECOND_NS == 0 for at in times) else _GRAIN_S
    return state if max(times) / _SECOND_NS < now - grain else None


def names_in(folder: str) -> str:
    """A hash of the names in a folder; empty where it cannot be listed."""
    try:
        return content_key(sorted(name for name in map(os.fsdecode, os.listdir(folder)) if name != "__pycache__"))
    except OSError:
        return ""


def modules_of(libraries: Iterable[str]) -> Iterator[str]:
    """The files of all imported modules that are no installed library."""
    places = tuple(libraries)
    for module in list(sys.modules.values()):
        file = getattr(module, "__file__", None)
        if isinstance(file, str) and not os.path.abspath(file).startswith(places):
            yield os.path.abspath(file)


def _path_of(name: Any) -> str | None:
    if isinstance(name, int):
        return None
    try:
        return os.path.abspath(os.fsdecode(name))
    except (TypeError, ValueError, OSError):
        return None
