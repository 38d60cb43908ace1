"""`Run`: what a pipeline is given. It reads, sends rows through steps, writes datasets, and remembers everything.

    async with Run("outputs/poems") as run:
        chunks = run.read("inputs/poems").chunk(max_tokens=500)
        poems = chunks.through(write_poem, model=writer)
        await run.write(poems, "poems", as_chat)

The output folder is the run's identity: the same folder again goes on where it stopped.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from generation_functions.config.suggestions import did_you_mean
from generation_functions.documents import Limits
from generation_functions.documents.document import DEFAULT_LIMITS
from generation_functions.errors import ConfigError, MillraceError, RunStopped, StoreError
from generation_functions.models.exchange import Completion, Rank, Request
from generation_functions.models.model import Model
from generation_functions.prompts import Prompt, PromptBook, PromptMode
from generation_functions.rows import Json, Place, Row, content_key
from generation_functions.run.exporting import Export, GrowingDataset
from generation_functions.run.folder import RunFolder
from generation_functions.run.options import RunOptions
from generation_functions.run.shard import ends_here
from generation_functions.run.sources import Documents, given_rows
from generation_functions.run.written import Dataset, Shape, dataset_stage
from generation_functions.stand_ins import fitted
from generation_functions.steps.asking import Asking, Doing, Services
from generation_functions.steps.one_off import OneOffStep
from generation_functions.steps.outcome import Outcome
from generation_functions.steps.step import PromptedStep, Step
from generation_functions.streams.flow import Flow
from generation_functions.streams.stage import GatheringStage, Stage, StepStage
from generation_functions.streams.stream import Stream
from generation_functions.streams.unfinished import Unfinished

if TYPE_CHECKING:
    from generation_functions.datasets.split import Shares
    from generation_functions.models.clients import ModelClients

_SPARE_WIDTH = 1.25
_OFFLINE_WIDTH = 32
_GROW_EVERY_S, _BUSY_SHARE = 1.0, 0.5
_COLLECT_EVERY = 100_000
"""Objects made before Python looks for garbage. A call makes hundreds, which go by themselves, and each look goes over
all that belongs to the calls that are open: with 2,048 of them, looking every 10,000 took a tenth of the time."""


class Run(Services):
    """One run of a pipeline into one output folder. See the module's example."""

    def __init__(self, output_dir: Path | str, options: RunOptions | None = None, **settings: Any) -> None:
        """`settings` are fields of `RunOptions`, for use without one: `Run("outputs/x", seed=7)`."""
        self.options = options or RunOptions(**settings)
        self.output_dir = Path(output_dir)
        self.seed = self.options.seed
        self.children: dict[str, Run] = {}
        self.datasets: dict[str, Dataset] = {}
        self._folder: RunFolder | None = None
        self._clients: ModelClients | None = None
        self._books: dict[Path, PromptBook] = {}
        self._prompts: dict[tuple[Path, str, str], Prompt] = {}
        self._specs: dict[str, Step] = {}

    # Life

    async def __aenter__(self) -> Run:
        self._clients = await self.options.surroundings.clients().__aenter__()
        try:
            self._folder = RunFolder(self.output_dir, self.options, self._clients)
            self._clients.tell = self.log
        except BaseException:
            await self._clients.__aexit__(None, None, None)
            raise
        self._heartbeat = asyncio.create_task(self._beat())
        self._collections = gc.get_threshold()
        gc.set_threshold(_COLLECT_EVERY, *self._collections[1:])
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None:
        self._heartbeat.cancel()
        gc.set_threshold(*self._collections)
        assert self._clients is not None
        try:
            await self._clients.__aexit__(None, None, None)
        finally:
            await self.close(exc)

    async def close(self, error: BaseException | None = None) -> None:
        """Write what is left, say how the run ended, and give the folder back."""
        unfinished: BaseException | None = None
        for child in self.children.values():
            try:
                await child.close(error or unfinished)
            except BaseException as exc:  # noqa: BLE001  the others end too, and say why
                unfinished = unfinished or exc
        await self.folder.conclude(self.datasets, error or unfinished)
        if unfinished is not None:
            raise unfinished

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(self.options.heartbeat_s)
            for run in (self, *self.children.values()):
                with suppress(StoreError):  # the next beat may be written; an answer that cannot be stops the run
                    run.folder.beat()

    @property
    def folder(self) -> RunFolder:
        """The open output folder. Raises `MillraceError` before `async with`."""
        if self._folder is None:
            raise MillraceError("this run is not open", hint='Use it as `async with Run("outputs/name") as run:`.')
        return self._folder

    def child(self, name: str) -> Run:
        """A run inside this one, for a pipeline that calls a pipeline: its own folder, store and status, one budget."""
        if name not in self.children:
            child = Run(self.output_dir / name, self.options.for_child(name))
            child._clients = self._clients
            assert self._clients is not None
            child._folder = RunFolder(child.output_dir, child.options, self._clients, parent=self.folder)
            self.children[name] = child
            self.log(f"child run {name} → {child.output_dir}")
        return self.children[name]

    def log(self, message: str) -> None:
        """Write a line to the run's log and show it."""
        self.folder.log(message)

    def made(self, path: Path | str) -> None:
        """Say that the pipeline made a file, or a folder of files, beside its datasets.

        While one of these files is gone or changed, the run is not finished: the same command makes them again.
        """
        self.folder.made.add(Path(path))

    # Sources

    def read(
        self, input_dir: Path | str, *, limits: Limits = DEFAULT_LIMITS, workers: int = 2, licence: str | None = None
    ) -> Documents:
        """The documents of a folder (or of one file), in a stable order. What cannot be read is reported as a skip.

        limits   bounds in time, memory and size on each document
        workers  processes that parse
        licence  of the documents that do not say theirs themselves, for the dataset card
        """
        return Documents(self, Path(input_dir), limits, workers, licence)

    def rows(self, rows: Iterable[Mapping[str, Json]], *, name: str = "rows") -> Stream:
        """A stream over your own mappings. They are iterated once for each time the stream is written or collected."""
        return given_rows(self, rows, name)

    # Running

    async def write(
        self,
        stream: Stream,
        name: str,
        shape: Shape | None = None,
        *,
        formats: Sequence[str] = ("messages",),
        parquet: bool = True,
        held_out: Shares | None = None,
    ) -> Dataset:
        """Run a stream and write its rows, in source order, to `datasets/NAME.jsonl` and its siblings.

        shape             row → the mapping to write; without it the row's fields are written
        formats           names in `datasets.FORMATS`; the first is NAME.jsonl, the others are NAME.FORMAT.jsonl
        held_out          shares of source documents kept for NAME.validation.jsonl and NAME.test.jsonl; without it,
                          those of the run's config

        Raises `RunStopped` when the run was stopped; at a stop by the budget, what is finished is written first.
        """
        from generation_functions.datasets.split import Shares

        export = Export(formats, parquet, held_out or self.options.held_out or Shares(), self.seed)
        folder = self.folder
        growing = GrowingDataset(folder.path, folder.store, name, folder.run_attempt, export)
        try:
            await self._flow(stream, [*stream.stages, dataset_stage(name, shape, stream)], lambda row: None, growing)
        except RunStopped as exc:
            if exc.reason == "budget":
                await self._finish(name, growing)
            raise
        else:
            return await self._finish(name, growing)
        finally:
            growing.close()

    async def _finish(self, name: str, growing: GrowingDataset) -> Dataset:
        await self.folder.store.flushed()
        dataset = self.datasets[name] = await asyncio.to_thread(growing.finish)
        self.folder.events.emit("dataset_written", **{"name": name, **dataset.as_json()})
        return dataset

    async def collect(self, stream: Stream, *, every: bool = False) -> list[Row]:
        """Run a stream and give its rows in source order. `every` also where only a few source rows are tried out: for
        what must know all of them."""
        rows: list[Row] = []
        await self._flow(stream, list(stream.stages), rows.append, every=every)
        if self.options.shard is not None:
            raise ends_here(f"what is collected after {stream.end!r}")
        return sorted(rows, key=lambda row: (row.place, row.key))

    async def once(self, step: OneOffStep, *, model: Model, **values: Any) -> Any:
        """Make a step's one call for the whole run and give its value. Raises `MillraceError` when it has none."""
        row = Row(content_key("once", step.name, values), dict(values), (step.name,))
        stage = self.bind(step, model=model, name=None, settings=values)
        self.folder.records.begin(stage)
        self.folder.exchanges.expect(model)
        with self.folder.asking_alone():
            made = await stage.process(row, self.folder.records)
        if not made:
            if self.options.shard is not None:
                raise ends_here(f"{step.name!r}, asked once for the whole run,")
            if self.folder.stop.stopped is not None:
                raise self.folder.stop.stopped
            raise MillraceError(f"step {step.name!r} got no usable answer: {self.folder.records.why_lost(step.name)}")
        return made[0]["value"]

    async def _flow(
        self,
        stream: Stream,
        stages: list[Stage],
        arrive: Callable[[Row], None],
        growing: GrowingDataset | None = None,
        *,
        every: bool = False,
    ) -> None:
        folder = self.folder
        if self.options.spread is not None and stream.models:
            await self.options.spread.before_rows(folder.top)
        for model in stream.models:
            folder.exchanges.expect(model)
        for stage in (*stream.source_stages, *stages):
            folder.records.begin(stage)
        folder.selection.width = _width(stream.models)
        source = stream.source() if every else folder.selection.limited(stream.source())
        flow = Flow(
            self._own(source), self._alone(stages), recorder=folder.records, arrive=arrive,
            width=folder.selection.width, stop=folder.stop, room=folder.store.room,
        )  # fmt: skip
        grower = asyncio.create_task(self._grow(growing, flow.unfinished)) if growing is not None else None
        try:
            await flow.run()
        finally:
            if grower is not None:
                grower.cancel()
                await asyncio.gather(grower, return_exceptions=True)  # its troubles are met again at the end

    async def _grow(self, growing: GrowingDataset, unfinished: Unfinished) -> None:
        """Write what a dataset's first rows are while calls for later ones are waited for, so that little is left.

        Not while this thread has much to do itself: then nothing is won by doing more beside it.
        """
        clock, processor = asyncio.get_running_loop().time, self.options.surroundings.processor
        before: Place = ()
        while True:
            began, used = clock(), processor()
            await asyncio.sleep(_GROW_EVERY_S)
            if (reached := unfinished.reached()) is None:
                return
            if reached != before and processor() - used < _BUSY_SHARE * (clock() - began):
                await self.folder.store.flushed()
                await asyncio.to_thread(growing.grow, reached)
                before = reached

    def _own(self, source: Iterator[Row]) -> Iterator[Row]:
        shard = self.options.shard
        return source if shard is None else (row for row in source if shard.has(row.place))

    def _alone(self, stages: list[Stage]) -> list[Stage]:
        """The stages that can be gone through without the rows of other shards."""
        if self.options.shard is None:
            return stages
        whole = (i for i, stage in enumerate(stages) if isinstance(stage, GatheringStage) and stage.whole)
        return stages[: next(whole, len(stages))]

    # What streams and steps ask of a run

    def begin(self, stage: Stage) -> None:
        """Start counting a stage's rows anew."""
        self.folder.records.begin(stage)

    def record(self, stage: Stage, row: Row, outcome: Outcome, exchanges: Sequence[str] = ()) -> None:
        """Put on record what a stage made of a row."""
        self.folder.records.record(stage, row, outcome, exchanges)

    def bind(
        self,
        step: Step,
        *,
        model: Model | None,
        name: str | None,
        settings: Mapping[str, Any],
        rank: Rank | None = None,
    ) -> StepStage:
        """A step with its model and settings, ready to run. Raises `ConfigError` for a setting nobody asked for."""
        step, values = step.with_settings(settings)
        if isinstance(step, PromptedStep) and self.options.prompts is not None:
            step = fitted(step, self._book(step.prompts_dir))
        if isinstance(step, PromptedStep) and model is not None:
            _check_mode(step, model)
            self._check_values(step, model, values)
        name = name or step.name
        known = self._specs.setdefault(name, step)
        if known.name != step.name:
            raise ConfigError(f"two steps are recorded as {name!r}", hint='Give one another name: name="...".')
        sampling: Mapping[str, Json] = {}
        if model is not None and isinstance(step, PromptedStep):
            sampling = {**model.spec.sampling(), **step.sampling, **structured_fields(step, model)}
        return StepStage(name, step=step, asking=Asking(self, name, model, values, sampling, rank or Rank()))

    def _check_values(self, step: PromptedStep, model: Model, values: Mapping[str, Any]) -> None:
        if not values:
            return
        prompts = [self.prompt(step, prompt, model.spec.prompt_mode) for prompt in step.prompt_names]
        wanted = dict.fromkeys(place for prompt in prompts for place in _places(prompt))
        for value in values:
            if value not in wanted:
                options = [*wanted, *step.__dataclass_fields__]
                raise ConfigError(
                    f"step {step.name!r} has no setting and its prompt no place called {value!r}",
                    hint=did_you_mean(value, options) or f"The prompt's places: {', '.join(wanted) or 'none'}.",
                )

    def prompt(self, step: PromptedStep, name: str | None, mode: PromptMode) -> Prompt:
        """A prompt of a step, from the run's `prompts` folder where it has one of that name."""
        chosen = name or step.prompt or step.name
        if isinstance(chosen, Prompt):
            if self.folder.prompts.get(step.name) != chosen.version:
                self.folder.prompts[step.name] = chosen.version
                self.folder.store.share(chosen.shared)
            return chosen
        place = (step.prompts_dir, chosen, mode)
        found = self._prompts.get(place)
        if found is None:
            found = self._prompts[place] = self._book(step.prompts_dir).get(chosen, mode=mode, step=step)
            self.folder.prompts[chosen] = found.version
            self.folder.store.share(found.shared)
        return found

    def _book(self, beside: Path) -> PromptBook:
        if beside not in self._books:
            folders = [self.options.prompts, beside] if self.options.prompts else [beside]
            self._books[beside] = PromptBook(folders)
        return self._books[beside]

    @property
    def prompt_folders(self) -> list[Path]:
        """The folders that prompts were looked for in."""
        return list(dict.fromkeys(folder for book in self._books.values() for folder in book.folders))

    async def complete(self, model: Model, request: Request, step: str) -> tuple[Completion, str]:
        """Answer a request from the store or the model."""
        return await self.folder.exchanges.complete(model, request, step)

    def rounds(self, step: str, key: str) -> int:
        """How often this row's step was asked to be tried again."""
        return self.folder.retries.get((step, key), 0)

    def inner(self, step: str, rank: Rank) -> Doing:
        """What a `DepthFirst` function calls its steps with."""

        async def do(inner: Step, row: Row, *, model: Model | None = None, **settings: Any) -> list[Row]:
            name = f"{step}.{inner.name}"
            stage = self.bind(inner, model=model, name=name, settings=settings, rank=rank)
            stage.came_from = step
            self.folder.records.count_as(stage)
            return await stage.process(row, self.folder.records)

        return do


def _check_mode(step: PromptedStep, model: Model) -> None:
    if model.spec.mode == "embedding":
        raise ConfigError(
            f"step {step.name!r} asks the model {model.name!r}, which is there for embeddings",
            hint="Name a model that writes, or take `mode: embedding` away from it.",
        )


def _places(prompt: Prompt) -> tuple[str, ...]:
    # A prompt that stands in for another may leave a value of that one out.
    return (*prompt.names, *(Prompt.load(prompt.overrides).names if prompt.overrides is not None else ()))


def structured_fields(step: PromptedStep, model: Model) -> Mapping[str, Json]:
    """The request fields that make an endpoint answer in a parser's JSON schema, where both know how."""
    response_format = getattr(step.parse, "response_format", None)
    if response_format is None or model.spec.structured_output == "none":
        return {}
    return {"response_format": response_format(model.spec.structured_output)}


def _width(models: Sequence[Model]) -> int:
    # A little more than the endpoints can take at once, so that a call is ready whenever a place falls free.
    specs = {id(model.spec): model.spec for model in models}
    in_flight = sum(_OFFLINE_WIDTH if s.provider == "offline" else s.in_flight for s in specs.values())
    return int(in_flight * _SPARE_WIDTH) + 8
