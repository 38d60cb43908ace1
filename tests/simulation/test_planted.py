"""The simulation can fail: it finds bugs that were put in on purpose."""

from __future__ import annotations

import gc
import itertools
from collections.abc import Callable
from typing import Any

import pytest

from generation_functions.errors import TransientError
from generation_functions.models.limiter import Limiter
from generation_functions.models.retry import RetryPolicy
from generation_functions.run.exchanges import Exchanges
from generation_functions.store.writer import GroupCommit
from generation_functions.streams.stage import StepStage
from tests.simulation.simulation import Simulation

MOST_SEEDS = 150
Plant = Callable[[pytest.MonkeyPatch], None]


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
            request.prompt, request.sampling, request.sample, request.attempt, request.priority
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


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # of runs that a bug leaves hanging
@pytest.mark.parametrize(
    "plant",
    [
        passed_on_before_the_commit,
        keyed_by_position,
        no_second_try,
        lost_on_failure,
        a_place_lost_at_each_fault,
        calls_after_the_stop,
    ],
    ids=lambda plant: plant.__name__,
)
def test_a_planted_bug_is_found(simulation: Simulation, monkeypatch: pytest.MonkeyPatch, plant: Plant) -> None:
    calm = {seed: simulation.live(seed).faults for seed in range(3)}
    assert not any(calm.values()), calm
    plant(monkeypatch)
    found = next((life for life in map(simulation.live, range(10_000, 10_000 + MOST_SEEDS)) if life.faults), None)
    gc.collect()
    assert found is not None, f"not found in {MOST_SEEDS} schedules"
