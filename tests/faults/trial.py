"""A run that is hit, and the one oracle: resumed until it ends, it comes out as if nothing had happened."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import orjson

from generation_functions import Model, OneToManyStep, PipelineStep, Prompt, Run
from generation_functions.errors import MillraceError
from generation_functions.models.clients import ModelClients
from generation_functions.models.model import ModelSpec, Price
from generation_functions.models.timing import LoopTiming, Timer
from generation_functions.parsing import bulleted_list, tag
from generation_functions.run.events import read_events
from generation_functions.run.surroundings import Surroundings
from tests.fake_endpoint import FakeEndpoint, running
from tests.running import manifest_of

CANARY = "sk-canary-3kV9"
TEXTS = tuple(f"the {word}" for word in ("sea", "moon", "tide", "salt", "wind", "sand"))
HASTE = 40.0
"""Seconds of waiting between two tries that a trial passes in one."""

shout = PipelineStep("shout", prompt=Prompt.of("Shout: {text}", system="shout"), parse=tag("said"), into="loud")
split = OneToManyStep("split", prompt=Prompt.of("Split: {loud}", system="split"), parse=bulleted_list(), into="word")


def answer(body: dict[str, Any]) -> str:
    """The true answer: the same to the same question."""
    asked = body["messages"][-1]["content"].partition(": ")[2].split("\n")[0]
    if body["messages"][0]["content"] == "shout":
        return f"<said>{asked.upper()}</said>"
    return "\n".join(f"- {word}" for word in asked.split())


async def pipeline(run: Run, model: Model, texts: tuple[str, ...] = TEXTS) -> None:
    """Two steps and a dataset."""
    rows = run.rows([{"text": text} for text in texts])
    await run.write(rows.through(shout, model=model).through(split, model=model), "out", parquet=False)


class Hurried(LoopTiming):
    """Time in which backoffs pass quickly. Calls themselves take as long as they take."""

    def now(self) -> float:
        return super().now() * HASTE

    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds / HASTE)

    def call_later(self, seconds: float, callback: Callable[[], object]) -> Timer:
        return super().call_later(seconds / HASTE, callback)


@dataclass
class Trial:
    """One output folder and the endpoint its runs ask. `statuses` tells how each attempt ended."""

    folder: Path
    endpoint: FakeEndpoint = field(default_factory=lambda: FakeEndpoint(answer=answer, key=CANARY))
    model: dict[str, Any] = field(default_factory=dict)
    texts: tuple[str, ...] = TEXTS
    surroundings: Surroundings = field(
        default_factory=lambda: Surroundings(clients=lambda: ModelClients(timing=Hurried()))
    )
    statuses: list[str] = field(default_factory=list)
    errors: list[BaseException] = field(default_factory=list)
    base_url: str = ""

    async def attempt(self, **settings: Any) -> str:
        """Run once, and give the status."""
        settings = {"max_failed_share": 1.0, "surroundings": self.surroundings, **settings}
        run: Run | None = None
        async with AsyncExitStack() as stack:
            base_url = self.base_url or await stack.enter_async_context(running(self.endpoint))
            spec = {"model": "fake-model", "base_url": base_url, "api_key": CANARY, "max_in_flight": 2, **self.model}
            spec.setdefault("price", Price(input=1, output=1))
            try:
                async with Run(self.folder, **settings) as run:
                    await pipeline(run, Model("fake", ModelSpec(**spec)), self.texts)
            except (MillraceError, asyncio.CancelledError) as exc:
                self.errors.append(exc)
        ended = run is not None and run._folder is not None and run.folder.ending is not None
        self.statuses.append(manifest_of(self.folder)["status"] if ended else "failed")
        return self.statuses[-1]

    async def until_finished(self, most: int = 4) -> None:
        """Run the same again until it has succeeded."""
        for _ in range(most):
            if await self.attempt() == "succeeded":
                return
        raise AssertionError(f"not finished after {most} attempts: {self.statuses} {self.errors}")

    @property
    def dataset(self) -> bytes:
        """The dataset's bytes."""
        return (self.folder / "datasets" / "out.jsonl").read_bytes()

    @property
    def asked(self) -> Counter[bytes]:
        """How often each body reached the endpoint."""
        return Counter(orjson.dumps(body) for body in self.endpoint.bodies)


async def undisturbed(folder: Path, texts: tuple[str, ...] = TEXTS) -> Trial:
    """The run that nothing happens to."""
    calm = Trial(folder, texts=texts)
    await calm.until_finished(1)
    return calm


def assert_as_if_nothing_happened(trial: Trial, calm: Trial, *, lost: int = 0) -> None:
    """The oracle. `lost` is how many calls may have been made for nothing: in flight at a crash, or turned away."""
    assert trial.dataset == calm.dataset
    assert set(trial.asked) == set(calm.asked)
    again = sum(trial.asked.values()) - sum(calm.asked.values())
    assert again <= lost, f"{again} calls more than an undisturbed run, {lost} are accounted for"
    assert_one_ending_each(trial.folder, len(trial.statuses))
    assert_no_secret(trial.folder)


def assert_one_ending_each(folder: Path, most: int) -> None:
    """Every attempt that began has at most one end, and the last one has it."""
    kinds = [event["event"] for event in read_events(folder / "events.jsonl")]
    kinds = [kind for kind in kinds if kind in ("run_started", "run_ended")]
    assert kinds[-2:] == ["run_started", "run_ended"]
    assert ("run_ended", "run_ended") not in set(pairwise(kinds))
    assert kinds.count("run_started") <= most


def assert_no_secret(folder: Path) -> None:
    """The key stands in no file of the run."""
    for path in folder.rglob("*"):
        if path.is_file():
            assert CANARY.encode() not in path.read_bytes(), path
