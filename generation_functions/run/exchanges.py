"""Every question a run asks goes through here: answered from the store, from a call under way, or by the model.

An answer is on disk before it is given back. The same question is never paid for twice.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from generation_functions.errors import (
    EndpointError,
    EndpointUnusable,
    MillraceError,
    RequestRefused,
    RunStopped,
    TransientError,
)
from generation_functions.models.exchange import Completion, ModelClient, Request, Usage
from generation_functions.models.model import Model, ModelSpec
from generation_functions.rows import Json
from generation_functions.run.budget import Budget
from generation_functions.run.shard import Shard
from generation_functions.store import Answer, Store, StoreReader
from generation_functions.streams.flow import StopSignal

if TYPE_CHECKING:
    from generation_functions.models.batch.desk import BatchDesk
    from generation_functions.models.clients import ModelClients

T = TypeVar("T")
_REFUSED, _TRANSIENT, _UNFINISHED = "refused", "transient", "unfinished"


@dataclass
class StepCalls:
    """How one step's questions were answered in this attempt. `elsewhere`: calls of `calls` that shards made."""

    calls: int = 0
    reused: int = 0
    retries: int = 0
    elsewhere: int = 0

    def as_json(self) -> dict[str, Json]:
        """For the manifest. What other processes asked was stored before this one wanted it: that is no reuse."""
        return {"calls": self.calls, "reused": max(0, self.reused - self.elsewhere), "retries": self.retries}


@dataclass
class Exchanges:
    """Answers requests for one run.

    replay_transient  whether a stored passing fault is taken as final: true when the attempt before had come to its end
    borrowed          stores of previews, estimates and other runs, whose answers are taken over
    ask_no_model      whether a question that no store answers is only counted as a call, and fails its row
    lent_faults       the shard that this is: to it, faults that are final for the run it belongs to are so as well
    batches           where models of the Batch API are remembered; None: they are called directly
    """

    store: Store
    clients: ModelClients
    budget: Budget
    stop: StopSignal
    run_attempt: int
    replay_transient: bool = False
    borrowed: tuple[StoreReader, ...] = ()
    ask_no_model: bool = False
    batches: BatchDesk | None = None
    lent_faults: Shard | None = None
    steps: dict[str, StepCalls] = field(default_factory=dict)
    _open: dict[asyncio.Task[Any], Request] = field(default_factory=dict)
    _let_go: set[asyncio.Task[Any]] = field(default_factory=set)
    _under_way: dict[str, asyncio.Future[Completion]] = field(default_factory=dict)
    _clients: dict[int, tuple[ModelSpec, ModelClient, int]] = field(default_factory=dict)
    _loop: asyncio.AbstractEventLoop | None = None
    _unsaved: Counter[ModelClient] = field(default_factory=Counter)
    _probing: asyncio.Task[None] | None = None
    _to_probe: list[Model] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.stop.listeners.append(self.drain)

    def expect(self, model: Model) -> None:
        """Name a model the run will use: its endpoint is tried out before the first call to any model is paid for."""
        if all(model.spec is not other.spec for other in self._to_probe):
            self._to_probe.append(model)
        batches = self.batches if model.spec.provider == "openai-batch" and not self.ask_no_model else None
        if batches is not None and batches.left_open():
            self._client(model)  # which collects them, whether or not anything is asked

    async def complete(self, model: Model, request: Request, step: str) -> tuple[Completion, str]:
        """The answer and the key of its exchange. Raises `EndpointError`, `StoreError`, `RunStopped`."""
        key = request.key(model)
        counts = self.steps.get(step)
        if counts is None:
            counts = self.steps[step] = StepCalls()
        while True:
            answer = self._stored(key, model, request, step)
            if answer is not None:
                counts.reused += 1
                return given(answer), key
            if (under_way := self._under_way.get(key)) is None:
                break
            try:
                completion = await asyncio.shield(under_way)
            except asyncio.CancelledError:
                if not under_way.cancelled() or _is_cancelled():
                    raise
                continue  # only whoever asked first was cancelled: ask again
            counts.reused += 1
            return completion, key
        return await self._call(key, model, request, step, counts), key

    def _stored(self, key: str, model: Model, request: Request, step: str) -> Answer | None:
        answer = self.store.answer(key)
        if answer is None:
            return self._borrow(key, model, request, step)
        return answer if self._is_final(answer) else None

    def _is_final(self, answer: Answer) -> bool:
        kind = answer.error.split(":", 1)[0] if answer.error is not None else ""
        if kind == _UNFINISHED:
            return False
        return kind != _TRANSIENT or self.replay_transient or answer.run_attempt == self.run_attempt

    def _borrow(self, key: str, model: Model, request: Request, step: str) -> Answer | None:
        for reader in self.borrowed:
            answer = reader.answer(key)
            if answer is not None and (answer.error is None or self.ask_no_model or self._is_lent(answer.error)):
                self.store.add_answer(
                    key, request, answer.completion, model=model.name, step=step, cost=answer.cost,
                    run_attempt=self.run_attempt, error=answer.error,
                )  # fmt: skip
                return answer
        return None

    def _is_lent(self, error: str) -> bool:
        kind = error.split(":", 1)[0]
        shard = self.lent_faults
        return shard is not None and (kind == _REFUSED or (kind == _TRANSIENT and shard.replays))

    async def _call(self, key: str, model: Model, request: Request, step: str, counts: StepCalls) -> Completion:
        loop = self._loop
        if loop is None:  # asking for it is a system call each time
            loop = self._loop = asyncio.get_running_loop()
        future: asyncio.Future[Completion] = loop.create_future()
        self._under_way[key] = future
        try:
            completion = await self._paid(key, model, request, step, counts)
        except asyncio.CancelledError:
            future.cancel()
            raise
        except BaseException as exc:
            future.set_exception(exc)
            future.exception()  # nobody else may be waiting for it
            raise
        else:
            future.set_result(completion)
            return completion
        finally:
            del self._under_way[key]

    async def _paid(self, key: str, model: Model, request: Request, step: str, counts: StepCalls) -> Completion:
        if self.ask_no_model and not self.stop.is_set():
            counts.calls += 1
            raise TransientError(f"{model.name} would be asked")
        client, in_flight = self._client(model)
        if (self._to_probe or self._probing is not None) and not self.stop.is_set():
            await self._probe(model)
        if self.stop.is_set():  # perhaps since the endpoint was tried out
            raise self._stopped()
        reserved = self.budget.reserve(model, request)
        if reserved is None:
            reserved = await self._while_open(request, self._afforded(model, request))
        if reserved is None:
            self._stop_for_money(model, request)
            raise self._stopped()
        request.draining, request.step = self.stop.is_set, step
        request.room = partial(self._room, client, in_flight)
        try:
            completion = await self._while_open(request, client.complete(request))
        except (TransientError, RequestRefused) as exc:
            if request.kept:
                self.budget.release(reserved)
            else:
                await self._keep_error(key, model, request, step, exc, reserved)
            if self._is_unfinished(exc):
                raise self._stopped() from exc
            raise
        except BaseException:
            self.budget.release(reserved)
            raise
        counts.calls += 1
        counts.retries += completion.retries
        if request.kept:
            self.budget.release(reserved)
            return completion
        cost = self.budget.settle(
            model, request, reserved, completion.usage, completion.seconds, completion.retries, completion.price
        )
        self._unsaved[client] += 1
        try:
            await self.store.add_answer(
                key, request, completion, model=model.name, step=step, cost=cost, run_attempt=self.run_attempt
            )
        finally:
            self._unsaved[client] -= 1
        return completion

    def _room(self, client: ModelClient, most: int) -> Awaitable[None] | None:
        """A wait for the disk, where it is so slow that as many answers wait for it as calls may be open.

        A crash then costs no more than twice that many calls, however long a commit takes.
        """
        return None if self._unsaved[client] < most else self._waited_for_room(client, most)

    async def _waited_for_room(self, client: ModelClient, most: int) -> None:
        while self._unsaved[client] >= most:
            await self.store.flushed()

    async def _while_open(self, request: Request, waited_for: Awaitable[T]) -> T:
        """What is waited for. Meanwhile, and only then, a run that stops may let go of the call."""
        task = asyncio.current_task(self._loop)
        assert task is not None
        self._open[task] = request
        try:
            return await waited_for
        except asyncio.CancelledError:
            if task not in self._let_go:
                raise
            self._let_go.discard(task)
            if self.stop.stopped is None:
                raise MillraceError("not asked: the run ends with an error") from None
            raise self._stopped() from None
        finally:
            del self._open[task]

    async def _afforded(self, model: Model, request: Request) -> float | None:
        """USD set aside for a call that did not fit beside those under way: they may cost less than was set aside.

        None once it would not fit if they cost nothing; where they go off in batches, which take hours, at once.
        """
        async with self.budget.turn:
            while (reserved := self.budget.reserve(model, request)) is None:
                if model.spec.provider == "openai-batch" or self.budget.short_of(model, request) is not None:
                    return None
                await self.budget.given_back()
        return reserved

    def _stop_for_money(self, model: Model, request: Request) -> None:
        budget = self.budget
        next_call = budget.short_of(model, request)
        why = f"the next call may cost ${next_call:.4f}" if next_call else f"${budget.reserved_usd:.4f} set aside"
        told = f"the budget of ${budget.limit_usd:g} is used up (${budget.spent_usd:.4f} spent, {why})"
        self.stop.request(
            RunStopped("budget", told, hint="Raise it with --budget, and the run goes on where it stopped.")
        )

    def _stopped(self) -> RunStopped:
        """Why the run is stopping; a new error for each caller, since a shared one would gather all tracebacks."""
        stopped = self.stop.stopped
        assert stopped is not None
        return RunStopped(stopped.reason, stopped.message, hint=stopped.hint)

    def drain(self) -> None:
        """Let go of every call that has not been sent: it waits for a place or for another try. Others come in.

        One that outlasts the process need not come in now: at an interruption it is left to the next run.
        """
        interrupted = self.stop.stopped is not None and self.stop.stopped.reason == "interrupted"
        for task, request in self._open.items():
            if not request.sent or (interrupted and request.outlasts):
                self._let_go.add(task)
                task.cancel()

    async def _keep_error(
        self, key: str, model: Model, request: Request, step: str, exc: TransientError | RequestRefused, reserved: float
    ) -> None:
        usage = Usage(exc.input_tokens, exc.output_tokens)
        cost = 0.0
        if usage.input_tokens or usage.output_tokens:
            cost = self.budget.settle(model, request, reserved, usage, 0.0, 0)
        else:
            self.budget.release(reserved)
        await self.store.add_answer(
            key, request, Completion("", finish_reason="error", usage=usage), model=model.name, step=step, cost=cost,
            run_attempt=self.run_attempt, error=stored_error(exc, finished=not self._is_unfinished(exc)),
        )  # fmt: skip

    def _is_unfinished(self, exc: EndpointError) -> bool:
        """Whether a call was given up because the run stops, with tries left: it says nothing of its row."""
        return isinstance(exc, TransientError) and self.stop.is_set()

    def _client(self, model: Model) -> tuple[ModelClient, int]:
        """Who calls a model, and the most calls it may have open."""
        known = self._clients.get(id(model.spec))
        if known is None:
            client = self.clients.client(model, self.batches)
            known = self._clients[id(model.spec)] = (model.spec, client, model.spec.in_flight)
        return known[1:]

    async def _probe(self, model: Model) -> None:
        if self._to_probe:
            self.expect(model)
            clients = [self._client(expected)[0] for expected in self._to_probe]
            self._to_probe = []
            self._probing = asyncio.ensure_future(_probe_all(clients))
        if self._probing is not None:
            await asyncio.shield(self._probing)
            self._probing = None  # every endpoint answered; a failed probe stays and stops each later call too


def _is_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


async def _probe_all(clients: list[ModelClient]) -> None:
    for client in clients:
        try:
            await client.probe()
        except EndpointUnusable:
            raise
        except TransientError:
            continue  # the endpoint may only be slow to wake; the first call will tell


def stored_error(exc: EndpointError, *, finished: bool = True) -> str:
    """An error in the words that `_given` makes it of again. One that is not `finished` never stands for an answer."""
    kind = _TRANSIENT if isinstance(exc, TransientError) else _REFUSED
    kind = kind if finished else _UNFINISHED
    told = exc.message if exc.hint is None else f"{exc.message}\n{exc.hint}"
    return f"{kind}:{exc.status if exc.status is not None else ''}:{told}"


def given(answer: Answer) -> Completion:
    """The stored completion, or the stored error raised again."""
    if answer.error is None:
        return answer.completion
    kind, status, told = answer.error.split(":", 2)
    message, _, hint = told.partition("\n")
    code = int(status) if status else None
    raise (RequestRefused if kind == _REFUSED else TransientError)(message, hint=hint or None, status=code)
