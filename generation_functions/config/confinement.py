"""Keeps paths inside a folder, links followed. A service asks for it; a person at a terminal may go anywhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from generation_functions.config.tree import Location, Node
from generation_functions.errors import Problem


def is_within(path: Path, root: Path) -> bool:
    """Whether a path leads to something inside the root, now; the path need not exist."""
    try:
        return (root / path).resolve().is_relative_to(root.resolve())
    except (OSError, RuntimeError, ValueError):
        return False


def outside(values: Mapping[str, Any], nodes: Mapping[str, Node], root: Path) -> list[Problem]:
    """A problem for each path among the values that leads out of the root, relative paths taken from there."""
    found = []
    for name, value in values.items():
        at = nodes[name].written_at if name in nodes else Location()
        for path in _paths_in(value):
            if not is_within(path, root):
                shown = nodes[name].reference if name in nodes and nodes[name].reference else path
                found.append(at.problem(f"'{name}' leads out of the project: '{shown}'", "use a path inside it"))
    return found


def _paths_in(value: Any) -> Iterator[Path]:
    from pydantic import BaseModel

    if isinstance(value, Path):
        yield value
    elif isinstance(value, BaseModel):
        yield from _paths_in(dict(value))
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _paths_in(item)
    elif isinstance(value, list | tuple | set | frozenset):
        for item in value:
            yield from _paths_in(item)
