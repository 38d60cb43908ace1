"""The tables of `store.sqlite` and the statements that fill them.

exchanges   every answer a model gave, under the hash of what was asked; never deleted, because it was paid for
messages    prompt messages that many exchanges share (the few-shot turns), stored once
rows        what each step made of each row in the latest attempt: kept, dropped or failed, with the reason
retries     how many times a person asked for a row's failed work to be tried again
facts       small named values about the run
"""

from __future__ import annotations

APPLICATION_ID = 0x4D494C4C  # "MILL"
SCHEMA_VERSION = 1

CREATE = """
CREATE TABLE IF NOT EXISTS exchanges (
    id INTEGER PRIMARY KEY, key TEXT NOT NULL, model TEXT NOT NULL, step TEXT NOT NULL, prompt TEXT NOT NULL,
    sampling TEXT NOT NULL, sample INTEGER NOT NULL, attempt INTEGER NOT NULL, text TEXT NOT NULL,
    thoughts TEXT NOT NULL, finish_reason TEXT NOT NULL, input_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL, estimated INTEGER NOT NULL, cost REAL NOT NULL, seconds REAL NOT NULL,
    tries INTEGER NOT NULL, error TEXT, run_attempt INTEGER NOT NULL, checksum INTEGER NOT NULL);
CREATE UNIQUE INDEX IF NOT EXISTS exchanges_key ON exchanges (key);
CREATE TABLE IF NOT EXISTS messages (key TEXT PRIMARY KEY, content TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS rows (
    id INTEGER PRIMARY KEY, step TEXT NOT NULL, key TEXT NOT NULL, status TEXT NOT NULL, reason TEXT,
    detail TEXT, fields TEXT NOT NULL, exchanges TEXT NOT NULL, from_step TEXT NOT NULL, from_key TEXT NOT NULL,
    root TEXT NOT NULL, place BLOB NOT NULL, run_attempt INTEGER NOT NULL);
CREATE UNIQUE INDEX IF NOT EXISTS rows_step_key ON rows (step, key);
CREATE TABLE IF NOT EXISTS retries (step TEXT, key TEXT, round INTEGER NOT NULL, PRIMARY KEY (step, key)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""

INDEX_ROWS = (
    "PRAGMA cache_size = -4000",
    "PRAGMA shrink_memory",
    "CREATE INDEX IF NOT EXISTS rows_key ON rows (key)",
)
"""For finding rows by key alone. Made when a run ends: kept up to date row by row, it is a quarter of the writing.
The writer is done by then, so the sort may have the memory of its cache."""

EXCHANGE_COLUMNS = (
    "key", "model", "step", "prompt", "sampling", "sample", "attempt", "text", "thoughts", "finish_reason",
    "input_tokens", "output_tokens", "estimated", "cost", "seconds", "tries", "error", "run_attempt", "checksum",
)  # fmt: skip
_BILLED = ("input_tokens", "output_tokens", "cost")
ROW_COLUMNS = (
    "step", "key", "status", "reason", "detail", "fields", "exchanges", "from_step", "from_key", "root", "place",
    "run_attempt",
)  # fmt: skip


def insert_exchanges(count: int) -> str:
    """One statement that adds `count` exchanges. A stored error gives way to an answer; an answer never does.

    What the failed call used stays counted: it was billed.
    """
    updates = ", ".join(
        f"{c} = exchanges.{c} + excluded.{c}" if c in _BILLED else f"{c} = excluded.{c}" for c in EXCHANGE_COLUMNS[1:]
    )
    return (
        f"INSERT INTO exchanges ({', '.join(EXCHANGE_COLUMNS)}) VALUES {_values(len(EXCHANGE_COLUMNS), count)} "
        f"ON CONFLICT (key) DO UPDATE SET {updates} WHERE exchanges.error IS NOT NULL"
    )


def insert_rows(count: int) -> str:
    """One statement that adds or replaces `count` rows."""
    updates = ", ".join(f"{c} = excluded.{c}" for c in ROW_COLUMNS[2:])
    return (
        f"INSERT INTO rows ({', '.join(ROW_COLUMNS)}) VALUES {_values(len(ROW_COLUMNS), count)} "
        f"ON CONFLICT (step, key) DO UPDATE SET {updates}"
    )


def _values(columns: int, count: int) -> str:
    return ", ".join([f"({', '.join('?' * columns)})"] * count)
