"""A format: what reads its files, and what a result of that reading depends on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

from generation_functions.documents.document import Opener, Reader


@dataclass(frozen=True, slots=True)
class Format:
    """How files of one kind are read.

    name       as people call it.
    read       the reader.
    arguments  what the reader is given beside the file and the limits.
    isolated   read in a process of its own; only formats that are text from end to end are safe without.
    version    raised whenever the reader's results change, so that none of the old ones is taken for them.
    library    the package that does the parsing; its version counts too.
    extra      what else results depend on, such as a program that may be installed.
    open       opens what the reader gave as members.
    records    one file may hold many documents.
    """

    name: str
    read: Reader
    arguments: tuple[str, ...] = ()
    isolated: bool = True
    version: int = 1
    library: str = ""
    extra: Callable[[], str] | None = None
    open: Opener | None = None
    records: bool = False

    @property
    def edition(self) -> str:
        """What results were made by, in one string."""
        made_by = f"{address(self.read)} {self.arguments} {self.version} {_installed(self.library)}"
        return f"{made_by} {self.extra()}" if self.extra else made_by


def address(function: Callable[..., Any]) -> str:
    """`module:name`, by which another process finds a function of a module."""
    return f"{function.__module__}:{function.__qualname__}"


def function_at(place: str) -> Callable[..., Any]:
    """The function that `address` told of."""
    module, _, name = place.partition(":")
    found: Callable[..., Any] = getattr(import_module(module), name)
    return found


@cache
def _installed(library: str) -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return f"{library} {version(library)}" if library else ""
    except PackageNotFoundError:
        return f"{library} is missing"
