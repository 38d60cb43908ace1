"""Where a chunk stands, in words that a prompt can show: its file's name and the headings above it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any


def with_title(row: Mapping[str, Any]) -> dict[str, str]:
    """`title`: the name of the row's file and the headings above it, as in `tea › Trade › The tea bag`."""
    name = PurePosixPath(row.get("source") or "document").stem
    return {"title": " › ".join([name, *row.get("headings", ())])}
