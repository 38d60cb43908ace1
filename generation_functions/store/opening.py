"""Opening `store.sqlite`: making a new one, and finding out whether an old one can be trusted."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from generation_functions.errors import StoreDamaged, StoreError
from generation_functions.store.schema import APPLICATION_ID, CREATE, SCHEMA_VERSION

_SQLITE_MAGIC = b"SQLite format 3\x00"
_BUSY_MS = 5_000
_WRITING_CACHE_KIB, _READING_CACHE_KIB = 16_000, 4_000
_FULL_CHECK_BYTES = 256 * 1024 * 1024
_TABLES = {"exchanges", "messages", "rows", "retries", "facts"}


def connect(path: Path, *, writing: bool) -> sqlite3.Connection:
    """A connection with the settings every reader and writer of a store uses. Raises `sqlite3.Error`."""
    connection = _open(path, "rwc" if writing else "ro")
    if writing:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA wal_autocheckpoint = 4000")
    # A sort in memory takes as much again as the cache; beyond it, the system keeps the file's pages anyway.
    connection.execute(f"PRAGMA cache_size = -{_WRITING_CACHE_KIB if writing else _READING_CACHE_KIB}")
    return connection


def _open(path: Path, mode: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"file:{_uri_path(path)}?mode={mode}", uri=True, isolation_level=None, check_same_thread=False
    )
    connection.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
    return connection


def prepare(path: Path, *, clean: bool) -> None:
    """Make the tables of a new store, or check an old one before anything is read from it.

    clean  whether the last writer closed it; an unclean store of moderate size is checked page by page.

    Raises `StoreDamaged` after setting the damaged files aside, `StoreError` for a file that is no store of ours, a
    store of a newer version, or a folder that cannot be written.
    """
    refuse_silent_restart(path)
    try:
        if path.exists() and path.stat().st_size > 0:
            _check(path, clean=clean)
        connection = connect(path, writing=True)
        try:
            _create(connection, path)
        finally:
            connection.close()
    except sqlite3.DatabaseError as exc:
        if isinstance(exc, sqlite3.OperationalError):
            raise StoreError(
                f"{path} cannot be opened: {exc}", hint="Check that the folder exists and can be written to."
            ) from exc
        raise set_aside(path, str(exc)) from exc
    except OSError as exc:
        raise StoreError(f"{path} cannot be opened: {exc.strerror or exc}") from exc


def refuse_silent_restart(path: Path) -> None:
    """A run whose store was set aside does not start over by itself: its paid answers are in the old file."""
    if path.exists():
        return
    damaged = sorted(path.parent.glob(f"{path.stem}.damaged-*{path.suffix}"))
    if damaged:
        raise StoreDamaged(
            f"this run's store was damaged and set aside as {damaged[-1]}",
            hint="Put a good copy back as store.sqlite, or start over with --fresh (the answers paid for are lost).",
        )


def set_aside(path: Path, why: str) -> StoreDamaged:
    """Rename a damaged store and its side files, keeping every byte, and return the error to raise."""
    number = 1
    while (target := path.with_name(f"{path.stem}.damaged-{number}{path.suffix}")).exists():
        number += 1
    for suffix in ("", "-wal", "-shm"):
        part = Path(f"{path}{suffix}")
        if part.exists():
            part.rename(f"{target}{suffix}")
    return StoreDamaged(
        f"{path} is damaged ({why}); it was set aside as {target.name} and nothing was deleted",
        hint=f"`sqlite3 {target} .recover | sqlite3 {path}` saves what can be read; or start over with --fresh.",
    )


def _check(path: Path, *, clean: bool) -> None:
    size = path.stat().st_size
    with path.open("rb") as file:
        header = file.read(100)
    if header[:16] != _SQLITE_MAGIC or len(header) < 100:
        raise set_aside(path, "its first bytes are not those of a database")
    page_size = int.from_bytes(header[16:18], "big") or 1
    page_size = 65536 if page_size == 1 else page_size
    if not Path(f"{path}-wal").exists() and size < int.from_bytes(header[28:32], "big") * page_size:
        raise set_aside(path, "it was cut short")
    connection = _open(path, "rw")  # a reader alone could not take in what a killed writer left in its log
    try:
        _refuse_foreign(connection, path)
        if clean or size > _FULL_CHECK_BYTES:
            return
        (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    finally:
        connection.close()
    if verdict != "ok":
        raise set_aside(path, str(verdict))


def _refuse_foreign(connection: sqlite3.Connection, path: Path) -> None:
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if application not in (0, APPLICATION_ID) or (application == 0 and tables - _TABLES):
        raise StoreError(f"{path} is a database of another program", hint="Choose another output_dir, or move it away.")


def _create(connection: sqlite3.Connection, path: Path) -> None:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version == 0:
        connection.executescript(CREATE)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    elif version > SCHEMA_VERSION:
        raise StoreError(
            f"{path} was written by a newer Millrace (store version {version}, this one knows {SCHEMA_VERSION})",
            hint="Update Millrace, or choose another output_dir.",
        )


def _uri_path(path: Path) -> str:
    return os.fspath(path.absolute()).replace("%", "%25").replace("?", "%3f").replace("#", "%23")
