"""A whole life of a run from one seed: disturbed attempts, then calm ones until it is finished, and what was wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any

import orjson

from generation_functions.store import Store
from tests.simulation import oracle
from tests.simulation.batches import BatchHouse
from tests.simulation.machine import Attempt, Machine
from tests.simulation.schedule import Plan, Schedule, Shape, drawn

MOST_CALM_ATTEMPTS = 4


@dataclass
class Life:
    """What became of a schedule. `faults` is empty where every promise was kept."""

    schedule: Schedule
    attempts: list[Attempt] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    house: BatchHouse = field(init=False)

    def __post_init__(self) -> None:
        self.house = BatchHouse(Random(f"{self.schedule.seed}:batches"))

    def told(self) -> str:
        """The life in lines, for whoever looks for the bug."""
        schedule = self.schedule
        lines = [
            f"seed {schedule.seed}: {schedule.shape}, {schedule.sites} endpoints, batches {schedule.batches}; "
            f"`pytest tests/simulation --seed {schedule.seed}` replays it"
        ]
        for attempt in self.attempts:
            lines.append(
                f"  attempt {attempt.number}: {attempt.plan.blow} → {attempt.status}, {len(attempt.calls)} calls, "
                f"{attempt.lasted:.1f} s {attempt.error}"
            )
        return "\n".join([*lines, *(f"  broken: {fault}" for fault in self.faults)])


@dataclass(frozen=True)
class Undisturbed:
    """What a run of an input comes to when nothing happens."""

    facts: dict[str, Any]
    calls: int
    cost: float


class Simulation:
    """Lives of runs, in folders under `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.undisturbed = lru_cache(maxsize=None)(self._undisturbed)

    def live(self, seed: int) -> Life:
        """Live through the schedule of a seed."""
        life = Life(drawn(seed))
        try:
            life.faults += self._lived(life)
        except Exception as exc:  # noqa: BLE001  whatever goes wrong is a finding, told with its seed
            life.faults.append(f"{type(exc).__name__}: {exc}")
        return life

    def _lived(self, life: Life) -> Iterator[str]:
        schedule = life.schedule
        folder = self._folder / f"seed{schedule.seed}" / "run"
        calm = self.undisturbed(schedule.texts, schedule.shape)
        for plan in schedule.attempts:
            folder = self._attempt(life, plan, folder, calm.cost)
            yield from oracle.faults_of_attempt(life.attempts[-1])
        folder = self._finish(life, folder)
        if schedule.batches:
            yield from life.house.paid_again()
        else:
            yield from oracle.faults_of_calls(life.attempts)
        yield from oracle.given_up_too_early(folder, schedule.max_retries)
        if schedule.sites > 1 and schedule.well_throughout and schedule.max_retries > 1:
            yield from (f"lost while an endpoint was well: {row}" for row in oracle.failed_for_a_while(folder))
        if oracle.failed_for_a_while(folder):
            folder = self._retry(life, folder)
        yield from oracle.faults_of_folder(folder, life.attempts)
        if oracle.facts_of(folder) != calm.facts:
            yield "the dataset is not that of an undisturbed run"
        yield from self._once_more(life, folder)

    def _attempt(self, life: Life, plan: Plan, folder: Path, cost: float) -> Path:
        attempt = Machine(life.schedule, plan, len(life.attempts) + 1, folder, cost, life.house).run()
        life.attempts.append(attempt)
        life.house.passed += attempt.lasted
        return attempt.folder

    def _finish(self, life: Life, folder: Path) -> Path:
        for _ in range(MOST_CALM_ATTEMPTS):
            folder = self._attempt(life, life.schedule.calm(), folder, 0.0)
            if life.attempts[-1].status == "succeeded":
                return folder
        raise AssertionError(f"it never finishes: {life.attempts[-1].status} {life.attempts[-1].error}")

    def _retry(self, life: Life, folder: Path) -> Path:
        for run, step, key, _ in oracle.failed_for_a_while(folder):
            with Store(run / "store.sqlite") as store:
                store.ask_again(step, key)
        return self._finish(life, folder)

    def _once_more(self, life: Life, folder: Path) -> Iterator[str]:
        before = oracle.facts_of(folder)
        folder = self._attempt(life, life.schedule.calm(), folder, 0.0)
        if life.attempts[-1].calls:
            yield f"a finished run made {len(life.attempts[-1].calls)} calls when it was run again"
        if oracle.facts_of(folder) != before:
            yield "a finished run came out otherwise when it was run again"

    def _undisturbed(self, texts: tuple[str, ...], shape: Shape) -> Undisturbed:
        schedule = Schedule(0, 4, None, 8, 0.05, 0.01, 60.0, texts=texts, shape=shape)
        folder = self._folder / f"calm{len(list(self._folder.iterdir()))}" / "run"
        attempt = Machine(schedule, schedule.calm(), 0, folder, 0.0, BatchHouse(Random(0))).run()
        assert attempt.status == "succeeded", attempt
        cost = orjson.loads((folder / "run.json").read_bytes())["cost_usd"]
        return Undisturbed(oracle.facts_of(folder), len(attempt.calls), cost)
