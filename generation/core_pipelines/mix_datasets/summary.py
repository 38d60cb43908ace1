"""What a mixture took from where, and why not more: a table for people, and the same figures for programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import orjson

from generation_functions.run.manifest import write_atomically

MIXTURE_FILE = "mixture.json"


@dataclass(frozen=True, slots=True)
class Taken:
    """One source's part in a mixture."""

    source: str
    format: str
    generic: bool
    rows: int
    rows_taken: int
    tokens: int
    tokens_taken: int
    why_not_more: str
    notes: tuple[str, ...]


def table(parts: Sequence[Taken]) -> list[str]:
    """A line for each source below a header, and one for them all."""
    whole = sum(part.tokens_taken for part in parts)
    header = ("source", "rows", "tokens", "of the mixture", "why not more")
    rows = [_cells(part, whole) for part in parts]
    taken = sum(part.rows_taken for part in parts)
    last = ("together", f"{taken:,}", f"{whole:,}", "", "")
    widths = [max(len(row[column]) for row in (header, *rows, last)) for column in range(len(header))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in (header, *rows, last)
    ]
    return [line.rstrip() for line in lines]


def _cells(part: Taken, whole: int) -> tuple[str, str, str, str, str]:
    share = part.tokens_taken / whole if whole else 0.0
    rows, tokens = f"{part.rows_taken:,} of {part.rows:,}", f"{part.tokens_taken:,} of {part.tokens:,}"
    return part.source, rows, tokens, f"{share:.1%}", part.why_not_more


def write_summary(folder: Path, parts: Sequence[Taken]) -> Path:
    """Write `mixture.json`, and give its path. Raises `StoreError`."""
    path = folder / MIXTURE_FILE
    found = {"sources": [asdict(part) for part in parts]}
    write_atomically(path, orjson.dumps(found, option=orjson.OPT_INDENT_2) + b"\n")
    return path
