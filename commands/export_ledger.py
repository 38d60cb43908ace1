"""Which files a run's exports wrote, with their hashes, so that an export replaces its own files and no others.

What is exported from a file alone has no folder to keep a ledger in: it replaces nothing that differs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

import orjson

from generation_functions.run.manifest import write_atomically

LEDGER_FILE = "exports.json"


class ExportLedger:
    """The ledger of one run's folder; without a run, an empty one that remembers nothing."""

    def __init__(self, run: Path | None) -> None:
        self.path = run / LEDGER_FILE if run is not None else None

    def may_replace(self, target: Path, new: Path) -> bool:
        """Whether writing `new` over `target` loses nothing but an export: it is not there, ours, or the same."""
        if not target.exists():
            return True
        there = digest(target)
        return there in (self._read().get(str(target.resolve())), digest(new))

    def wrote(self, path: Path) -> bool:
        """Whether a file is there as an export of this run wrote it."""
        return self._read().get(str(path.resolve())) == digest(path)

    def add(self, files: Iterable[Path]) -> None:
        """Remember files as they are now. Raises `StoreError`."""
        if self.path is None:
            return
        known = {**self._read(), **{str(path.resolve()): digest(path) for path in files}}
        write_atomically(self.path, orjson.dumps(known, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS) + b"\n")

    def _read(self) -> dict[str, str]:
        if self.path is None:
            return {}
        try:
            found = orjson.loads(self.path.read_bytes())
        except (FileNotFoundError, orjson.JSONDecodeError):
            return {}  # without it, files are taken for somebody else's: that only asks for --force
        return found if isinstance(found, dict) else {}


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
