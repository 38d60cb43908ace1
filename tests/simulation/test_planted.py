"""The simulation can fail: it finds bugs that were put in on purpose."""

from __future__ import annotations

import gc
import itertools
import logging
from collections.abc import Callable
from typing import Any

import pytest

from generation_functions.errors import EndpointUnusable, TransientError
from generation_functions.models.batch.api import BatchApi
from generation_functions.models.batch.collecting import Collecting
from generation_functions.models.failover import FailoverClient
from generation_functions.models.limiter import Limiter
from generation_functions.models.model import ModelSpec
from generation_functions.models.retry import RetryPolicy
from generation_functions.run import sources
from generation_functions.run.exchanges import Exchanges
from generation_functions.run.folder import RunFolder
from generation_functions.store.writer import GroupCommit
from generation_functions.streams.flow import StopSignal
from generation_functions.streams.stage import StepStage
from tests.simulation.schedule import Schedule, drawn
from tests.simulation.simulation import Simulation

MOST_SEEDS = 150
Plant = Callable[[pytest.MonkeyPatch], None]
Fits = Callable[[Schedule], bool]


def passed_on_before_the_commit(patch: pytest.MonkeyPatch) -> None:
    """Whoever waits for an answer to be on disk is told that it is before it is."""
    original = GroupCommit.add_exchange

    def add_exchange(self: GroupCommit, record: Any) -> Any:
        future = original(self, record)
        if not future.done():
            future.set_result(None)
        self._shared = None
        return future

    patch.setattr(GroupCommit, "add_exchange", add_exchange)


def keyed_by_position(patch: pytest.MonkeyPatch) -> None:
    """An answer is stored under the number of its call, not under what was asked."""
    original = Exchanges.complete
    counters: dict[tuple[int, str], Any] = {}

    async def complete(self: Exchanges, model: Any, request: Any, step: str) -> Any:
        number = next(counters.setdefault((id(self), step), itertools.count()))
        request = type("Numbered", (type(request),), {"key": lambda _, model: f"{step}:{number}"})(
            request.prompt, request.sampling, request.sample, request.attempt, request.rank
        )
        return await original(self, model, request, step)

    patch.setattr(Exchanges, "complete", complete)


def no_second_try(patch: pytest.MonkeyPatch) -> None:
    """A passing fault ends a call."""
    patch.setattr(RetryPolicy, "again", lambda self, failures, error: False)


def lost_on_failure(patch: pytest.MonkeyPatch) -> None:
    """A row whose call failed is never heard of again."""
    original = StepStage.process

    async def process(self: StepStage, row: Any, recorder: Any) -> Any:
        calls = self.asking.about(row)
        try:
            await self.step.process(row, calls)
        except TransientError:
            return []
        return await original(self, row, recorder)

    patch.setattr(StepStage, "process", process)


def a_place_lost_at_each_fault(patch: pytest.MonkeyPatch) -> None:
    """A call that failed keeps its place in flight."""
    original = Limiter.release
    patch.setattr(Limiter, "refused", lambda self, turn, retry_after=None: self.level.refused(turn))
    patch.setattr(Limiter, "release", original)


def calls_after_the_stop(patch: pytest.MonkeyPatch) -> None:
    """A run that was told to stop goes on asking."""
    patch.setattr(Exchanges, "drain", lambda self: None)
    patch.setattr("generation_functions.streams.flow.StopSignal.is_set", lambda self: False)


def one_endpoint_given_up_ends_the_run(patch: pytest.MonkeyPatch) -> None:
    """The verdict on one endpoint of several is taken for that on all of them."""

    def lost(self: FailoverClient, site: Any, error: EndpointUnusable) -> None:
        raise error

    patch.setattr(FailoverClient, "lost", lost)


def a_key_goes_to_another_endpoint(patch: pytest.MonkeyPatch) -> None:
    """All endpoints of a model are sent the first one's key."""
    original = ModelSpec.at_endpoints

    def at_endpoints(self: ModelSpec) -> tuple[ModelSpec, ...]:
        found = original(self)
        return tuple(spec.model_copy(update={"api_key": found[0].api_key}) for spec in found)

    patch.setattr(ModelSpec, "at_endpoints", at_endpoints)


def a_batch_is_sent_twice(patch: pytest.MonkeyPatch) -> None:
    """A batch whose submission got no answer is not looked for before it is sent again."""

    async def find(self: BatchApi, name: str, since: float) -> None:
        return None

    patch.setattr(BatchApi, "find", find)


def a_batch_is_settled_before_its_answers_are_kept(patch: pytest.MonkeyPatch) -> None:
    """A batch counts as collected while its answers are on their way to the disk."""

    async def hand_over(self: Collecting) -> None:
        ready, self._ready = self._ready, []
        for tell in ready:
            tell()

    patch.setattr(Collecting, "hand_over", hand_over)


def what_was_read_before_is_passed_over(patch: pytest.MonkeyPatch) -> None:
    """A killed run goes on with the documents it had not got to, and never comes back to the others."""
    original = sources._halves
    patch.setattr(sources, "_halves", lambda *given: itertools.islice(original(*given), 1))


def a_run_inside_a_run_hears_of_no_stop(patch: pytest.MonkeyPatch) -> None:
    """A run inside a run goes on when the run around it is told to stop."""
    original = RunFolder.__init__

    def init(self: RunFolder, *given: Any, parent: RunFolder | None = None) -> None:
        original(self, *given, parent=parent)
        if parent is not None:
            self.stop = self.exchanges.stop = StopSignal()

    patch.setattr(RunFolder, "__init__", init)


ANY: Fits = lambda schedule: True  # noqa: E731
SEVERAL: Fits = lambda schedule: schedule.sites > 1  # noqa: E731
BATCHES: Fits = lambda schedule: schedule.batches  # noqa: E731
DOCUMENTS: Fits = lambda schedule: schedule.shape == "documents"  # noqa: E731
CHILDREN: Fits = lambda schedule: schedule.shape == "children"  # noqa: E731


PLANTS: dict[Plant, Fits] = {
    passed_on_before_the_commit: ANY,
    keyed_by_position: ANY,
    no_second_try: ANY,
    lost_on_failure: ANY,
    a_place_lost_at_each_fault: ANY,
    calls_after_the_stop: ANY,
    one_endpoint_given_up_ends_the_run: SEVERAL,
    a_key_goes_to_another_endpoint: SEVERAL,
    a_batch_is_sent_twice: BATCHES,
    a_batch_is_settled_before_its_answers_are_kept: BATCHES,
    what_was_read_before_is_passed_over: DOCUMENTS,
    a_run_inside_a_run_hears_of_no_stop: CHILDREN,
}
"""The bugs, and the schedules in which each can show."""


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # of runs that a bug leaves hanging
@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.__name__)
def test_a_planted_bug_is_found(simulation: Simulation, monkeypatch: pytest.MonkeyPatch, plant: Plant) -> None:
    fitting = (seed for seed in itertools.count(10_000) if PLANTS[plant](drawn(seed)))
    seeds = list(itertools.islice(fitting, 3 + MOST_SEEDS))
    calm = {seed: simulation.live(seed).faults for seed in seeds[:3]}
    assert not any(calm.values()), calm
    plant(monkeypatch)
    monkeypatch.setattr(logging.getLogger("asyncio"), "disabled", True)  # a record of an error would hold its run
    found = any(simulation.live(seed).faults for seed in seeds)
    while gc.collect():
        pass  # what a coroutine still does as it is thrown away keeps the rest of its run for another round
    assert found, f"not found in {MOST_SEEDS} schedules"
