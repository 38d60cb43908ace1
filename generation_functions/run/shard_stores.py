"""What the shards of a run have answered, taken into the run's own store: paid answers have one place in the end.

Shards write into `.shards/ATTEMPT-NUMBER/` of the run's folder, and a run inside the run into a folder of its name in
there. What a run that was killed left behind is taken over when it is opened again, with shards or without.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from generation_functions.models.exchange import Usage
from generation_functions.run.budget import Budget, ModelAccount
from generation_functions.run.exchanges import StepCalls
from generation_functions.run.lock import is_held
from generation_functions.run.spread import UnderWay
from generation_functions.store import Store, StoreReader

SHARDS_FOLDER = ".shards"
KNOWN_FOLDER = "known"
"""In the shards' folder: copies of the run's stores, which no process writes any more, for the shards to look into."""
STORE_FILE = "store.sqlite"
_TAKEN = "shard:"
_FLUSH_EVERY = 2_000


class ShardStores:
    """The stores that shards left for one run folder.

    folder  where shards write; `own` is the run's folder and `top` the one that has the shards, the same or above it
    calls   what shards asked in this attempt, by step
    """

    def __init__(self, store: Store, budget: Budget, folder: Path, own: Path, top: Path) -> None:
        self.folder = folder
        self.calls: dict[str, StepCalls] = {}
        self.under_way: UnderWay | None = None
        self._store = store
        self._budget = budget
        self._within = own.relative_to(top) / STORE_FILE
        self._taken: list[Path] = []

    def take_found(self, run_attempt: int, current: int) -> None:
        """Take over what is there, on opening. `current` is the attempt of the run that has the shards.

        Shards of another attempt were left by a run that was killed: their passing faults are not final.
        """
        for path in self._found():
            now = path.relative_to(self.folder).parts[0].startswith(f"{current}-")
            for exchange in self._new(path, run_attempt if now else run_attempt - 1):
                if now:  # its cost is counted since that shard ended
                    self._count(exchange)
                else:
                    self._budget.spent_usd += exchange["cost"]

    async def take(self, shard: str, run_attempt: int) -> None:
        """Take over what a shard of this attempt has answered, as if this process had asked it."""
        path = self.folder / shard / self._within
        if not path.exists():
            return
        for number, exchange in enumerate(self._new(path, run_attempt)):
            self._count(exchange)
            if number % _FLUSH_EVERY == 0:
                await self._store.flushed()
        await self._store.flushed()

    def cost_of(self, shard: str) -> float:
        """USD that a shard has paid, in its own run and those inside it, without what it was lent."""
        folder = self.folder / shard
        return sum(_paid_anew(path, self.folder / KNOWN_FOLDER / path.relative_to(folder)) for path in _stores(folder))

    def remove_taken(self) -> None:
        """Remove the shards whose answers are all on disk here; those that a run inside this one needs stay."""
        for path in self._taken:
            path.unlink(missing_ok=True)
        if not any(self.folder.glob(f"[0-9]*/**/{STORE_FILE}")):
            shutil.rmtree(self.folder, ignore_errors=True)

    def _found(self) -> Iterator[Path]:
        paths = [folder / self._within for folder in sorted(self.folder.glob("[0-9]*"))]
        return (path for path in paths if path.exists() and not is_held(path.parent))

    def _new(self, path: Path, run_attempt: int) -> Iterator[dict[str, Any]]:
        name = f"{_TAKEN}{path.relative_to(self.folder).parts[0]}"
        if self._store.fact(name) is None:
            with closing(StoreReader(path)) as reader:
                if reader.is_made:
                    yield from self._store.take_all(reader, run_attempt=run_attempt)
                    self._store.set_fact(name, str(run_attempt))
        self._taken.append(path)

    def _count(self, exchange: dict[str, Any]) -> None:
        usage = Usage(exchange["input_tokens"], exchange["output_tokens"], bool(exchange["estimated"]))
        if exchange["error"] is not None:
            self._budget.accounts.setdefault(exchange["model"], ModelAccount())
            return
        self._budget.count(exchange["model"], usage, exchange["cost"], exchange["seconds"], exchange["tries"])
        calls = self.calls.setdefault(exchange["step"], StepCalls())
        calls.calls += 1
        calls.elsewhere += 1
        calls.retries += exchange["tries"]


def _stores(folder: Path) -> Iterator[Path]:
    return folder.rglob(STORE_FILE)


def _paid_anew(path: Path, known: Path) -> float:
    lent = _paid(known) if known.exists() else {}
    return sum(cost for key, cost in _paid(path).items() if key not in lent)


def _paid(path: Path) -> dict[str, float]:
    with closing(StoreReader(path)) as reader:
        return reader.paid() if reader.is_made else {}


def copy_known(top: Path, shards: Path) -> Path:
    """Copy a run's stores, and those of runs inside it, to where its shards look for answers; gives that folder.

    A copy is written once and only read afterwards, so that it may lie on a disk that several machines share.
    """
    known = shards / KNOWN_FOLDER
    shutil.rmtree(known, ignore_errors=True)
    known.mkdir(parents=True)
    for path in sorted(_stores(top)):
        within = path.relative_to(top)
        if any(part.startswith(".") for part in within.parts):
            continue
        copy = known / within
        copy.parent.mkdir(parents=True, exist_ok=True)
        with closing(StoreReader(path)) as reader:
            if reader.is_made:
                reader.query("VACUUM INTO ?", (str(copy),))
    return known
