"""Group commit: one thread writes to the database and commits whatever has gathered since its last commit.

A caller adds a record and gets a future that resolves once that record is on disk. While one commit waits for the disk,
the next batch gathers, so durability costs a row one commit's time, not one commit each. Many rows go into one
statement, because a statement runs with Python's lock released and the event loop goes on beside it.
"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from generation_functions.errors import StoreError
from generation_functions.store.schema import insert_exchanges, insert_rows

Record = tuple[Any, ...]
ROWS_A_STATEMENT = (64, 8, 1)
ROWS_WORTH_A_COMMIT = 256
"""Rows that are committed though no exchange is: they can be made again, so until then they go along with one."""

MOST_WAITING_ROWS = 2_048
"""Rows that may be queued while the disk is busy. Each is held in memory whole."""


@dataclass(slots=True)
class _Batch:
    exchanges: list[Record] = field(default_factory=list)
    rows: list[Record] = field(default_factory=list)
    commands: list[tuple[str, Record]] = field(default_factory=list)
    waiters: list[tuple[asyncio.AbstractEventLoop, asyncio.Future[None]]] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.exchanges or self.rows or self.commands or self.waiters)

    def resolve(self, loop: asyncio.AbstractEventLoop, error: StoreError | None) -> None:
        for owner, future in self.waiters:
            if owner is not loop or future.done():
                continue
            if error is None:
                future.set_result(None)
            else:
                future.set_exception(error)


class _Committed(asyncio.Future[None]):
    """Resolves when a batch is on disk.

    A task that is cancelled while it waits does not take it from the others who wait: it hears of its cancellation once
    its record is safe.
    """

    def cancel(self, msg: object = None) -> bool:
        return False


class GroupCommit:
    """The writing side of a store. `connect` is called once, in the writer's own thread.

    A subclass that writes elsewhere than in a thread replaces `_start`, `_wake` and `close`, and calls `_turn`.
    """

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        self._connect = connect
        self._lock = threading.Lock()
        self._news = threading.Condition(self._lock)
        self._open = _Batch()
        self._shared: asyncio.Future[None] | None = None
        self._closing = False
        self.error: StoreError | None = None
        self.commits = 0
        self._start()

    def _start(self) -> None:
        self._thread = threading.Thread(target=self._run, name="millrace-store", daemon=True)
        self._thread.start()

    def _wake(self) -> None:
        self._news.notify()

    def add_row(self, record: Record) -> None:
        """Queue a row; it is on disk after the next commit. Safe from any thread."""
        with self._lock:
            self._check()
            rows = self._open.rows
            rows.append(record)
            if len(rows) == ROWS_WORTH_A_COMMIT:
                self._wake()

    def hurry(self) -> None:
        """Commit what is queued soon, though nobody waits for it."""
        with self._lock:
            self._wake()

    def add_exchange(self, record: Record) -> asyncio.Future[None]:
        """Queue an exchange. The future resolves when it is on disk, or raises `StoreError`."""
        with self._lock:
            self._check()
            self._open.exchanges.append(record)
            return self._waiter()

    def execute(self, statement: str, record: Record = ()) -> None:
        """Queue any other statement, run in order after the batch's rows."""
        with self._lock:
            self._check()
            self._open.commands.append((statement, record))
            self._wake()

    def flushed(self) -> asyncio.Future[None]:
        """A future that resolves when everything queued so far is on disk."""
        with self._lock:
            self._check()
            return self._waiter()

    def room(self) -> asyncio.Future[None] | None:
        """What to wait for before more rows are queued, where very many are; None where there is room for them."""
        return self.flushed() if len(self._open.rows) > MOST_WAITING_ROWS else None

    def close(self) -> None:
        """Write what is queued, then end the thread. Raises the first error a commit met."""
        with self._lock:
            self._closing = True
            self._wake()
        self._thread.join()
        if self.error is not None:
            raise self.error

    def _waiter(self) -> asyncio.Future[None]:
        # One future serves every caller of a batch on one event loop.
        loop = asyncio.get_running_loop()
        if self._shared is None or self._shared.get_loop() is not loop:
            self._shared = _Committed(loop=loop)
            self._shared.add_done_callback(_mark_retrieved)
            self._open.waiters.append((loop, self._shared))
            self._wake()
        return self._shared

    def _check(self) -> None:
        if self.error is not None:
            raise self.error

    def _run(self) -> None:
        connection = self._opened()
        try:
            while self._turn(connection):
                pass
        finally:
            if connection is not None:
                connection.close()

    def _opened(self) -> sqlite3.Connection | None:
        try:
            return self._connect()
        except (sqlite3.Error, OSError) as exc:
            self.error = StoreError(f"the store cannot be opened for writing: {exc}")
            return None

    def _turn(self, connection: sqlite3.Connection | None) -> bool:
        """Commit what has gathered, waiting for it if need be. False once there will be no more."""
        batch = self._take()
        if batch is None:
            return False
        if connection is not None and self.error is None:
            self._commit(connection, batch)
        self._announce(batch)
        return True

    def _take(self) -> _Batch | None:
        with self._lock:
            while not self._open and not self._closing:
                self._news.wait()
            batch, self._open, self._shared = self._open, _Batch(), None
            return batch if batch else None

    def _commit(self, connection: sqlite3.Connection, batch: _Batch) -> None:
        try:
            if batch.exchanges or batch.rows or batch.commands:
                connection.execute("BEGIN IMMEDIATE")
                _insert_many(connection, insert_exchanges, batch.exchanges)
                _insert_many(connection, insert_rows, batch.rows)
                for statement, record in batch.commands:
                    connection.execute(statement, record)
                connection.execute("COMMIT")
                self.commits += 1
        except sqlite3.Error as exc:
            self.error = _explain(exc)
            with suppress(sqlite3.Error):  # closing the connection undoes the transaction as well
                connection.execute("ROLLBACK")

    def _announce(self, batch: _Batch) -> None:
        for loop in {id(owner): owner for owner, _ in batch.waiters}.values():
            if not loop.is_closed():
                loop.call_soon_threadsafe(batch.resolve, loop, self.error)


def _insert_many(connection: sqlite3.Connection, statement: Callable[[int], str], records: Sequence[Record]) -> None:
    start = 0
    for size in ROWS_A_STATEMENT:
        while len(records) - start >= size:
            connection.execute(statement(size), tuple(chain.from_iterable(records[start : start + size])))
            start += size


def _explain(exc: sqlite3.Error) -> StoreError:
    text = str(exc)
    hint = "Nothing written before is lost. Mend the cause, then run the same command again."
    if "full" in text:
        hint = "Free some disk space, then run the same command again: nothing written before is lost."
    elif "locked" in text:
        hint = "Another program holds store.sqlite open for writing. Close it, then run the same command again."
    return StoreError(f"the store could not be written: {text}", hint=hint)


def _mark_retrieved(future: asyncio.Future[None]) -> None:
    # A batch may fail after its only waiter was cancelled; the error is still raised to whoever writes next.
    if not future.cancelled():
        future.exception()
