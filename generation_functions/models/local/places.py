"""Where the folder of a local model is: as written, or in the local cache of a hub. Nothing is ever downloaded."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from generation_functions.errors import EndpointUnusable

_HUB_NAME = re.compile(r"[\w.-]+/[\w.-]+")
_BRINGS = ".venv/bin/hf download"


def folder_of(model: str, environment: Mapping[str, str] = os.environ) -> Path:
    """The folder that a config's `model:` names: a path, or a name on a hub that the local cache holds.

    Raises `EndpointUnusable` where there is none.
    """
    path = Path(model).expanduser()
    if path.is_dir():
        return path
    if path.exists():
        raise EndpointUnusable(f"{model} is a file, and a local model is a folder", hint="name the folder it is in")
    if not _HUB_NAME.fullmatch(model):
        raise EndpointUnusable(
            f"there is no folder {model}",
            hint="`model:` names a folder with the model's files, or a model of the local hub cache, like BAAI/bge-m3",
        )
    cached = _cached(model, hub_cache(environment))
    if cached is None:
        raise EndpointUnusable(
            f"there is no folder {model}, and no model of that name in {hub_cache(environment)}",
            hint=f"bring it there once, as a run downloads nothing: {_BRINGS} {_wanted(model)}",
        )
    return cached


def _wanted(model: str) -> str:
    """What to download: a hub's name as it stands; what names a folder of this project is put there."""
    return f"OWNER/NAME --local-dir {model}" if model.startswith("models/") else model


def hub_cache(environment: Mapping[str, str]) -> Path:
    """Where the hub's own tools keep what they downloaded."""
    if given := environment.get("HF_HUB_CACHE"):
        return Path(given).expanduser()
    home = environment.get("HF_HOME") or f"{environment.get('XDG_CACHE_HOME') or '~/.cache'}/huggingface"
    return Path(home).expanduser() / "hub"


def _cached(model: str, cache: Path) -> Path | None:
    """The snapshot of the main branch, or the only one there is."""
    repository = cache / f"models--{model.replace('/', '--')}"
    main = repository / "refs" / "main"
    if main.is_file() and (snapshot := repository / "snapshots" / main.read_text().strip()).is_dir():
        return snapshot
    snapshots = sorted((repository / "snapshots").glob("*"))
    return snapshots[0] if len(snapshots) == 1 else None
