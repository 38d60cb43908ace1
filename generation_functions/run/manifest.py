"""`run.json`: what a run is and how it stands, replaced whole at each change."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal, TypeAlias

import orjson

from generation_functions.errors import StoreError
from generation_functions.run.lock import is_held

MANIFEST_FILE = "run.json"
Status: TypeAlias = Literal["queued", "running", "cancelling", "succeeded", "partial", "failed", "cancelled", "crashed"]
ENDED: frozenset[str] = frozenset({"succeeded", "partial", "failed", "cancelled", "crashed"})
CAME_TO_ITS_END: frozenset[str] = frozenset({"succeeded", "partial"})


def write_atomically(path: Path, content: bytes) -> None:
    """Replace a file: a reader, or a crash, sees the old content or the new. Raises `StoreError`."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as exc:
        with suppress(OSError):  # a disk that takes nothing may not give anything up either
            temporary.unlink(missing_ok=True)
        raise StoreError(
            f"{path} cannot be written: {exc.strerror}", hint="Free some disk space, or check rights."
        ) from exc


def clear_unfinished(folder: Path) -> None:
    """Remove what a crash left of files that were about to be replaced. Only for whoever holds the folder's lock."""
    with suppress(OSError):
        for left in folder.glob(".*.tmp"):
            left.unlink(missing_ok=True)


def write_manifest(folder: Path, manifest: dict[str, Any]) -> None:
    """Replace the manifest."""
    write_atomically(folder / MANIFEST_FILE, orjson.dumps(manifest, option=orjson.OPT_INDENT_2) + b"\n")


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest as it stands, with the truth about the process: a dead one's run is `crashed`.

    Raises `StoreError` where the folder is no run.
    """
    path = folder / MANIFEST_FILE
    try:
        manifest = orjson.loads(path.read_bytes())
    except FileNotFoundError as exc:
        raise StoreError(f"{folder} is not a run: it has no {MANIFEST_FILE}", hint="Name a run's output_dir.") from exc
    except (OSError, orjson.JSONDecodeError) as exc:
        raise StoreError(
            f"{path} cannot be read: {exc}", hint="Run the same config again: it is written anew."
        ) from exc
    if manifest.get("status") in ("running", "cancelling") and not is_held(folder):
        manifest["status"] = "crashed"
    return dict(manifest)
