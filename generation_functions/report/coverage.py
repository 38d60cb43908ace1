"""Which documents the rows come from, and which gave none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from generation_functions.store import StoreReader

SHOWN = 10
SHOWN_EMPTY = 50
_WITHOUT_REASON = "it was read, and no row came of it"


@dataclass(frozen=True)
class Source:
    """One document: its chunks, those of them that rows came from, and its rows. Chunks are 0 where nobody counted."""

    name: str
    rows: int
    chunks: int = 0
    used: int = 0


@dataclass(frozen=True)
class Empty:
    """A document that gave no row, and why."""

    name: str
    reason: str


@dataclass(frozen=True)
class Coverage:
    """`largest` are the documents with most rows; `empty` are the first that gave nothing, of `empty_count`.

    `unnamed` counts the rows that name no source.
    """

    documents: int
    unnamed: int
    chunks: int
    chunks_used: int
    largest: tuple[Source, ...]
    empty: tuple[Empty, ...]
    empty_count: int


def coverage_of(
    rows: Mapping[str, int], *, unnamed: int = 0, met: Iterable[str] = (),
    chunks: Mapping[str, tuple[int, int]] | None = None, reasons: Mapping[str, str] | None = None,
) -> Coverage:  # fmt: skip
    """Coverage from each document's rows, its (chunks, chunks used), and for those that gave nothing the reason.

    `met` are documents that were read or tried; those that nothing else names gave no chunk.
    """
    chunks, reasons = chunks or {}, reasons or {}
    names = {*rows, *chunks, *reasons, *met}
    sources = [Source(name, rows.get(name, 0), *chunks.get(name, (0, 0))) for name in names]
    giving = sorted((s for s in sources if s.rows), key=lambda s: (-s.rows, s.name))
    # A document may have rows only as a later member of groups, which name their first member's document.
    silent = sorted(s.name for s in sources if not s.rows and not s.used)
    empty = tuple(Empty(name, reasons.get(name, _WITHOUT_REASON)) for name in silent[:SHOWN_EMPTY])
    return Coverage(
        len(names), unnamed, sum(s.chunks for s in sources), sum(s.used for s in sources),
        tuple(giving[:SHOWN]), empty, len(silent),
    )  # fmt: skip


def chunks_by_document(store: StoreReader, attempt: int) -> dict[str, tuple[int, int]]:
    """Each document's chunks, and those that a dataset's row came from, also as a member of a group."""
    found = store.query(
        "WITH used AS MATERIALIZED (SELECT root FROM rows WHERE run_attempt = ?1 AND status = 'kept' AND"
        " substr(step, 1, 8) = 'dataset:' UNION SELECT m.root FROM rows g, json_each(g.detail, '$.members') e"
        " JOIN rows m ON m.key = e.value WHERE g.run_attempt = ?1 AND g.status = 'kept' AND"
        " g.detail LIKE '{\"members\"%')"
        " SELECT d.fields ->> '$.source', COUNT(*), SUM(c.key IN used) FROM rows c JOIN rows d ON d.step = 'read'"
        " AND d.key = c.from_key WHERE c.step = 'chunk' AND c.run_attempt = ?1 GROUP BY 1",
        (attempt,),
    )
    return {str(source): (count, used) for source, count, used in found}


def reasons_by_document(store: StoreReader, attempt: int) -> dict[str, str]:
    """Why documents that were not read, or of which rows were lost, may have given nothing: the commonest loss."""
    unread = store.query(
        "SELECT fields ->> '$.source', COALESCE(reason, 'not read') FROM rows WHERE step = 'read' AND"
        " status != 'kept' AND run_attempt = ? ORDER BY place",
        (attempt,),
    )
    lost = store.query(
        "SELECT d.fields ->> '$.source', r.step || ': ' || COALESCE(r.reason, 'no reason given') FROM rows r"
        " JOIN rows c ON c.step = 'chunk' AND c.key = r.root JOIN rows d ON d.step = 'read' AND d.key = c.from_key"
        " WHERE r.status != 'kept' AND r.run_attempt = ?",
        (attempt,),
    )
    counts: dict[str, Counter[str]] = {}
    for source, reason in lost:
        counts.setdefault(str(source), Counter())[reason] += 1
    reasons = {source: _commonest(found) for source, found in counts.items()}
    return reasons | {str(source): reason for source, reason in unread}


def read_documents(store: StoreReader, attempt: int) -> set[str]:
    """The names of all documents that the run has met, read or not."""
    found = store.query(
        "SELECT DISTINCT fields ->> '$.source' FROM rows WHERE step = 'read' AND run_attempt = ?", (attempt,)
    )
    return {str(source) for (source,) in found}


def _commonest(reasons: Counter[str]) -> str:
    return min(reasons, key=lambda reason: (-reasons[reason], reason))
