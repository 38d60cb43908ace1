"""Versions of offline rules: a hash of the code they are made of.

When that code changes, the rule's answers are made again, which costs nothing: they are free.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import cache
from hashlib import blake2b
from pathlib import Path
from types import ModuleType
from typing import Any


def version_of(rule: Callable[..., Any]) -> str:
    """A rule's name, with a hash of its module and of what that imports from the same package."""
    inner = getattr(rule, "func", rule)
    module = sys.modules.get(getattr(inner, "__module__", ""))
    name = getattr(inner, "__qualname__", type(inner).__name__)
    return f"{name}@{_hash_of(module)}" if module is not None else name


@cache
def _hash_of(module: ModuleType) -> str:
    digest = blake2b(digest_size=8)
    for part in sorted(_closure(module, set()), key=lambda part: part.__name__):
        file = getattr(part, "__file__", None)
        if file and Path(file).is_file():
            digest.update(Path(file).read_bytes())
    return digest.hexdigest()


def _closure(module: ModuleType, seen: set[str]) -> Iterator[ModuleType]:
    """A module and those of the same top-level package that its globals come from."""
    if module.__name__ in seen:
        return
    seen.add(module.__name__)
    yield module
    package = module.__name__.partition(".")[0]
    for value in list(vars(module).values()):
        home = value.__name__ if isinstance(value, ModuleType) else getattr(value, "__module__", None)
        if isinstance(home, str) and home.partition(".")[0] == package and home in sys.modules:
            yield from _closure(sys.modules[home], seen)
