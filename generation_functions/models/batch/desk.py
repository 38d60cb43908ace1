"""What the batch clients of one run folder share: the journal, who waits for which answer, and the run to tell."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol

from generation_functions.errors import EndpointError, RequestRefused, StoreError
from generation_functions.models.batch.gathering import Waiting
from generation_functions.models.batch.journal import JOURNAL_FILE, MADE, OPEN, SENDING, Batch, BatchJournal
from generation_functions.models.exchange import Completion, Request
from generation_functions.models.model import Model

_SPOOL: Final = ".batches"


class Keeper(Protocol):
    """The run that batches belong to: it keeps their answers, and hears what becomes of them."""

    def find(self, key: str) -> Completion | RequestRefused | None:
        """The stored answer to a request, or the stored refusal, if it has one."""
        ...

    def keep(self, key: str, model: Model, request: Request, completion: Completion, error: str | None = None) -> None:
        """Store an answer, or the reason why there is none, and count what it cost."""
        ...

    def refusal(self, error: EndpointError) -> str:
        """An error in the words that are stored."""
        ...

    def kept(self) -> asyncio.Future[None]:
        """A future that resolves when all that was kept is on disk."""
        ...

    def interrupted(self) -> bool:
        """Whether a person has stopped the run: nothing more is submitted or waited for."""
        ...

    def tell(self, event: str, message: str, **facts: Any) -> None:
        """Put something that happened on record."""
        ...


@dataclass
class BatchDesk:
    """Opened lazily: a run that asks no batch model has no journal.

    waiting   by key, the requests that somebody in this process waits for.
    claimed   names of the batches that a client of this process looks after.
    standing  by name, how many requests of an open batch the endpoint had answered at the last look.
    """

    folder: Path
    keeper: Keeper
    waiting: dict[str, Waiting] = field(default_factory=dict)
    claimed: set[str] = field(default_factory=set)
    standing: dict[str, int] = field(default_factory=dict)
    _journal: BatchJournal | None = None

    @property
    def journal(self) -> BatchJournal:
        """The folder's journal. Raises `StoreDamaged`, `StoreError`."""
        if self._journal is None:
            self._journal = BatchJournal(self.folder / JOURNAL_FILE)
            for batch in self._journal.batches(MADE):
                self._journal.forget(batch.name)
            for left in self.folder.glob(f"{_SPOOL}/*.jsonl"):
                left.unlink()
        return self._journal

    def left_open(self) -> list[Batch]:
        """Batches that were sent and are not settled."""
        if self._journal is None and not (self.folder / JOURNAL_FILE).exists():
            return []
        return self.journal.batches(SENDING, OPEN)

    def claim(self, base_url: str) -> list[Batch]:
        """The open batches at an address that no client looks after yet; they are the caller's from now on."""
        mine = [batch for batch in self.left_open() if batch.base_url == base_url and batch.name not in self.claimed]
        self.claimed.update(batch.name for batch in mine)
        return mine

    def is_asked(self, key: str) -> bool:
        """Whether a batch that somebody looks after asks this already."""
        return any(name in self.claimed for name in self.journal.batches_of(key))

    def add(self, batch: Batch, requests: Iterable[Waiting]) -> None:
        """Remember a batch before it is sent."""
        self.journal.add(batch, [(waiting.key, waiting.request) for waiting in requests])
        self.claimed.add(batch.name)

    def forget(self, batch: Batch) -> None:
        """Drop a batch that the endpoint never got."""
        self.journal.forget(batch.name)
        self.claimed.discard(batch.name)

    def spool(self, name: str) -> Path:
        """Where a file on its way to or from the endpoint lies."""
        folder = self.folder / _SPOOL
        folder.mkdir(exist_ok=True)
        return folder / f"{name}.jsonl"

    def as_json(self) -> list[dict[str, Any]]:
        """The open batches, for `run.json`."""
        if self._journal is None:
            return []
        return [
            {"id": batch.batch_id, "model": batch.model.name, "requests": batch.count,
             "answered": self.standing.get(batch.name, 0), "since": batch.at}
            for batch in self._journal.batches(SENDING, OPEN)
        ]  # fmt: skip

    def close(self) -> None:
        """Tell of batches that nobody looked after, and close the journal."""
        try:
            alone = {batch.base_url for batch in self.left_open() if batch.name not in self.claimed}
        except StoreError as exc:  # whoever needed the journal has raised it already
            self.keeper.tell("batches_unknown", exc.message)
            alone = set()
        for base_url in sorted(alone):
            self.keeper.tell(
                "batches_left", f"batches at {base_url} are open, and no model of this run has that address with"
                " provider openai-batch: their answers are not collected", base_url=base_url,
            )  # fmt: skip
        if self._journal is not None:
            self._journal.close()
            self._journal = None
        spool = self.folder / _SPOOL
        if spool.exists() and not any(spool.iterdir()):
            spool.rmdir()
