"""Whether the run folders here can be used: which crashed, are being written, or are damaged, and what to do next."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from commands.health import Finding
from commands.job import command_line
from generation_functions.errors import StoreError
from generation_functions.run.folder import CONFIG_FILE
from generation_functions.run.lock import holder_of, is_held
from generation_functions.run.manifest import MANIFEST_FILE, read_manifest
from generation_functions.run.shard_stores import STORE_FILE

_LARGEST_CHECKED = 256 * 2**20
_DAMAGED = "store.damaged-*.sqlite"


def run_findings(folders: Iterator[Path]) -> Iterator[Finding]:
    """One finding for each run folder."""
    for folder in folders:
        yield of_run(folder)


def runs_below(folder: Path) -> Iterator[Path]:
    """Run folders in a folder and below, sorted; those in hidden folders are not among them."""
    for path in sorted({p.parent for name in (MANIFEST_FILE, STORE_FILE, _DAMAGED) for p in folder.glob(f"**/{name}")}):
        if not any(part.startswith(".") for part in path.relative_to(folder).parts):
            yield path


def of_run(folder: Path) -> Finding:
    """How one run folder stands."""
    subject = f"run {folder}"
    damaged = sorted(folder.glob(_DAMAGED))
    if damaged and not (folder / STORE_FILE).exists():
        return Finding(
            "problem", subject, f"its store was damaged and set aside as {damaged[-1].name}",
            f"Put a good copy back as {STORE_FILE}, or start over: {_again(folder)} --fresh",
        )  # fmt: skip
    try:
        manifest = read_manifest(folder)
    except StoreError as exc:
        return Finding("warning", subject, exc.message, f"It is written anew by {_again(folder)}")
    if is_held(folder):
        return Finding("ok", subject, f"{manifest['status']}, written by process {holder_of(folder).get('pid', '?')}")
    return _of_resting(folder, subject, str(manifest["status"]), str(manifest.get("message", "")))


def _of_resting(folder: Path, subject: str, status: str, message: str) -> Finding:
    fault = store_fault(folder / STORE_FILE)
    if fault is not None:
        return Finding(
            "problem", subject, f"its store is damaged: {fault}",
            "Copy the folder first. The next run sets the store aside and says how to save what can be read.",
        )  # fmt: skip
    if status == "crashed":
        return Finding("warning", subject, "crashed; everything answered is saved", f"Go on with {_again(folder)}")
    if status in ("failed", "cancelled"):
        return Finding("warning", subject, f"{status}: {message}", f"Go on with {_again(folder)}")
    return Finding("ok", subject, f"{status}: {message}")


def store_fault(path: Path) -> str | None:
    """What is wrong with a store that nobody writes, or None. A large one is not read whole. Nothing is changed."""
    if not path.exists():
        return f"{path.name} is missing"
    log = Path(f"{path}-wal")
    mode = "mode=ro" if log.exists() and log.stat().st_size else "immutable=1"
    address = f"{path.resolve().as_uri()}?{mode}"
    try:
        connection = sqlite3.connect(address, uri=True)
        try:
            check = (
                "PRAGMA quick_check(1)" if path.stat().st_size <= _LARGEST_CHECKED else "SELECT 'ok' FROM rows LIMIT 1"
            )
            (verdict,) = connection.execute(check).fetchone() or ("ok",)
        finally:
            connection.close()
    except sqlite3.Error as exc:
        return str(exc)
    return None if verdict == "ok" else str(verdict)


def _again(folder: Path) -> str:
    config = folder / CONFIG_FILE
    return command_line("run", str(config)) if config.exists() else "the same command"
