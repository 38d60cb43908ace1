"""Documents put together again from their pieces. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generation_functions import Row

PARAGRAPH = 2
"""Characters of white space that part two paragraphs."""


def gap_after(row: Mapping[str, Any]) -> dict[str, int]:
    """`gap`: how many characters of white space follow the piece in its document."""
    return {"gap": row["end"] - row["start"] - row.get("lead", 0) - len(row["text"])}


def document_of(row: Row) -> str:
    """The key of the document that a piece is from."""
    return row.parents[0]


def as_document(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of the dataset: the document's `text`, how many of its pieces were `mended` or `kept` as they were, and the
    `fixes`, misread words with what stands in their place."""
    pieces = row["pieces"]
    parts = [part for piece in pieces for part in (piece["clean"], "\n\n" if piece["gap"] >= PARAGRAPH else "\n")]
    kept = sum(piece["kept"] for piece in pieces)
    fixes = [fix for piece in pieces for fix in piece["fixes"]]
    return {"text": "".join(parts[:-1]), "mended": len(pieces) - kept, "kept": kept, "fixes": fixes}
