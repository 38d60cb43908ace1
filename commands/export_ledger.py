"""Which files a run's exports wrote, with their hashes, so that an export replaces its own files and no others."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

import orjson

from generation_functions.run.manifest import write_atomically

LEDGER_FILE = "exports.json"


class ExportLedger:
    """The ledger of one run's folder."""

    def __init__(self, run: Path) -> None:
        self.path = run / LEDGER_FILE

    def may_replace(self, target: Path, new: Path) -> bool:
        """Whether writing `new` over `target` loses nothing but an export: it is not there, ours, or the same."""
        if not target.exists():
            return True
        there = digest(target)
        return there in (self._read().get(str(target.resolve())), digest(new))

    def add(self, files: Iterable[Path]) -> None:
        """Remember files as they are now. Raises `StoreError`."""
        known = {**self._read(), **{str(path.resolve()): digest(path) for path in files}}
        write_atomically(self.path, orjson.dumps(known, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS) + b"\n")

    def _read(self) -> dict[str, str]:
        try:
            found = orjson.loads(self.path.read_bytes())
        except (FileNotFoundError, orjson.JSONDecodeError):
            return {}  # without it, files are taken for somebody else's: that only asks for --force
        return found if isinstance(found, dict) else {}


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
