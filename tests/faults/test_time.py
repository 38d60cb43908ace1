"""Clocks that jump, and two runs on one folder."""

from __future__ import annotations

import asyncio
import time
from itertools import count
from pathlib import Path

import pytest

from generation_functions import Run
from generation_functions.errors import RunLocked, RunStopped
from generation_functions.models.clients import ModelClients
from generation_functions.run.surroundings import Surroundings
from tests.fake_endpoint import Fault, running
from tests.faults.trial import Hurried, Trial, assert_as_if_nothing_happened, undisturbed
from tests.models.eventually import until

DAY = 86_400.0


class Jumping(Hurried):
    """A time of day that is a day off at each look, once before and once after."""

    def __init__(self) -> None:
        self._looks = count()

    def wall(self) -> float:
        return time.time() + (DAY if next(self._looks) % 2 else -DAY)


async def test_a_clock_that_jumps(tmp_path: Path) -> None:
    calm = await undisturbed(tmp_path / "calm")
    timing = Jumping()
    trial = Trial(
        tmp_path / "hit", surroundings=Surroundings(clock=timing.wall, clients=lambda: ModelClients(timing=timing))
    )
    dated = Fault.error(429, Retry_After="Fri, 31 Dec 9999 23:59:59 GMT")
    trial.endpoint.plan = [None, dated, None, dated]
    await trial.until_finished(1)
    assert_as_if_nothing_happened(trial, calm, lost=2)


async def test_two_runs_on_one_folder(tmp_path: Path) -> None:
    calm = await undisturbed(tmp_path / "calm")
    trial = Trial(tmp_path / "hit")
    trial.endpoint.latency = 0.05
    first = asyncio.create_task(trial.attempt())
    await until(lambda: trial.endpoint.started >= 1)
    began = time.monotonic()
    with pytest.raises(RunLocked, match=r"is being written by process \d+ on .+, for \d+ s"):
        async with Run(trial.folder):
            pass
    assert time.monotonic() - began < 1
    assert await first == "succeeded"
    assert_as_if_nothing_happened(trial, calm)


async def test_a_stop_drains_what_is_in_flight_and_lets_nothing_more_out(tmp_path: Path) -> None:
    calm = await undisturbed(tmp_path / "calm")
    trial = Trial(tmp_path / "hit")
    trial.endpoint.latency = 0.2
    async with running(trial.endpoint) as base_url:
        trial.base_url = base_url
        stopped = await _stopped(trial, after=3)
        made = trial.endpoint.started
        assert stopped.reason == "interrupted"
        assert trial.endpoint.finished == made, "calls in flight came in"
        await asyncio.sleep(0.3)
        assert trial.endpoint.started == made, "and none was made afterwards"
    trial.base_url, trial.endpoint.latency = "", 0.0
    await trial.until_finished(1)
    assert_as_if_nothing_happened(trial, calm)


async def _stopped(trial: Trial, after: int) -> RunStopped:
    """Run until so many calls were made, then ask it to stop."""
    attempt = asyncio.create_task(_attempt_with_stop(trial, after))
    assert await attempt == "cancelled"
    error = trial.errors[-1]
    assert isinstance(error, RunStopped)
    return error


async def _attempt_with_stop(trial: Trial, after: int) -> str:
    def watch(manifest: dict[str, object]) -> None:
        """A beat of the run: nothing."""

    original = Run.__aenter__

    async def entered(self: Run) -> Run:
        run = await original(self)
        asyncio.get_running_loop().create_task(_stop_at(run, trial, after))
        return run

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Run, "__aenter__", entered)
        return await trial.attempt(on_progress=watch)


async def _stop_at(run: Run, trial: Trial, after: int) -> None:
    await until(lambda: trial.endpoint.started >= after)
    run.folder.stop.request(RunStopped("interrupted", "stopped by a signal"))
