"""The output folder of a run: its lock, store, events, log, manifest, counts and money, opened and closed together."""

from __future__ import annotations

import importlib.metadata
import platform
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import lru_cache
from heapq import nsmallest
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generation_functions.errors import StoreDamaged, StoreError
from generation_functions.models.batch.journal import JOURNAL_FILE
from generation_functions.rows import Json, Place, Row, content_key
from generation_functions.run.account import coverage, model_totals
from generation_functions.run.budget import Budget
from generation_functions.run.counts import StageCounts
from generation_functions.run.ending import Ending, ending_of
from generation_functions.run.events import Events
from generation_functions.run.exchanges import Exchanges
from generation_functions.run.lock import FolderLock
from generation_functions.run.manifest import (
    CAME_TO_ITS_END,
    ENDED,
    clear_unfinished,
    read_manifest,
    write_atomically,
    write_manifest,
)
from generation_functions.run.runlog import RunLog
from generation_functions.run.shard import Shard
from generation_functions.run.shard_stores import SHARDS_FOLDER, ShardStores, set_shards_aside
from generation_functions.run.surroundings import Surroundings
from generation_functions.run.written import DATASETS_FOLDER, Dataset, write_card
from generation_functions.steps.outcome import Outcome
from generation_functions.store import FAILED, KEPT, RowRecord, StoreReader
from generation_functions.store.opening import set_aside
from generation_functions.store.places import decode_place
from generation_functions.streams.flow import SOURCE_BATCH, StopSignal
from generation_functions.streams.stage import Stage

if TYPE_CHECKING:
    from generation_functions.datasets.split import Shares
    from generation_functions.models.batch.desk import BatchDesk
    from generation_functions.models.clients import ModelClients
    from generation_functions.run.spread import Spread

STORE_FILE = "store.sqlite"
CONFIG_FILE = "config.yaml"
PREVIEW_FOLDER = ".preview"


def _nothing() -> None:
    pass


def _unchanged(text: str) -> str:
    return text


@dataclass(frozen=True)
class RunOptions:
    """How a run behaves, beside the pipeline's own parameters.

    pipeline          its name, for the manifest
    seed              of every random choice
    limit             most source rows; None for all
    sample            source rows drawn from those by the seed and their content; None for all
    lenders           other runs' folders whose stored answers are taken over
    ask_no_model      whether a question that no store answers fails its row instead of being asked
    budget_usd        most money over all attempts; None for no limit
    prompts           a folder of prompts that replace the pipeline's own, file by file
    max_failed_share  share of a step's rows that may fail before the run counts as partial
    held_out          shares of source documents that datasets keep for validation and for test; None for none
    fresh             set an earlier store aside and start over
    fingerprint       of the resolved config; `config_text` is that config as YAML, secrets as references
    redact            removes secrets from text on its way to a log, an event or a manifest
    shard             the part of a run's documents that this is; None for all of them
    spread            has shards asked by other processes before the first row; None for a run in this process alone
    on_progress       called about once a second with the manifest
    on_log            called with every line of the log
    surroundings      the clock, network and disk; the machine's own unless a simulation stands in
    """

    pipeline: str = ""
    seed: int = 0
    limit: int | None = None
    sample: int | None = None
    lenders: tuple[Path, ...] = ()
    ask_no_model: bool = False
    budget_usd: float | None = None
    prompts: Path | None = None
    max_failed_share: float = 0.05
    held_out: Shares | None = None
    fresh: bool = False
    fingerprint: str = ""
    config_text: str | None = None
    redact: Callable[[str], str] = _unchanged
    on_progress: Callable[[dict[str, Any]], None] | None = None
    on_log: Callable[[str], None] | None = None
    shard: Shard | None = None
    spread: Spread | None = None
    heartbeat_s: float = 1.0
    surroundings: Surroundings = field(default_factory=Surroundings)

    def for_child(self, name: str) -> RunOptions:
        """A child run's options: the same, but it has no config of its own and starts over only with its parent.

        Prompts that replace a child's stand in a folder of its name, since two pipelines may have one of the same name;
        of `book/questions` and `letters/questions`, in the folder `questions` that both have in common.
        """
        prompts = None if self.prompts is None else self.prompts / Path(name).name
        return replace(self, pipeline=name, prompts=prompts, config_text=None, on_progress=None, lenders=())


class RunFolder:
    """One open output folder. Raises `RunLocked`, `StoreError`, `StoreDamaged`."""

    def __init__(
        self, path: Path, options: RunOptions, clients: ModelClients | None, *, parent: RunFolder | None = None
    ) -> None:
        self.path = path
        self.options = options
        self.prompts: dict[str, str] = {}
        self.limited_by: int | None = None
        self.ending: Ending | None = None
        self.top: RunFolder = parent.top if parent is not None else self
        self.inside: list[RunFolder] = []
        self.lenders = _lenders(path, options, parent)
        self.stop: StopSignal = parent.stop if parent is not None else StopSignal()
        self.budget: Budget = parent.budget if parent is not None else Budget(options.budget_usd)
        self._counts: dict[Stage, StageCounts] = {}
        self._clock = options.surroundings.clock
        self.started = self._clock()
        self.width = 0
        self.on_success: Callable[[], None] = _nothing
        self.made: set[Path] = set()
        self._make()
        self._lock = FolderLock(path)
        self._lock.acquire()
        self._to_close, self._kept_to_the_end = ExitStack(), ExitStack()
        self._kept_to_the_end.callback(self._lock.release)
        try:
            self._open(clients)
        except BaseException:
            with self._kept_to_the_end, suppress(StoreError):  # the first error says what is wrong
                self._to_close.close()
            raise
        if parent is not None:
            self.top.inside.append(self)

    def _make(self) -> None:
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as exc:
            raise StoreError(f"{self.path} cannot be made: {exc.strerror}", hint="Choose another output_dir.") from exc

    def _open(self, clients: ModelClients | None) -> None:
        for folder in (self.path, self.path / DATASETS_FOLDER):
            clear_unfinished(folder)
        before = self._before()
        if self.options.fresh:
            _set_aside_for_fresh_start(self.path)
            set_shards_aside(self.path)
        clean = before.get("status") in ENDED
        self.store = self.options.surroundings.open_store(self.path / STORE_FILE, clean=clean)
        self._to_close.callback(self.store.close)
        self.run_attempt = int(self.store.fact("run_attempt") or 0) + 1
        self.store.set_fact("run_attempt", str(self.run_attempt))
        borrowed = self._borrowed()
        for reader in borrowed:
            self._to_close.callback(reader.close)
        self.retries = {key: rounds for store in (*borrowed, self.store) for key, rounds in store.retries().items()}
        self.budget.spent_usd += self.store.spent() + sum(map(self._owed_to, borrowed))
        if self.options.shard is not None and self.budget.limit_usd is not None:
            self.budget.limit_usd += sum(reader.spent() for reader in borrowed)  # a shard's share is for its own calls
        self.shards = ShardStores(self.store, self.budget, self.top.path / SHARDS_FOLDER, self.path, self.top.path)
        self.shards.take_found(self.run_attempt, self.top.run_attempt)
        self._goes_on = bool(before) and before.get("status") not in CAME_TO_ITS_END and not self.options.fresh
        ended_alike = before.get("status") in CAME_TO_ITS_END and before.get("fingerprint") == self.options.fingerprint
        assert clients is not None
        self.exchanges = Exchanges(
            self.store, clients, self.budget, self.stop, self.run_attempt,
            replay_transient=ended_alike and not self.options.fresh, borrowed=borrowed,
            ask_no_model=self.options.ask_no_model, steps=self.shards.calls, lent_faults=self.options.shard,
        )  # fmt: skip
        self.exchanges.batches = self._batches()
        self.events = Events(self.path, redact=self.options.redact, clock=self._clock)
        self._kept_to_the_end.callback(self.events.close)
        self._log = RunLog(self.path, redact=self.options.redact, echo=self.options.on_log, clock=self._clock)
        self._kept_to_the_end.callback(self._log.close)
        if self.exchanges.batches is not None:
            self._to_close.callback(self.exchanges.batches.close)
        if self.options.config_text is not None:
            write_atomically(self.path / CONFIG_FILE, self.options.config_text.encode())
        write_manifest(self.path, self.manifest("running"))
        self.events.emit("run_started", pipeline=self.options.pipeline, attempt=self.run_attempt)
        self._log.write(f"attempt {self.run_attempt} of {self.options.pipeline or 'a pipeline'} begins")

    def _before(self) -> dict[str, Any]:
        try:
            return read_manifest(self.path) | ({"status": "crashed"} if self._was_running() else {})
        except StoreError:
            return {}

    def _was_running(self) -> bool:
        # The lock is ours by now, so `read_manifest` takes the attempt before for a living one.
        return read_manifest(self.path)["status"] in ("running", "cancelling")

    def _borrowed(self) -> tuple[StoreReader, ...]:
        paths = [] if self.options.fresh else [folder / STORE_FILE for folder in self.lenders]
        return tuple(StoreReader(path) for path in paths if path.exists())

    def _owed_to(self, lender: StoreReader) -> float:
        """USD already paid for a lender's answers, beyond what is in this store. A preview's become this run's own."""
        paid, own = lender.paid(), self.store.paid()
        new = {key: cost for key, cost in paid.items() if key not in own}
        if lender.path.parent == self.path / PREVIEW_FOLDER:
            self.store.take_over(lender, new)
        return sum(new.values())

    def _batches(self) -> BatchDesk | None:
        # Who tries a few rows does not want to wait a day for them.
        if PREVIEW_FOLDER in self.path.parts:
            return None
        from generation_functions.run.batches import batch_desk

        return batch_desk(self)

    async def take_shard(self, shard: str) -> float:
        """Take over what a shard of this attempt has answered, here and in the runs inside this one that are open.

        Gives the USD that it has paid.
        """
        paid = self.shards.cost_of(shard)
        self.budget.spent_usd += paid
        for run in (self, *self.inside):
            await run.shards.take(shard, run.run_attempt)
        return paid

    # Rows

    def begin(self, stage: Stage) -> None:
        """Start counting a stage's rows anew: a stream that is run twice is counted once."""
        self._counts[stage] = StageCounts()

    def count_as(self, stage: Stage) -> None:
        """Count a stage that is made anew for each row under the first of its name."""
        if all(known.name != stage.name for known in self._counts):
            self.begin(stage)

    def record(self, stage: Stage, row: Row, outcome: Outcome, exchanges: Sequence[str] = ()) -> None:
        """Put on record what a stage made of a row."""
        counts = self._counts.get(stage)
        if counts is None:
            counts = next(counts for known, counts in self._counts.items() if known.name == stage.name)
        counts.add(outcome.status, 0 if outcome.joined else len(outcome.rows), outcome.reason, outcome.hint)
        asked = tuple(exchanges)
        if outcome.status != KEPT:
            self._add(stage, row, outcome, row, outcome.fields, asked)
            return
        for made, fields in outcome.rows:
            self._add(stage, row, outcome, made, fields, asked)

    def _add(
        self, stage: Stage, row: Row, outcome: Outcome, made: Row, fields: Any, exchanges: tuple[str, ...]
    ) -> None:  # fmt: skip
        self.store.add_row(
            RowRecord(stage.name, made.key, outcome.status, outcome.reason, outcome.detail, fields, exchanges,
                      stage.came_from, row.key, made.root, made.place),
            run_attempt=self.run_attempt,
        )  # fmt: skip
        if outcome.status == FAILED:
            self.events.emit("row_failed", step=stage.name, key=made.key, reason=outcome.reason)

    def why_lost(self, step: str) -> str:
        """The reasons why rows of a step are lost, in one line."""
        found = [counts for stage, counts in self._counts.items() if stage.name == step]
        reasons = [reason for counts in found for reason in (*counts.failures.counts, *counts.reasons)]
        return "; ".join(reasons) or "no reason was recorded"

    def frontier(self, stage: str) -> Place | None:
        """About how far the attempt before had got through its source, where it did not come to its end.

        It is the place of a row at the source's last stage, with as many rows after it as may have been under way.
        None where every row is to be gone through in order: a limit or a budget is used up in that order.
        """
        options = self.options
        if not self._goes_on or options.limit or options.sample or options.budget_usd is not None:
            return None
        found = self.store.query(
            "SELECT place FROM rows NOT INDEXED WHERE step = ? ORDER BY id DESC LIMIT 1 OFFSET ?",
            (stage, 2 * (self.width + SOURCE_BATCH)),
        )
        return decode_place(found[0][0]) if found else None

    @property
    def shard_of_files(self) -> Shard | None:
        """The shard whose documents alone are read; None where a limit counts the rows of all documents."""
        counts_all = self.options.limit is not None or self.options.sample is not None
        return None if counts_all else self.options.shard

    @contextmanager
    def asking_alone(self, stage: Stage) -> Iterator[None]:
        """While it lasts, what is asked is asked for the whole run: a shard finds it answered, or goes without."""
        before = self.exchanges.ask_no_model
        self.exchanges.ask_no_model = before or self.options.shard is not None
        try:
            yield
        finally:
            self.exchanges.ask_no_model = before

    def limited(self, source: Iterator[Row]) -> Iterator[Row]:
        """The first `limit` source rows, or a `sample` of those; remembers whether any was left out."""
        if self.options.sample is not None:
            yield from self._sampled(islice(source, self.options.limit), self.options.sample)
            return
        if self.options.limit is None:
            yield from source
            return
        yield from islice(source, self.options.limit)
        if next(source, None) is not None:
            self.limited_by = self.options.limit

    def _sampled(self, source: Iterator[Row], count: int) -> Iterator[Row]:
        ranked = ((content_key(self.options.seed, "sample", row.key), n, row) for n, row in enumerate(source))
        drawn = nsmallest(count + 1, ranked)
        if len(drawn) > count:
            self.limited_by = count
        for _, _, row in sorted(drawn[:count], key=lambda item: item[1]):
            yield row

    # State

    def counts(self) -> dict[str, StageCounts]:
        """Rows in and out of each step so far, by the step's name, in the order of the stream."""
        merged: dict[str, StageCounts] = {}
        for stage, counts in list(self._counts.items()):
            merged[stage.name] = merged[stage.name].merged(counts) if stage.name in merged else counts
        return merged

    def beat(self) -> None:
        """Tell the world how far the run is."""
        self.store.hurry()
        manifest = self.manifest("cancelling" if self.stop.stopped is not None else "running")
        write_manifest(self.path, manifest)
        self.events.emit("progress", steps=manifest["steps"], cost_usd=manifest["cost_usd"])
        if self.options.on_progress is not None:
            self.options.on_progress(manifest)

    def manifest(self, status: str, ending: Ending | None = None) -> dict[str, Any]:
        """What `run.json` holds."""
        manifest: dict[str, Any] = {
            "status": status,
            "pipeline": self.options.pipeline,
            "fingerprint": self.options.fingerprint,
            "attempt": self.run_attempt,
            "seed": self.options.seed,
            "started": self.started,
            "updated": self._clock(),
            "steps": self._steps_json(),
            "models": {name: vars(account) for name, account in self.budget.accounts.items()},
            "cost_usd": round(self.budget.spent_usd, 6),
            "budget_usd": self.options.budget_usd,
            "prompts": dict(sorted(self.prompts.items())),
            "versions": _versions(),
        }
        if self.shards.under_way is not None:
            manifest["shards"] = self.shards.under_way.as_json()
            manifest["cost_usd"] = round(self.budget.spent_usd + self.shards.under_way.cost_usd, 6)
        if self.exchanges.batches is not None and (batches := self.exchanges.batches.as_json()):
            manifest["batches"] = batches
        if ending is not None:
            manifest |= {"ended": self._clock(), "message": self.options.redact(ending.message)}
        return manifest

    def _steps_json(self) -> dict[str, Json]:
        steps = {}
        for name, counts in self.counts().items():
            calls = self.exchanges.steps.get(name)
            asked = calls.as_json() if calls is not None else {"calls": 0, "reused": 0, "retries": 0}
            steps[name] = {**counts.as_json(), **asked}
        return steps

    def log(self, message: str) -> None:
        """Write a line to the log."""
        self._log.write(message)

    # End

    async def conclude(self, datasets: dict[str, Dataset], error: BaseException | None) -> Ending:
        """Say how the run ended, write the card and the manifest, and give everything back."""
        ending = ending_of(error, self.counts(), datasets, self.options.max_failed_share, self.limited_by)
        if isinstance(error, StoreDamaged) and error.path == self.store.path:
            raise self._give_up_store(ending, error) from error
        try:
            if ending.status in CAME_TO_ITS_END and self.run_attempt > 1:
                self.store.forget_rows_before(self.run_attempt)
            await self.store.flushed()
            self.store.index_rows()  # by the thread that writes, while this one counts
            self.shards.remove_taken()
            manifest = self.manifest(ending.status, ending)
            manifest["sources"] = coverage(self.store, self.run_attempt, list(self.counts()))
            manifest["paid"] = model_totals(self.store)
            await self.store.flushed()
            manifest["datasets"] = {name: dataset.as_json() for name, dataset in datasets.items()}
            if datasets:
                partial = None if ending.status == "succeeded" else ending.message
                write_card(
                    self.path, self.options.pipeline, manifest, datasets, self.store, self.run_attempt, partial=partial
                )
            self.events.emit("run_ended", status=ending.status, message=ending.message)
            write_manifest(self.path, manifest)
            self._log.write(f"{ending.status}: {ending.message}")
            if self.options.on_progress is not None:
                self.options.on_progress(manifest)
        finally:
            self._close(ending)
        self.ending = ending
        return ending

    def _give_up_store(self, ending: Ending, error: StoreDamaged) -> StoreDamaged:
        """End a run whose store turned out to be damaged: set the store aside, so that nothing builds on it."""
        self.ending = ending
        self.events.emit("run_ended", status=ending.status, message=ending.message)
        write_manifest(self.path, self.manifest(ending.status, ending))
        with suppress(StoreError):
            self._close(ending)
        return set_aside(self.path / STORE_FILE, error.message)

    def _close(self, ending: Ending) -> None:
        with self._kept_to_the_end:
            self._to_close.close()
            if ending.status == "succeeded":
                self.on_success()


def _lenders(path: Path, options: RunOptions, parent: RunFolder | None) -> tuple[Path, ...]:
    """Folders whose stores may hold answers this run would pay for: its preview's, or for a preview the run's own."""
    if parent is not None:
        return tuple(folder / path.relative_to(parent.path) for folder in parent.lenders)
    return (*options.lenders, path.parent if path.name == PREVIEW_FOLDER else path / PREVIEW_FOLDER)


def _set_aside_for_fresh_start(folder: Path) -> None:
    """`--fresh` keeps what was paid for: the old store stays beside the new one."""
    number = 1
    while (folder / f"store.before-{number}.sqlite").exists():
        number += 1
    for suffix in ("", "-wal", "-shm"):
        part = folder / f"{STORE_FILE}{suffix}"
        if part.exists():
            part.rename(folder / f"store.before-{number}.sqlite{suffix}")
        journal = folder / f"{JOURNAL_FILE}{suffix}"
        if journal.exists():
            journal.rename(folder / f"batches.before-{number}.sqlite{suffix}")
    for damaged in folder.glob("store.damaged-*.sqlite"):
        damaged.rename(damaged.with_name(damaged.name.replace("damaged", f"before-{number}-damaged")))


@lru_cache(maxsize=1)
def _versions() -> dict[str, str]:
    packages = ("aiohttp", "pydantic", "orjson", "nltk", "pyarrow")
    found = {name: importlib.metadata.version(name) for name in packages}
    return {"python": platform.python_version(), **found}
