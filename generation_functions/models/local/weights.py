"""Which weights a local model has: a hash of its files, so that another model in the same folder is another model.

The exchanges of a local model are kept under this hash and not under its name: the same files in another place are
asked nothing again, and other files in the same place are.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Final, TypeAlias

from generation_functions.errors import EndpointUnusable
from generation_functions.models.local.folder import EmbeddingFolder, read_folder
from generation_functions.models.model import ModelSpec

_READ_BYTES: Final = 2**20
_READ: Final = (".json", ".txt", ".model", ".safetensors", ".jinja")
_States: TypeAlias = tuple[tuple[Path, int, int], ...]


@dataclass(frozen=True, slots=True)
class Weights:
    """A model as its files are now: the hash of them, and what its own files want before a text."""

    digest: str
    folder: EmbeddingFolder
    states: _States


_known: dict[tuple[str, str | None], Weights] = {}
_reading = threading.Lock()


def weights_of(spec: ModelSpec) -> Weights:
    """The weights of a local model. Reads every file of it once, and again when one has changed: some 0.1 s for 100 MB.

    Raises `EndpointUnusable` for a folder that cannot be used.
    """
    with _reading:
        found = known_weights(spec)
        if found is None:
            folder = read_folder(spec)
            states = _states(_files(folder))
            found = _known[spec.model, spec.pooling] = Weights(_digest(folder, spec), folder, states)
        return found


def known_weights(spec: ModelSpec) -> Weights | None:
    """The weights, where they were read before and no file has changed since. Cheap."""
    known = _known.get((spec.model, spec.pooling))
    if known is None or _states(path for path, _, _ in known.states) != known.states:
        return None
    return known


def _files(folder: EmbeddingFolder) -> list[Path]:
    """What shapes vectors: not its pictures and papers, nor its weights in other programs' forms."""
    return sorted(path for at in folder.modules if at.is_dir() for path in at.iterdir() if path.suffix in _READ)


def _states(paths: Iterable[Path]) -> _States:
    try:
        return tuple((path, (state := path.stat()).st_size, state.st_mtime_ns) for path in paths)
    except OSError:
        return ()


def _digest(folder: EmbeddingFolder, spec: ModelSpec) -> str:
    hashed = blake2b(f"{folder.kind} {spec.pooling}".encode(), digest_size=16)
    try:
        for path in _files(folder):
            hashed.update(f"\n{path.relative_to(folder.path)} {path.stat().st_size}\n".encode())
            with path.open("rb") as file:
                while block := file.read(_READ_BYTES):
                    hashed.update(block)
    except OSError as exc:
        raise EndpointUnusable(f"{folder.path} cannot be read: {exc}", hint="mend its permissions") from exc
    return hashed.hexdigest()
