"""A batch client with a keeper in memory and a clock that need not be waited for, against the real fake endpoint."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from generation_functions.errors import EndpointError
from generation_functions.models import Completion, Model, ModelSpec, Request
from generation_functions.models.batch.client import BatchClient
from generation_functions.models.batch.desk import BatchDesk
from generation_functions.models.endpoint import new_session
from generation_functions.models.timing import LoopTiming

SECRET = "sk-canary-0123456789abcdef"


class Swift(LoopTiming):
    """Every sleep takes a millisecond, and the clocks go on as if it had been slept through."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def now(self) -> float:
        return super().now() + self.ahead

    def wall(self) -> float:
        return super().wall() + self.ahead

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0.001)
        self.ahead += seconds


@dataclass
class Memory:
    """A `Keeper` that only remembers."""

    answers: dict[str, Completion] = field(default_factory=dict)
    refusals: dict[str, str] = field(default_factory=dict)
    asked: dict[str, Request] = field(default_factory=dict)
    told: list[tuple[str, str]] = field(default_factory=list)
    stopped: bool = False

    def find(self, key: str) -> Completion | None:
        return self.answers.get(key)

    def keep(self, key: str, model: Model, request: Request, completion: Completion, error: str | None = None) -> None:
        assert key == request.key(model)
        self.asked[key] = request
        if error is None:
            assert key not in self.answers, "kept twice"
            self.answers[key] = completion
        else:
            self.refusals[key] = error

    def refusal(self, error: EndpointError) -> str:
        return error.message

    def kept(self) -> asyncio.Future[None]:
        future = asyncio.get_running_loop().create_future()
        future.set_result(None)
        return future

    def interrupted(self) -> bool:
        return self.stopped

    def tell(self, event: str, message: str, **facts: Any) -> None:
        self.told.append((event, message))

    @property
    def events(self) -> list[str]:
        return [event for event, _ in self.told]


def batch_model(base_url: str, **spec: Any) -> Model:
    """A model whose batches go off and are looked at almost at once."""
    fields = {"model": "fake-model", "api_key": SECRET, "batch_wait_s": 0.05, "batch_poll_s": 0.02, **spec}
    return Model("writer", ModelSpec(provider="openai-batch", base_url=base_url, **fields))


@asynccontextmanager
async def batch_client(
    folder: Path, base_url: str, keeper: Memory, *, timing: LoopTiming | None = None, **spec: Any
) -> AsyncIterator[BatchClient]:
    """A client as one process has it: opened on a folder, and closed."""
    desk = BatchDesk(folder, keeper)
    async with new_session() as session:
        client = BatchClient(
            batch_model(base_url, **spec), session=session, desk=desk, timing=timing or Swift(), rng=Random(1)
        )
        try:
            yield client
        finally:
            await client.close()
            desk.close()


def question(number: int, **sampling: Any) -> Request:
    """A request unlike all others."""
    return Request([{"role": "user", "content": f"What is the sea, number {number}?"}], sampling, step="asking")


async def ask_all(client: BatchClient, count: int) -> list[Completion | BaseException]:
    """Ask so many questions at once; their answers and errors in order."""
    return await asyncio.gather(*(client.complete(question(n)) for n in range(count)), return_exceptions=True)
