"""Files that appear all at once or not at all: written beside their places under hidden names, then renamed."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from generation_functions.errors import StoreError

PART = ".part"
BLOCK = 1 << 20

_ADVICE = {
    errno.ENOSPC: "free some space and run again: nothing was replaced, and no finished work is lost",
    errno.EDQUOT: "the quota is used up; free some space and run again: nothing was replaced",
    errno.EFBIG: "the file system or a limit allows no larger file; write fewer rows or to another place",
    errno.EROFS: "the file system is read-only; choose another output folder",
    errno.EACCES: "make the folder writable for this user, or choose another output folder",
    errno.EPERM: "make the folder writable for this user, or choose another output folder",
    errno.ENOTDIR: "a file stands where a folder is needed; move it away or choose another output folder",
    errno.EEXIST: "a file stands where a folder is needed; move it away or choose another output folder",
}


@contextmanager
def storage(folder: Path) -> Iterator[None]:
    """Turn the operating system's refusals into a `StoreError` that says what to do."""
    try:
        yield
    except OSError as exc:
        reason = os.strerror(exc.errno) if exc.errno else str(exc)
        hint = _ADVICE.get(exc.errno or 0, "check the disk, then run again: nothing was replaced")
        raise StoreError(f"cannot write to {folder}: {reason}", hint=hint) from exc


def part_of(target: Path) -> Path:
    """Where a file is written before it takes its place. One writer per folder: the name need not be unique."""
    return target.with_name(f".{target.name}{PART}")


def discard(parts: Iterable[Path]) -> None:
    """Remove unfinished files, also those that a crash left."""
    for part in parts:
        part.unlink(missing_ok=True)


def commit(targets: Iterable[Path], stale: Iterable[Path], folder: Path) -> None:
    """Put finished parts in their places, then remove what they replace. A file whose bytes did not change stays."""
    changed = [target for target in targets if not _same_bytes(part_of(target), target)]
    for target in changed:
        _flush(part_of(target))
    for target in changed:
        part_of(target).replace(target)
    for path in stale:
        path.unlink(missing_ok=True)
    _flush(folder)


def digest(path: Path) -> tuple[int, str]:
    """A file's size in bytes and its SHA-256."""
    found = sha256()
    size = 0
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            size += len(block)
            found.update(block)
    return size, found.hexdigest()


def _same_bytes(part: Path, target: Path) -> bool:
    if not target.is_file() or target.stat().st_size != part.stat().st_size:
        return False
    return digest(part) == digest(target)


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
