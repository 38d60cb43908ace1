"""A simulated machine: it runs one attempt of a run under a plan, in a folder, and tells how that ended."""

from __future__ import annotations

import asyncio
import shutil
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from generation_functions import Model, Run
from generation_functions.errors import MillraceError
from generation_functions.models.clients import ModelClients
from generation_functions.models.model import EndpointSpec, ModelSpec, Price
from generation_functions.run.options import RunOptions
from generation_functions.run.runner import Interruption
from generation_functions.run.surroundings import Surroundings
from generation_functions.store import Store
from tests.simulation.answers import SEED
from tests.simulation.batches import BatchHouse
from tests.simulation.disk import CommitsInLoop, Disk, keep_what_is_on_disk, watch
from tests.simulation.endpoint import Call, Endpoint
from tests.simulation.loop import SimulatedLoop, SimulatedTiming
from tests.simulation.network import Network
from tests.simulation.schedule import Plan, Schedule
from tests.simulation.session import SimulatedSession
from tests.simulation.story import PIPELINES

TIMEOUT_S = 20.0


@dataclass
class Attempt:
    """How an attempt ended.

    folder         what the next attempt works on
    status         of the run, where it came to an end; "crashed" where the simulated power was cut
    calls          in the order they reached the endpoint
    pressed        calls made, or on their way to a connection, when the run was first interrupted
    disk_failed    whether the disk refused anything
    lasted         seconds, in virtual time
    """

    number: int
    plan: Plan
    folder: Path
    status: str = ""
    error: str = ""
    message: str = ""
    calls: list[Call] = field(default_factory=list)
    pressed: int | None = None
    disk_failed: bool = False
    lasted: float = 0.0
    sites: int = 1

    @property
    def heard(self) -> list[bytes]:
        """What the endpoint was asked, in its order."""
        return [call.body for call in self.calls]


class Machine:
    """Everything around one attempt: its loop, clock, disk and network, all drawn from the schedule's seed."""

    def __init__(
        self, schedule: Schedule, plan: Plan, number: int, folder: Path, calm_cost: float, house: BatchHouse
    ) -> None:
        self.schedule = schedule
        self.attempt = Attempt(number, plan, folder, sites=schedule.sites)
        self._rng = Random(f"{schedule.seed}:{number}")
        self._budget = None if plan.budget_share is None else plan.budget_share * calm_cost
        self._jumped = 0.0
        self._loop = SimulatedLoop()
        self._main: asyncio.Task[Any] | None = None
        self._run: Run | None = None
        self._crashed = False
        self._documents = folder.with_name("documents")
        self._disk = Disk(folder, fault=plan.disk_fault)
        self._endpoints = [
            Endpoint(
                number, Random(self._rng.random()), plan.storms, schedule.latency_s, self._loop.time, self._wall,
                self.attempt.calls, site,
            )
            for site in range(schedule.sites)
        ]  # fmt: skip
        self._loop.network = Network(self._loop, self._endpoints)
        self._house = house
        house.storms, house.clock = plan.storms, self._loop.time

    def run(self) -> Attempt:
        """Run the attempt to its end, or to its crash."""
        self._arm_disk()
        began = self._loop.time()
        watch(self._disk)
        try:
            with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
                runner.run(self._live())
        except (MillraceError, asyncio.CancelledError) as exc:
            self.attempt.error = repr(exc)
        finally:
            watch(None)
        self._tell_ending()
        self.attempt.disk_failed = self._disk.failed
        self.attempt.lasted = self._loop.time() - began
        if self._crashed:
            self.attempt.status = "crashed"
            self.attempt.folder = self._after_crash
        return self.attempt

    async def _live(self) -> None:
        self._main = asyncio.current_task()
        self._arm_clock()
        run = self._run = Run(self.attempt.folder, self._options())
        async with run:
            interruption = Interruption(run)
            timers = list(self._arm_interruption(interruption))
            try:
                await PIPELINES[self.schedule.shape](run, self._source(), self._model())
            finally:
                for timer in timers:
                    timer.cancel()

    def _tell_ending(self) -> None:
        opened = None if self._run is None else self._run._folder
        ending = None if opened is None else opened.ending
        self.attempt.status = "failed" if ending is None else ending.status
        self.attempt.message = "" if ending is None else ending.message

    def _options(self) -> RunOptions:
        surroundings = Surroundings(
            clock=self._wall, processor=lambda: 0.0,
            clients=lambda: ModelClients(
                timing=SimulatedTiming(self._wall), rng=Random(self._rng.random()),
                session=lambda: SimulatedSession(self._loop.network, self._house, TIMEOUT_S),  # type: ignore[arg-type,return-value]
            ),
            open_store=self._open_store,
        )  # fmt: skip
        return RunOptions(
            pipeline="story", max_failed_share=1.0, budget_usd=self._budget, surroundings=surroundings,
            heartbeat_s=self.schedule.heartbeat_s * (10 if self.schedule.batches else 1),
        )  # fmt: skip

    def _source(self) -> Any:
        texts = self.attempt.plan.texts
        return texts if self.schedule.shape != "documents" else written_documents(self._documents, texts)

    def _model(self) -> Model:
        schedule = self.schedule
        served: list[dict[str, Any]] = [
            {"base_url": f"http://{endpoint.host}/v1", "api_key": endpoint.key} for endpoint in self._endpoints
        ]
        if len(served) > 1:
            endpoints = [EndpointSpec(weight=1 + n, **each) for n, each in enumerate(served)]
            served = [{"endpoints": endpoints, "spread": "weight" if schedule.by_weight else "health"}]
        if schedule.batches:
            served[0] |= {"provider": "openai-batch", "batch_wait_s": 3.0, "batch_poll_s": 20.0}
        return Model(
            "simulated",
            ModelSpec(
                **served[0], model="simulated", seed=SEED, timeout_s=TIMEOUT_S,
                max_in_flight=schedule.max_in_flight, requests_per_minute=schedule.requests_per_minute,
                max_retries=schedule.max_retries, price=Price(input=1, output=2), max_tokens=20,
            ),
        )  # fmt: skip

    def _open_store(self, path: Path, *, clean: bool) -> Store:
        slowest = self.schedule.commit_s

        def writer(connect: Callable[[], Any]) -> CommitsInLoop:
            return CommitsInLoop(connect, self._disk, lambda: slowest * self._rng.random())

        return Store(path, clean=clean, writer=writer)

    def _wall(self) -> float:
        return 1.7e9 + self._loop.time() + self._jumped

    # Blows

    def _arm_disk(self) -> None:
        plan, disk = self.attempt.plan, self._disk
        if plan.blow == "disk":
            disk.fail_statement, disk.fail_file = plan.at_statement, plan.at_file
        elif plan.blow == "crash":
            disk.on_statement, disk.on_file = self._at_statement, self._at_file

    def _arm_clock(self) -> None:
        plan = self.attempt.plan
        for moment, jump in plan.clock_jumps:
            self._loop.call_later(moment, self._jump, jump)
        if plan.sleep is not None:
            self._loop.call_later(plan.sleep[0], self._loop.leap, plan.sleep[1])
        if plan.blow == "crash" and plan.at_time is not None:
            self._loop.call_later(plan.at_time, self._crash)

    def _jump(self, seconds: float) -> None:
        self._jumped += seconds

    def _arm_interruption(self, interruption: Interruption) -> Any:
        plan = self.attempt.plan
        if plan.blow not in ("interrupt", "stop_at_once") or plan.at_time is None:
            return
        yield self._loop.call_later(plan.at_time, self._press, interruption)
        if plan.blow == "stop_at_once":
            yield self._loop.call_later(plan.at_time + plan.second_after, interruption.press)

    def _press(self, interruption: Interruption) -> None:
        # A batch whose file has arrived may be made yet: it would be paid for, and nobody would know of it.
        under_way = self._loop.network.connecting + sum(self._house.waiting_files.values())
        self.attempt.pressed = len(self.attempt.calls) + under_way
        interruption.press()

    def _at_statement(self, number: int, statement: str) -> None:
        plan = self.attempt.plan
        if plan.at_statement is None or number < plan.at_statement or self._crashed:
            return
        if statement == "COMMIT" and plan.after:
            self._loop.call_soon(self._crash)  # whoever waits for it hears of it only after this
        else:
            self._crash()

    def _at_file(self, number: int) -> None:
        if self.attempt.plan.at_file == number:
            self._crash()

    def _crash(self) -> None:
        """Keep what is on disk. What the process does from here on, nobody sees."""
        if self._crashed:
            return
        self._crashed = True
        for endpoint in self._endpoints:
            endpoint.dead = True
        self._after_crash = self.attempt.folder.with_name(f"{self.attempt.folder.name}c")
        watch(None)
        keep_what_is_on_disk(self.attempt.folder, self._after_crash, torn=self.attempt.plan.torn)
        self.attempt.calls = list(self.attempt.calls)
        if self._main is not None:
            self._loop.call_soon(self._main.cancel)


def written_documents(folder: Path, texts: Sequence[str]) -> Path:
    """A folder that holds each text as a document of its own, and nothing else but one that cannot be read."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    seen: Counter[str] = Counter()
    for text in texts:
        seen[text] += 1
        (folder / f"{text}-{seen[text]}.txt").write_text(text)
    (folder / "r0-binary.txt").write_bytes(bytes(range(256)) * 4)
    return folder
