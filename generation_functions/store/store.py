"""The run's memory: every exchange with a model, and what each step made of each row.

A store is written by one process and may be read by others meanwhile. Exchanges are kept for good; rows describe the
latest attempt. An exchange is on disk before the row that asked for it goes on.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any
from zlib import crc32

import orjson

from generation_functions.errors import StoreDamaged, StoreError
from generation_functions.models.exchange import Completion, Messages, Request, Usage
from generation_functions.rows import Json, Place, canonical_json, content_key
from generation_functions.store.key_filter import KeyFilter
from generation_functions.store.opening import connect, prepare
from generation_functions.store.places import encode_place
from generation_functions.store.schema import EXCHANGE_COLUMNS, INDEX_ROWS
from generation_functions.store.writer import GroupCommit

KEPT, DROPPED, FAILED = "kept", "dropped", "failed"


_CHECK_DISK = "Check the disk: free some space, or check rights; then run the same command again."


@dataclass(frozen=True, slots=True)
class Answer:
    """A stored answer, or the stored reason why there is none (`error`)."""

    completion: Completion
    cost: float
    error: str | None
    run_attempt: int


@dataclass(frozen=True, slots=True)
class RowRecord:
    """What one step made of one row.

    `fields` holds only what the step added; `from_step` and `from_key` say which row it was made from. `detail` holds
    what explains the outcome: votes, failed tries.
    """

    step: str
    key: str
    status: str
    reason: str | None
    detail: Json
    fields: dict[str, Json]
    exchanges: tuple[str, ...]
    from_step: str
    from_key: str
    root: str
    place: Place = ()


class StoreReader:
    """Read-only access to a run's store, also while the run goes on. Raises `StoreError` where there is none."""

    def __init__(self, path: Path) -> None:
        self.path = path
        if not path.exists():
            raise StoreError(f"there is no store at {path}", hint="Is this the output_dir of a run?")
        try:
            self._reading = connect(path, writing=False)
        except sqlite3.Error as exc:
            raise StoreError(f"{path} cannot be read: {exc}") from exc

    def query(self, statement: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run one SELECT and fetch all of it. Raises `StoreDamaged`, `StoreError`."""
        try:
            return self._reading.execute(statement, parameters).fetchall()
        except sqlite3.OperationalError as exc:
            raise StoreError(f"{self.path} cannot be read: {exc}", hint=_CHECK_DISK) from exc
        except sqlite3.DatabaseError as exc:
            raise StoreDamaged(f"{self.path} is damaged: {exc}", path=self.path) from exc

    @property
    def is_made(self) -> bool:
        """Whether it has its tables. One whose process ended while it made them has not, and nothing was paid there."""
        ((version,),) = self.query("PRAGMA user_version")
        return bool(version)

    def stream(self, statement: str, parameters: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
        """Run one SELECT on a connection of its own and give its rows as they come."""
        connection = connect(self.path, writing=False)
        try:
            yield from connection.execute(statement, parameters)
        except sqlite3.DatabaseError as exc:
            raise StoreDamaged(f"{self.path} is damaged: {exc}", path=self.path) from exc
        finally:
            connection.close()

    def answer(self, key: str) -> Answer | None:
        """The stored answer to a request, by the request's key. Raises `StoreDamaged` when its checksum is off."""
        found = self.query(
            "SELECT text, thoughts, finish_reason, input_tokens, output_tokens, estimated, seconds, tries, cost, error,"
            " run_attempt, checksum FROM exchanges WHERE key = ?",
            (key,),
        )
        if not found:
            return None
        text, thoughts, finish, tokens_in, tokens_out, estimated, seconds, tries, cost, error, attempt, checksum = (
            found[0]
        )
        if _checksum(text, thoughts) != checksum:
            raise StoreDamaged(
                f"the stored answer {key} in {self.path} is not what was written",
                hint="Restore store.sqlite from a copy, or start over with --fresh.",
                path=self.path,
            )
        usage = Usage(tokens_in, tokens_out, bool(estimated))
        return Answer(Completion(text, thoughts, finish, usage, seconds, tries), cost, error, attempt)

    def exchange(self, key: str) -> dict[str, Json] | None:
        """One exchange whole, with the prompt as it was sent, for people to read."""
        found = self.query(
            "SELECT model, step, prompt, sampling, sample, attempt, text, thoughts, finish_reason, input_tokens,"
            " output_tokens, estimated, cost, seconds, tries, error FROM exchanges WHERE key = ?",
            (key,),
        )
        if not found:
            return None
        names = ("model", "step", "prompt", "sampling", "sample", "attempt", "text", "thoughts", "finish_reason",
                 "input_tokens", "output_tokens", "estimated", "cost", "seconds", "tries", "error")  # fmt: skip
        exchange = dict(zip(names, found[0], strict=True))
        exchange["prompt"] = self._expanded(orjson.loads(exchange["prompt"]))
        exchange["sampling"] = orjson.loads(exchange["sampling"])
        exchange["estimated"] = bool(exchange["estimated"])
        return {"key": key, **exchange}

    def _expanded(self, prompt: Json) -> Json:
        if isinstance(prompt, str):
            return prompt
        return [self._shared_message(m["shared"]) if "shared" in m else m for m in prompt]

    def _shared_message(self, key: str) -> Json:
        found = self.query("SELECT content FROM messages WHERE key = ?", (key,))
        return orjson.loads(found[0][0]) if found else {"role": "?", "content": "?"}

    def retries(self) -> dict[tuple[str, str], int]:
        """How often each `(step, key)` was asked to be tried again."""
        return {(step, key): count for step, key, count in self.query("SELECT step, key, round FROM retries")}

    def paid(self) -> dict[str, float]:
        """USD of each exchange that cost something, by its key."""
        return dict(self.query("SELECT key, cost FROM exchanges WHERE cost > 0"))

    def fact(self, name: str) -> str | None:
        """A named value, or None."""
        found = self.query("SELECT value FROM facts WHERE name = ?", (name,))
        return found[0][0] if found else None

    def spent(self) -> float:
        """USD paid for all the answers in the store."""
        return float(self.query("SELECT COALESCE(SUM(cost), 0) FROM exchanges")[0][0])

    def close(self) -> None:
        """Give back the reading connection."""
        self._reading.close()


class Store(StoreReader):
    """The one writer of a run's store.

    clean   whether the last writer closed it; otherwise it is checked
    writer  makes what commits, from what makes its connection
    """

    def __init__(
        self,
        path: Path,
        *,
        clean: bool = False,
        writer: Callable[[Callable[[], sqlite3.Connection]], GroupCommit] = GroupCommit,
    ) -> None:
        prepare(path, clean=clean)
        super().__init__(path)
        self._writer = writer(lambda: connect(path, writing=True))
        self._sharing: dict[int, tuple[Json, str]] = {}
        self._shared_keys: set[str] = set()
        self._asked: KeyFilter | None = None

    def __enter__(self) -> Store:
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    @property
    def commits(self) -> int:
        """Commits made so far."""
        return self._writer.commits

    def answer(self, key: str) -> Answer | None:
        """The stored answer to a request. One that was surely never stored costs no look into the database."""
        return super().answer(key) if key in self._keys() else None

    def _keys(self) -> KeyFilter:
        if self._asked is None:
            self._asked = KeyFilter()
            for (key,) in self.query("SELECT key FROM exchanges"):
                self._asked.add(key)
        return self._asked

    def share(self, messages: Messages) -> None:
        """Store messages that many prompts hold (the same objects, by identity) once instead of in every exchange."""
        for message in messages:
            if id(message) in self._sharing:
                continue
            key = content_key(message)
            self._sharing[id(message)] = (message, f'{{"shared":"{key}"}}')
            if key not in self._shared_keys:
                self._shared_keys.add(key)
                self._writer.execute("INSERT OR IGNORE INTO messages VALUES (?, ?)", (key, _json(message)))

    def add_answer(
        self, key: str, request: Request, completion: Completion, *, model: str, step: str, cost: float,
        run_attempt: int, error: str | None = None,
    ) -> asyncio.Future[None]:  # fmt: skip
        """Store an exchange. The future resolves when it is on disk; only then may its row go on."""
        usage = completion.usage
        self._keys().add(key)
        return self._writer.add_exchange(
            (key, model, step, self._prompt_json(request.prompt), _json(request.sampling), request.sample,
             request.attempt, completion.text, completion.thoughts, completion.finish_reason, usage.input_tokens,
             usage.output_tokens, int(usage.estimated), cost, completion.seconds, completion.retries, error,
             run_attempt, _checksum(completion.text, completion.thoughts))
        )  # fmt: skip

    def _prompt_json(self, prompt: Messages | str) -> str:
        if isinstance(prompt, str):
            return _json(prompt)
        parts = [
            shared[1] if (shared := self._sharing.get(id(message))) is not None else _json(message)
            for message in prompt
        ]
        return f"[{','.join(parts)}]"

    def take_over(self, other: StoreReader, keys: Iterable[str]) -> None:
        """Copy exchanges from another store, with the messages they share."""
        for record in other.query("SELECT key, content FROM messages"):
            self._writer.execute("INSERT OR IGNORE INTO messages VALUES (?, ?)", record)
        for key in keys:
            for record in other.query(f"SELECT {', '.join(EXCHANGE_COLUMNS)} FROM exchanges WHERE key = ?", (key,)):
                self._writer.add_exchange(record)
                self._keys().add(key)

    def take_all(self, other: StoreReader, *, run_attempt: int) -> Iterator[dict[str, Any]]:
        """Copy every exchange that this store lacks, with the messages they share, as if this attempt had made them.

        Gives each that was copied, by its columns. An answer takes the place of a fault that is stored here.
        """
        for record in other.query("SELECT key, content FROM messages"):
            self._writer.execute("INSERT OR IGNORE INTO messages VALUES (?, ?)", record)
        for record in other.stream(f"SELECT {', '.join(EXCHANGE_COLUMNS)} FROM exchanges ORDER BY id"):
            exchange = {**dict(zip(EXCHANGE_COLUMNS, record, strict=True)), "run_attempt": run_attempt}
            known = self.answer(exchange["key"])
            if known is not None and (known.error is None or _is_copy(known, exchange)):
                continue
            self._writer.add_exchange(tuple(exchange.values()))
            self._keys().add(exchange["key"])
            yield exchange

    def add_row(self, record: RowRecord, *, run_attempt: int) -> None:
        """Store what a step made of a row. It reaches the disk with the next commit; it can always be made again."""
        self._writer.add_row(
            (record.step, record.key, record.status, record.reason,
             None if record.detail is None else _json(record.detail), _json(record.fields),
             ",".join(record.exchanges), record.from_step, record.from_key, record.root, encode_place(record.place),
             run_attempt)
        )  # fmt: skip

    def set_fact(self, name: str, value: str) -> None:
        """Store a named value."""
        self._writer.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))

    def ask_again(self, step: str, key: str) -> None:
        """Grant a row's step another round of tries."""
        self._writer.execute(
            "INSERT INTO retries VALUES (?, ?, 1) ON CONFLICT (step, key) DO UPDATE SET round = round + 1", (step, key)
        )

    def forget_rows_before(self, run_attempt: int) -> None:
        """Delete rows that the given attempt did not make. Their exchanges stay."""
        self._writer.execute("DELETE FROM rows WHERE run_attempt < ?", (run_attempt,))

    def index_rows(self) -> None:
        """Have rows found quickly by their keys, once all are there."""
        for statement in INDEX_ROWS:
            self._writer.execute(statement)

    def hurry(self) -> None:
        """Have what is queued written soon, for whoever looks on."""
        self._writer.hurry()

    def room(self) -> asyncio.Future[None] | None:
        """What is to be waited for before more rows are made, where so many wait for the disk that they fill memory."""
        return self._writer.room()

    def flushed(self) -> asyncio.Future[None]:
        """A future that resolves when everything added so far is on disk."""
        return self._writer.flushed()

    def close(self) -> None:
        """Write what is queued, fold the log into the database, and give back both connections."""
        super().close()  # first: the last connection to close folds the log in, and a reading one cannot
        self._writer.close()


def _is_copy(known: Answer, exchange: dict[str, Any]) -> bool:
    """Whether a fault is the stored one once more, so that what it cost would be counted twice."""
    return known.error == exchange["error"] and bool(exchange["input_tokens"] or exchange["output_tokens"])


def _json(value: Json) -> str:
    return canonical_json(value).decode()


def _checksum(text: str, thoughts: str) -> int:
    return crc32(thoughts.encode("utf-8", "replace"), crc32(text.encode("utf-8", "replace")))
