"""`run.json`: what a run is and how it stands, replaced whole at each change."""

from __future__ import annotations

import importlib.metadata
import os
import platform
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import orjson

from generation_functions.errors import StoreError
from generation_functions.rows import Json
from generation_functions.run.lock import is_held

if TYPE_CHECKING:
    from generation_functions.run.ending import Ending
    from generation_functions.run.folder import RunFolder

MANIFEST_FILE = "run.json"
Status: TypeAlias = Literal["queued", "running", "cancelling", "succeeded", "partial", "failed", "cancelled", "crashed"]
ENDED: frozenset[str] = frozenset({"succeeded", "partial", "failed", "cancelled", "crashed"})
_UNDER_WAY = frozenset({"running", "cancelling"})
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
    if manifest.get("status") in _UNDER_WAY and not is_held(folder):
        manifest["status"] = "crashed"
    return dict(manifest)


def manifest_before(folder: Path) -> dict[str, Any]:
    """The manifest of the attempt before; empty where there is none. Only for whoever holds the folder's lock."""
    try:
        manifest = read_manifest(folder)
    except StoreError:
        return {}
    # The lock is held here, so that attempt seems to be alive.
    return manifest | ({"status": "crashed"} if manifest.get("status") in _UNDER_WAY else {})


def runs_within(folder: Path) -> list[Path]:
    """The folders of the runs that a run made inside its own, and theirs, sorted; previews are not among them."""
    found = sorted(path.parent for path in folder.glob(f"*/**/{MANIFEST_FILE}"))
    return [path for path in found if not any(part.startswith(".") for part in path.relative_to(folder).parts)]


def standing(run: RunFolder, status: str, ending: Ending | None = None) -> dict[str, Any]:
    """How a run stands, as its manifest says it."""
    now = run.options.surroundings.clock()
    manifest: dict[str, Any] = {
        "status": status,
        "pipeline": run.options.pipeline,
        "fingerprint": run.options.fingerprint,
        "attempt": run.run_attempt,
        "seed": run.options.seed,
        "started": run.started,
        "updated": now,
        "steps": _steps(run),
        "models": {name: vars(account) for name, account in run.budget.accounts.items()},
        "cost_usd": round(run.budget.spent_usd, 6),
        "budget_usd": run.options.budget_usd,
        "prompts": dict(sorted(run.prompts.items())),
        "versions": _versions(),
    }
    if run.shards.under_way is not None:
        manifest["shards"] = run.shards.under_way.as_json()
        manifest["cost_usd"] = round(run.budget.spent_usd + run.shards.under_way.cost_usd, 6)
    if run.exchanges.batches is not None and (batches := run.exchanges.batches.as_json()):
        manifest["batches"] = batches
    if ending is not None:
        manifest |= {"ended": now, "message": run.options.redact(ending.message)}
    return manifest


def _steps(run: RunFolder) -> dict[str, Json]:
    steps = {}
    for name, counts in run.records.counts().items():
        calls = run.exchanges.steps.get(name)
        asked = calls.as_json() if calls is not None else {"calls": 0, "reused": 0, "retries": 0}
        steps[name] = {**counts.as_json(), **asked}
    return steps


@lru_cache(maxsize=1)
def _versions() -> dict[str, str]:
    packages = ("aiohttp", "pydantic", "orjson", "nltk", "pyarrow")
    found = {name: importlib.metadata.version(name) for name in packages}
    return {"python": platform.python_version(), **found}
