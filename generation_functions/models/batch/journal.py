"""What a run knows of its batches: `batches.sqlite`, written before anything is sent, so that a crash forgets no batch.

    made ──the file is uploaded──▶ sending ──the endpoint gave an id──▶ open ──collected──▶ settled
      └─a crash: nothing was asked,   └─a crash: the endpoint's own list
        so it is forgotten              tells whether the batch is there

A batch's requests stay in the journal until it is settled: they tell what an answer belongs to, also when nobody asks
for it any more.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import orjson

from generation_functions.errors import StoreDamaged, StoreError
from generation_functions.models.exchange import Request
from generation_functions.models.model import Model, ModelSpec
from generation_functions.rows import canonical_json

JOURNAL_FILE: Final = "batches.sqlite"
MADE, SENDING, OPEN, SETTLED = "made", "sending", "open", "settled"
_VERSION: Final = 1
_CREATE: Final = """
CREATE TABLE batches (
    name TEXT PRIMARY KEY, base_url TEXT NOT NULL, model TEXT NOT NULL, spec TEXT NOT NULL, count INTEGER NOT NULL,
    state TEXT NOT NULL, at REAL NOT NULL, file_id TEXT NOT NULL, batch_id TEXT NOT NULL, answered INTEGER NOT NULL,
    outcome TEXT NOT NULL);
CREATE TABLE requests (
    key TEXT NOT NULL, batch TEXT NOT NULL, step TEXT NOT NULL, prompt TEXT NOT NULL, sampling TEXT NOT NULL,
    sample INTEGER NOT NULL, attempt INTEGER NOT NULL);
CREATE INDEX requests_key ON requests (key);
CREATE INDEX requests_batch ON requests (batch);
"""
_COLUMNS: Final = "name, base_url, model, spec, count, state, at, file_id, batch_id, answered, outcome"


@dataclass(frozen=True, slots=True)
class Batch:
    """One batch, as the journal knows it.

    name       made here and sent along, so that the endpoint's list of batches tells whether it arrived.
    model      whom it asks, with the price at the time; `base_url` is where.
    count      requests in it. `answered` is set once it is settled.
    at         Unix time of its last change of state.
    file_id, batch_id   what the endpoint calls its file and itself; empty while unknown.
    """

    name: str
    base_url: str
    model: Model
    count: int
    state: str = MADE
    at: float = 0.0
    file_id: str = ""
    batch_id: str = ""
    answered: int = 0
    outcome: str = ""


class BatchJournal:
    """The batches of one run folder. Every change is on disk when its method returns. Safe from any thread.

    Raises `StoreDamaged`, `StoreError`.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        with self._explained():
            self._writing = self._connect()
            self._create()
            self._reading = self._connect()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        return connection

    def _create(self) -> None:
        (version,) = self._writing.execute("PRAGMA user_version").fetchone()
        if version == 0:
            self._writing.execute("PRAGMA auto_vacuum = INCREMENTAL")
            self._writing.executescript(f"BEGIN; {_CREATE} PRAGMA user_version = {_VERSION}; COMMIT;")
        elif version > _VERSION:
            raise StoreError(f"{self.path} was written by a newer Millrace", hint="Update Millrace.")

    def add(self, batch: Batch, requests: Iterable[tuple[str, Request]]) -> None:
        """Remember a batch and its requests, with their keys."""
        records = [
            (key, batch.name, asked.step, _json(asked.prompt), _json(asked.sampling), asked.sample, asked.attempt)
            for key, asked in requests
        ]
        spec = batch.model.spec
        kept = spec.model_dump_json(include={"provider", "model", "mode", "price"})
        with self._changing() as connection:
            connection.execute(
                f"INSERT INTO batches ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (batch.name, batch.base_url, batch.model.name, kept, batch.count, batch.state, batch.at, batch.file_id,
                 batch.batch_id, batch.answered, batch.outcome),
            )  # fmt: skip
            connection.executemany("INSERT INTO requests VALUES (?, ?, ?, ?, ?, ?, ?)", records)

    def sending(self, name: str, file_id: str, at: float) -> None:
        """Remember that the endpoint is about to be told: from now on the batch may exist."""
        self._advance(name, SENDING, at, file_id=file_id)

    def opened(self, name: str, batch_id: str, at: float) -> None:
        """Remember what the endpoint calls the batch."""
        self._advance(name, OPEN, at, batch_id=batch_id)

    def _advance(self, name: str, state: str, at: float, **facts: str) -> None:
        changes = "".join(f", {fact} = ?" for fact in facts)
        with self._changing() as connection:
            connection.execute(
                f"UPDATE batches SET state = ?, at = ?{changes} WHERE name = ?", (state, at, *facts.values(), name)
            )

    def settle(self, name: str, *, outcome: str, answered: int, at: float) -> None:
        """Remember that nothing more will come of a batch; its requests go."""
        with self._changing() as connection:
            connection.execute(
                "UPDATE batches SET state = ?, at = ?, outcome = ?, answered = ? WHERE name = ?",
                (SETTLED, at, outcome, answered, name),
            )
            connection.execute("DELETE FROM requests WHERE batch = ?", (name,))
        self._give_back_space()

    def forget(self, name: str) -> None:
        """Drop a batch that the endpoint never got."""
        with self._changing() as connection:
            connection.execute("DELETE FROM requests WHERE batch = ?", (name,))
            connection.execute("DELETE FROM batches WHERE name = ?", (name,))
        self._give_back_space()

    def batches(self, *states: str) -> list[Batch]:
        """The batches in these states, oldest first."""
        marks = ", ".join("?" * len(states))
        found = self._fetch(f"SELECT {_COLUMNS} FROM batches WHERE state IN ({marks}) ORDER BY at, name", states)
        return [
            Batch(name, base_url, Model(model, ModelSpec.model_validate_json(spec)), *rest)
            for name, base_url, model, spec, *rest in found
        ]

    def batches_of(self, key: str) -> list[str]:
        """The names of the unsettled batches that ask a request, by its key."""
        return [name for (name,) in self._fetch("SELECT batch FROM requests WHERE key = ?", (key,))]

    def keys(self, name: str) -> list[str]:
        """The keys of a batch's requests, in the order of its file."""
        return [key for (key,) in self._fetch("SELECT key FROM requests WHERE batch = ? ORDER BY rowid", (name,))]

    def request(self, name: str, key: str) -> Request:
        """A batch's request. Raises `StoreDamaged` where it is not there."""
        found = self._fetch(
            "SELECT prompt, sampling, sample, attempt, step FROM requests WHERE batch = ? AND key = ?", (name, key)
        )
        if not found:
            raise StoreDamaged(f"{self.path} lacks request {key} of batch {name}", hint=_HINT)
        prompt, sampling, sample, attempt, step = found[0]
        return Request(orjson.loads(prompt), orjson.loads(sampling), sample, attempt, step=step)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._reading.close()
            self._writing.close()

    def _fetch(self, statement: str, parameters: tuple[str, ...]) -> list[tuple]:  # type: ignore[type-arg]
        with self._explained():
            return self._reading.execute(statement, parameters).fetchall()

    @contextmanager
    def _changing(self) -> Iterator[sqlite3.Connection]:
        with self._lock, self._explained():
            self._writing.execute("BEGIN IMMEDIATE")
            try:
                yield self._writing
            except BaseException:
                self._writing.execute("ROLLBACK")
                raise
            self._writing.execute("COMMIT")

    def _give_back_space(self) -> None:
        with self._lock, self._explained():
            self._writing.execute("PRAGMA incremental_vacuum").fetchall()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as exc:
            raise StoreError(
                f"{self.path} cannot be read or written: {exc}",
                hint="Mend the cause, then run the same command again: no batch is forgotten.",
            ) from exc
        except sqlite3.DatabaseError as exc:
            raise StoreDamaged(f"{self.path} is damaged: {exc}", hint=_HINT) from exc


_HINT: Final = (
    "Put a good copy back. Or move it away: what its batches ask is then asked, and paid, again where it is needed."
)


def _json(value: object) -> str:
    return canonical_json(value).decode()
