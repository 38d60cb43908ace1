"""The seal of a finished run: all that it was made from and all that it made, each with its state.

While the seal is whole, running the same again would read the same, ask nothing and write the same bytes, so the run
ends at once. Whatever cannot be vouched for leaves no seal, and the run is made anew from its stored answers: that is
always right, and only takes longer.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generation_functions.errors import StoreError
from generation_functions.rows import content_key
from generation_functions.run.manifest import MANIFEST_FILE, read_manifest, write_atomically
from generation_functions.run.watch import (
    MOST_FILES,
    Watch,
    fresh_state,
    library_folders,
    modules_of,
    names_in,
    state_of,
)

if TYPE_CHECKING:
    from generation_functions.run.folder import RunFolder
    from generation_functions.run.options import RunOptions

SEAL_FILE = ".finished.json"
_EDITION = 1
_OWN_FILES = frozenset({MANIFEST_FILE, SEAL_FILE, "config.yaml", "events.jsonl", "log.txt", ".lock"})
_OWN_FOLDERS = (".documents", ".preview")
_STORES = ("store.sqlite", "store.sqlite-wal", "batches.sqlite", "batches.sqlite-wal")


@dataclass(frozen=True)
class Asked:
    """What is to be run: a function, its arguments and the options. `key` is its identity."""

    function: Any
    kwargs: Mapping[str, Any]
    options: RunOptions

    @property
    def key(self) -> str:
        """A hash of everything that shapes a run and is no file. Values behind `${NAME}` count as they are now."""
        options = self.options
        settings = [
            options.pipeline, options.seed, options.limit, options.sample, options.budget_usd, options.fingerprint,
            options.max_failed_share, options.config_text, str(options.prompts), list(map(str, options.lenders)),
        ]  # fmt: skip
        function = [getattr(self.function, name, "") for name in ("__module__", "__qualname__")]
        arguments = [f"{name}={value!r}" for name, value in sorted(self.kwargs.items())]
        return content_key(_EDITION, settings, function, arguments, _surroundings())


def _surroundings() -> list[str]:
    """What else a run depends on: where it stands, Python and the installed packages, programs that readers use."""
    programs = [shutil.which("tesseract") or "", os.environ.get("TESSDATA_PREFIX", "")]
    packages = [state_of(folder) for folder in library_folders()]
    return [os.getcwd(), sys.version, sys.executable, *programs, *packages]


def is_whole(folder: Path, asked: Asked) -> bool:
    """Whether a folder holds the finished run of just this, and nothing that it was made from or made has changed."""
    seal = _read(folder)
    if seal is None or seal["key"] != asked.key:
        return False
    return (
        all(state_of(path) == state for path, state in seal["files"].items())
        and all(names_in(path) == names for path, names in seal["folders"].items())
        and _is_finished(folder)
    )


def _read(folder: Path) -> dict[str, Any] | None:
    try:
        seal = json.loads((folder / SEAL_FILE).read_bytes())
    except (OSError, ValueError):
        return None
    return seal if isinstance(seal, dict) and {"key", "files", "folders"} <= seal.keys() else None


def _is_finished(folder: Path) -> bool:
    try:
        manifest = read_manifest(folder)
    except StoreError:
        return False
    return manifest.get("status") == "succeeded" and not manifest.get("batches")


def set_seal(asked: Asked, watch: Watch, runs: Sequence[RunFolder], *, key: str, places: Sequence[Path]) -> str | None:
    """Seal a run that has succeeded, its store closed and its folder still locked. Gives why not, where it cannot be.

    key     the identity of what was asked, as it was when the run began
    runs    the run and those inside it, itself first
    places  folders where a new file would have been read: those of prompts, and those that the arguments name
    """
    if watch.beyond is not None:
        return f"it depends on more than files: {watch.beyond}"
    own = runs[0]
    watch.runs.update(os.path.abspath(run.path) for run in runs)
    inside = [path for place in places for path in _within(place, own.path)]
    files = _inputs(watch, inside, own) | {path: state_of(path) for run in runs for path in _made(run)}
    folders = {path: names for path, names in watch.folders.items() if not _is_own(path, watch, own.path)}
    folders |= {path: names_in(path) for path in (*filter(os.path.isdir, inside), *(_datasets(run) for run in runs))}
    if len(files) > MOST_FILES:
        return f"it read more than {MOST_FILES:,} files"
    unsure = next((path for path, state in (*files.items(), *folders.items()) if state is None), None)
    if unsure is not None:
        return f"{unsure} changed while the run went on"
    # The fast codec takes no lone surrogates, which stand for the bytes of a file's name that are not UTF-8.
    write_atomically(own.path / SEAL_FILE, json.dumps({"key": key, "files": files, "folders": folders}).encode())
    return None


def _inputs(watch: Watch, inside: Sequence[str], own: RunFolder) -> dict[str, str | None]:
    """What was read, as it was then, and what an author's code wrote, as it is now."""
    files = {path: state for path, state in watch.files.items() if not _is_own(path, watch, own.path)}
    for path in modules_of(library_folders()):
        files[path] = fresh_state(path, watch.since)
    for path in inside:
        if path not in files and not os.path.isdir(path):
            files[path] = fresh_state(path, own.started)
    for path in watch.written:
        if not _is_own(path, watch, own.path) and (state := state_of(path)):
            files[path] = None if path in files else state
    return files


def _within(place: Path, own: Path) -> Iterator[str]:
    """A file, or a folder with all that is visible in it but a run's own folder."""
    top, ours = os.path.abspath(place), os.path.abspath(own)
    if not os.path.isdir(top):
        yield top
        return
    for folder, names, files in os.walk(top):
        names[:] = [n for n in names if not n.startswith(".") and n != "__pycache__" and f"{folder}/{n}" != ours]
        yield folder
        yield from (f"{folder}/{name}" for name in files if not name.startswith("."))


def _made(run: RunFolder) -> Iterator[str]:
    """The files that a run is known by, and those whose change would change it."""
    folder = os.path.abspath(run.path)
    yield from (f"{folder}/{name}" for name in (*_STORES, MANIFEST_FILE, "config.yaml"))
    yield from (f"{os.path.abspath(lender)}/{name}" for lender in run.lenders for name in _STORES[:2])
    datasets = Path(_datasets(run))
    yield from (str(path) for path in (datasets.iterdir() if datasets.is_dir() else ()))
    for place in run.made:
        yield from (path for path in _within(place, run.path) if not os.path.isdir(path))


def _datasets(run: RunFolder) -> str:
    return os.path.abspath(run.path / "datasets")


def _is_own(path: str, watch: Watch, own: Path) -> bool:
    """Whether a file is one that runs of this process work with. The datasets of another run are inputs."""
    for folder in watch.runs:
        if path == folder:
            return True
        if not path.startswith(f"{folder}{os.sep}"):
            continue
        parts = path[len(folder) + 1 :].split(os.sep)
        if parts[-1] in _OWN_FILES or parts[-1] in _STORES or any(part in _OWN_FOLDERS for part in parts):
            return True
        if "datasets" in parts and (path.startswith(f"{os.path.abspath(own)}{os.sep}") or parts[-1].startswith(".")):
            return True
    return False
