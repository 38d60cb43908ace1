"""The output folder of a run: its lock, store, events, log, manifest, counts and money, opened and closed together."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generation_functions.errors import StoreDamaged, StoreError
from generation_functions.run.account import coverage, model_totals
from generation_functions.run.budget import Budget
from generation_functions.run.ending import Ending, ending_of
from generation_functions.run.events import Events
from generation_functions.run.exchanges import Exchanges
from generation_functions.run.fresh_start import set_everything_aside
from generation_functions.run.lenders import PREVIEW_FOLDER, lenders_of, opened, owed_to
from generation_functions.run.lock import FolderLock
from generation_functions.run.manifest import (
    CAME_TO_ITS_END,
    ENDED,
    clear_unfinished,
    manifest_before,
    standing,
    write_atomically,
    write_manifest,
)
from generation_functions.run.options import RunOptions
from generation_functions.run.records import Records
from generation_functions.run.runlog import RunLog
from generation_functions.run.selection import Selection
from generation_functions.run.shard_stores import SHARDS_FOLDER, STORE_FILE, ShardStores
from generation_functions.run.written import DATASETS_FOLDER, Dataset, write_card
from generation_functions.store import Store, StoreReader
from generation_functions.store.opening import set_aside
from generation_functions.streams.flow import StopSignal

if TYPE_CHECKING:
    from generation_functions.models.batch.desk import BatchDesk
    from generation_functions.models.clients import ModelClients

CONFIG_FILE = "config.yaml"


class RunFolder:
    """One open output folder. Raises `RunLocked`, `StoreError`, `StoreDamaged`.

    store, exchanges, events, records, selection, shards   its parts, each for its own business
    on_success   called when the run has succeeded, all of it is on disk, and the folder is still locked
    made         files that the pipeline made beside its datasets
    """

    lenders: tuple[Path, ...]
    store: Store
    run_attempt: int
    retries: dict[tuple[str, str], int]
    shards: ShardStores
    selection: Selection
    exchanges: Exchanges
    events: Events
    records: Records
    _borrowed: tuple[StoreReader, ...]
    _log: RunLog

    def __init__(
        self, path: Path, options: RunOptions, clients: ModelClients, *, parent: RunFolder | None = None
    ) -> None:
        self.path = path
        self.options = options
        self.prompts: dict[str, str] = {}
        self.ending: Ending | None = None
        self.top: RunFolder = parent.top if parent is not None else self
        self.inside: list[RunFolder] = []
        self.lenders = lenders_of(path, options.lenders, None if parent is None else (parent.path, parent.lenders))
        self.stop: StopSignal = parent.stop if parent is not None else StopSignal()
        self.budget: Budget = parent.budget if parent is not None else Budget(options.budget_usd)
        self._clock = options.surroundings.clock
        self.started = self._clock()
        self.on_success: Callable[[], None] = lambda: None
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
            why = "a file stands there" if self.path.is_file() else exc.strerror
            raise StoreError(f"{self.path} cannot be made: {why}", hint="Choose another output_dir.") from exc

    # Opening

    def _open(self, clients: ModelClients) -> None:
        for folder in (self.path, self.path / DATASETS_FOLDER):
            clear_unfinished(folder)
        before = {} if self.options.fresh else manifest_before(self.path)
        if self.options.fresh:
            set_everything_aside(self.path)
        self._open_store(clean=before.get("status") in ENDED)
        self.selection = Selection(
            self.options, self.store, goes_on=bool(before) and before.get("status") not in CAME_TO_ITS_END
        )
        ended_alike = before.get("status") in CAME_TO_ITS_END and before.get("fingerprint") == self.options.fingerprint
        self.exchanges = Exchanges(
            self.store, clients, self.budget, self.stop, self.run_attempt,
            replay_transient=ended_alike, borrowed=self._borrowed, ask_no_model=self.options.ask_no_model,
            steps=self.shards.calls, lent_faults=self.options.shard,
        )  # fmt: skip
        self._open_notes()
        self.exchanges.batches = self._batches()
        self.records = Records(self.store, self.events, self.run_attempt)
        if self.options.config_text is not None:
            write_atomically(self.path / CONFIG_FILE, self.options.config_text.encode())
        write_manifest(self.path, standing(self, "running"))
        self.events.emit("run_started", pipeline=self.options.pipeline, attempt=self.run_attempt)
        self._log.write(f"attempt {self.run_attempt} of {self.options.pipeline or 'a pipeline'} begins")

    def _open_store(self, *, clean: bool) -> None:
        """Open the store, and count and take over what was paid for before."""
        self.store = self.options.surroundings.open_store(self.path / STORE_FILE, clean=clean)
        self._to_close.callback(self.store.close)
        self.run_attempt = int(self.store.fact("run_attempt") or 0) + 1
        self.store.set_fact("run_attempt", str(self.run_attempt))
        self._borrowed = () if self.options.fresh else opened(self.lenders)
        for reader in self._borrowed:
            self._to_close.callback(reader.close)
        stores = (*self._borrowed, self.store)
        self.retries = {key: rounds for store in stores for key, rounds in store.retries().items()}
        self.budget.spent_usd += self.store.spent()
        self.budget.spent_usd += sum(owed_to(reader, self.store, self.path) for reader in self._borrowed)
        if self.options.shard is not None and self.budget.limit_usd is not None:
            # a shard's share is for its own calls
            self.budget.limit_usd += sum(reader.spent() for reader in self._borrowed)
        self.shards = ShardStores(self.store, self.budget, self.top.path / SHARDS_FOLDER, self.path, self.top.path)
        self.shards.take_found(self.run_attempt, self.top.run_attempt)

    def _batches(self) -> BatchDesk | None:
        # Who tries a few rows does not want to wait a day for them.
        if PREVIEW_FOLDER in self.path.parts:
            return None
        from generation_functions.run.batches import batch_desk

        desk = batch_desk(self)
        self._to_close.callback(desk.close)
        return desk

    def _open_notes(self) -> None:
        """Open the events and the log, which stay open to the very end."""
        self.events = Events(self.path, redact=self.options.redact, clock=self._clock)
        self._kept_to_the_end.callback(self.events.close)
        self._log = RunLog(self.path, redact=self.options.redact, echo=self.options.on_log, clock=self._clock)
        self._kept_to_the_end.callback(self._log.close)

    # While it runs

    @contextmanager
    def asking_alone(self) -> Iterator[None]:
        """While it lasts, what is asked is asked for the whole run: a shard finds it answered, or goes without."""
        before = self.exchanges.ask_no_model
        self.exchanges.ask_no_model = before or self.options.shard is not None
        try:
            yield
        finally:
            self.exchanges.ask_no_model = before

    def beat(self) -> None:
        """Tell the world how far the run is."""
        self.store.hurry()
        manifest = standing(self, "cancelling" if self.stop.stopped is not None else "running")
        write_manifest(self.path, manifest)
        self.events.emit("progress", steps=manifest["steps"], cost_usd=manifest["cost_usd"])
        if self.options.on_progress is not None:
            self.options.on_progress(manifest)

    def log(self, message: str) -> None:
        """Write a line to the log."""
        self._log.write(message)

    # End

    async def conclude(self, datasets: dict[str, Dataset], error: BaseException | None) -> Ending:
        """Say how the run ended, write the card and the manifest, and give everything back.

        Raises `StoreError` where that cannot be written down. Such a run has not ended: the next one goes on with it.
        """
        counts, options = self.records.counts(), self.options
        ending = ending_of(error, counts, datasets, options.max_failed_share, self.selection.limited_by)
        if isinstance(error, StoreDamaged) and error.path == self.store.path:
            raise self._give_up_store(ending, error) from error
        with self._kept_to_the_end:
            with self._to_close:
                await self._settle(ending)
                manifest = await self._whole_manifest(ending, datasets)
                if datasets:
                    self._write_card(ending, manifest, datasets)
                self._tell_end(ending, manifest)
            self.ending = ending
            if ending.status == "succeeded":
                self.on_success()
        return ending

    async def _settle(self, ending: Ending) -> None:
        if ending.status in CAME_TO_ITS_END and self.run_attempt > 1:
            self.store.forget_rows_before(self.run_attempt)
        await self.store.flushed()
        self.store.index_rows()  # by the thread that writes, while this one counts
        self.shards.remove_taken()

    async def _whole_manifest(self, ending: Ending, datasets: dict[str, Dataset]) -> dict[str, Any]:
        manifest = standing(self, ending.status, ending)
        manifest["sources"] = coverage(self.store, self.run_attempt, list(self.records.counts()))
        manifest["paid"] = model_totals(self.store)
        await self.store.flushed()
        manifest["datasets"] = {name: dataset.as_json() for name, dataset in datasets.items()}
        return manifest

    def _write_card(self, ending: Ending, manifest: dict[str, Any], datasets: dict[str, Dataset]) -> None:
        partial = None if ending.status == "succeeded" else ending.message
        write_card(self.path, self.options.pipeline, manifest, datasets, self.store, self.run_attempt, partial=partial)

    def _tell_end(self, ending: Ending, manifest: dict[str, Any]) -> None:
        # The event comes last: whoever hears of the end finds it in the manifest.
        write_manifest(self.path, manifest)
        self.events.emit("run_ended", status=ending.status, message=ending.message)
        self._log.write(f"{ending.status}: {ending.message}")
        if self.options.on_progress is not None:
            self.options.on_progress(manifest)

    def _give_up_store(self, ending: Ending, error: StoreDamaged) -> StoreDamaged:
        """End a run whose store turned out to be damaged: set the store aside, so that nothing builds on it."""
        self.ending = ending
        with self._kept_to_the_end:
            write_manifest(self.path, standing(self, ending.status, ending))
            self.events.emit("run_ended", status=ending.status, message=ending.message)
            with suppress(StoreError):
                self._to_close.close()
        return set_aside(self.path / STORE_FILE, error.message)
