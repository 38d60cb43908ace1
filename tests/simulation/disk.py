"""The simulated disk: a store that commits in the loop's own time, and files on which the n-th operation can fail.

A crash leaves what is on disk at that moment: the run's folder is copied, and the next attempt works on the copy.
"""

from __future__ import annotations

import asyncio
import errno
import os
import shutil
import sqlite3
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generation_functions.store.writer import GroupCommit, Record

_FULL = {"full": "database or disk is full", "io_error": "disk I/O error", "locked": "database is locked"}


@dataclass
class Disk:
    """One attempt's disk.

    fail_statement  the store's n-th statement and all after it fail, in the way `fault` names
    fail_file       the n-th file that is opened for writing, renamed or removed fails, and all after it
    on_statement    told of each statement before it is carried out; `on_file` of each operation on a file
    """

    folder: Path
    fault: str = "full"
    fail_statement: int | None = None
    fail_file: int | None = None
    on_statement: Callable[[int, str], None] = lambda number, statement: None
    on_file: Callable[[int], None] = lambda number: None
    statements: int = 0
    files: int = 0
    failed: bool = False

    def statement(self, text: str) -> None:
        """The store is about to carry out a statement."""
        self.statements += 1
        self.on_statement(self.statements, text)
        if self.fail_statement is not None and self.statements >= self.fail_statement:
            self.failed = True
            raise sqlite3.OperationalError(_FULL[self.fault])

    def file_operation(self) -> None:
        """A file of the folder is about to be written, renamed or removed."""
        self.files += 1
        self.on_file(self.files)
        if self.fail_file is not None and self.files >= self.fail_file:
            self.failed = True
            code = errno.ENOSPC if self.fault == "full" else errno.EIO
            raise OSError(code, os.strerror(code))


class CommitsInLoop(GroupCommit):
    """The store's writer without its thread: what has gathered is committed when a timer says so."""

    def __init__(self, connect: Callable[[], sqlite3.Connection], disk: Disk, delay: Callable[[], float]) -> None:
        self._disk = disk
        self._delay = delay
        self._timer: asyncio.TimerHandle | None = None
        super().__init__(connect)

    def _start(self) -> None:
        opened = self._opened()
        self._connection: Any = None if opened is None else _Watched(opened, self._disk)

    def _wake(self) -> None:
        if self._timer is None and not self._closing:
            self._timer = asyncio.get_running_loop().call_later(self._delay(), self._commit_gathered)

    def _commit_gathered(self) -> None:
        self._timer = None
        if self._open:
            self._turn(self._connection)

    def close(self) -> None:
        self._closing = True
        while self._open:
            self._turn(self._connection)
        if self._timer is not None:
            self._timer.cancel()
        if self._connection is not None:
            self._connection.close()
        if self.error is not None:
            raise self.error


class _Watched:
    """A connection whose every statement the disk hears of."""

    def __init__(self, connection: sqlite3.Connection, disk: Disk) -> None:
        self._connection = connection
        self._disk = disk

    def execute(self, statement: str, record: Record = ()) -> Any:
        if statement != "ROLLBACK":
            self._disk.statement(statement)
        return self._connection.execute(statement, record)

    def close(self) -> None:
        self._connection.close()


# Python tells of every file it opens, renames or removes; one listener in the process hears it, for one disk at a time.
_watched: list[Disk] = []


def watch(disk: Disk | None) -> None:
    """Tell a disk of what is done to the files of its folder, until another or none is watched."""
    if not _hooked:
        sys.addaudithook(_hear)
        _hooked.append(True)
    _watched[:] = [] if disk is None else [disk]


_hooked: list[bool] = []


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    if not _watched or event not in ("open", "os.rename", "os.remove"):
        return
    disk = _watched[0]
    if event == "open" and not arguments[2] & (os.O_WRONLY | os.O_RDWR):
        return
    path = arguments[0]
    if isinstance(path, str | os.PathLike) and Path(path).is_relative_to(disk.folder):
        _watched.clear()
        try:
            disk.file_operation()
        finally:
            _watched[:] = [disk]


def keep_what_is_on_disk(folder: Path, copy: Path, *, torn: float) -> None:
    """What a crash leaves of a run's folder. With a share `torn` above 0, half-written ends are torn or garbled."""
    shutil.copytree(folder, copy)
    if not torn:
        return
    for events in copy.rglob("events.jsonl"):
        if content := events.read_bytes():
            last = content.rstrip(b"\n").rfind(b"\n") + 1
            events.write_bytes(content[: last + int((len(content) - last) * torn)])
    for log in copy.rglob("store.sqlite-wal"):
        if log.stat().st_size:
            with log.open("ab") as file:
                file.write(b"\x5a" * int(4096 * torn))
