"""Documents: an input folder as texts, with a reason for everything that is not one.

The readers load on first use, so that a process that only cuts texts starts without them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from generation_functions.documents.document import Document, Limits, Reader, Skip

if TYPE_CHECKING:
    from generation_functions.documents.folder import read_documents
    from generation_functions.documents.readers import READERS

__all__ = ["READERS", "Document", "Limits", "Reader", "Skip", "read_documents"]

_LATE = {"READERS": "readers", "read_documents": "folder"}


def __getattr__(name: str) -> Any:
    if name not in _LATE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_LATE[name]}"), name)
