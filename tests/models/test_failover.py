"""A model at several endpoints, each a real server on a socket: every row is answered while one of them is well."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from generation_functions import Run
from generation_functions.errors import EndpointUnusable, TransientError
from generation_functions.models import Completion, Model, ModelSpec, Request
from generation_functions.models.clients import ModelClients
from generation_functions.models.model import EndpointSpec, Price
from tests.fake_endpoint import FakeEndpoint, Fault, running
from tests.running import echo_step, manifest_of

DOWN: Callable[[int, dict[str, Any]], Fault] = lambda number, body: Fault.error(500)  # noqa: E731


def fake(name: str, **options: Any) -> FakeEndpoint:
    """An endpoint that answers with its name."""
    return FakeEndpoint(answer=lambda body: name, **{"key": None, **options})


@asynccontextmanager
async def model_at(*fakes: FakeEndpoint, per: Sequence[dict[str, Any]] = (), **spec: Any) -> AsyncIterator[Model]:
    async with AsyncExitStack() as stack:
        urls = [await stack.enter_async_context(running(each)) for each in fakes]
        yield model_of(urls, per, **spec)


def model_of(urls: Sequence[str], per: Sequence[dict[str, Any]] = (), **spec: Any) -> Model:
    said = [*per, *({} for _ in urls[len(per) :])]
    endpoints = [EndpointSpec(base_url=url, **more) for url, more in zip(urls, said, strict=True)]
    return Model("writer", ModelSpec(model="fake-model", endpoints=endpoints, **{"timeout_s": 5, **spec}))


async def ask(model: Model, rows: int, *, told: list[str] | None = None) -> list[Completion]:
    async with ModelClients() as clients:
        if told is not None:
            clients.tell = told.append
        client = clients.client(model)
        requests = [Request([{"role": "user", "content": f"Question {number}"}]) for number in range(rows)]
        return await asyncio.gather(*(client.complete(request) for request in requests))


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


async def test_the_first_takes_every_call_while_it_is_well() -> None:
    first, second = fake("first"), fake("second")
    async with model_at(first, second) as model:
        answers = await ask(model, 30)
    assert {answer.text for answer in answers} == {"first"}
    assert second.started == 0


@pytest.mark.parametrize(
    "plan",
    [DOWN, lambda number, body: Fault.error(429), lambda number, body: Fault(cut=0),
     lambda number, body: Fault(hang=True),
     lambda number, body: Fault.garbage()],
    ids=["500", "429", "cut", "hang", "garbage"],
)  # fmt: skip
async def test_every_row_is_answered_while_the_first_is_down(plan: Any) -> None:
    first, second = fake("first", plan=plan), fake("second")
    async with model_at(first, second, timeout_s=0.5) as model:
        answers = await ask(model, 40)
    assert {answer.text for answer in answers} == {"second"}
    assert first.started <= 10


async def test_nobody_waits_where_nothing_listens() -> None:
    second = fake("second")
    async with running(second) as url:
        answers = await ask(model_of([f"http://127.0.0.1:{free_port()}/v1", url]), 20)
    assert {answer.text for answer in answers} == {"second"}


async def test_an_endpoint_that_refuses_the_key_is_given_up_and_told_of_once() -> None:
    first, second = fake("first", key="sk-another"), fake("second")
    told: list[str] = []
    async with model_at(first, second) as model:
        answers = await ask(model, 20, told=told)
    assert {answer.text for answer in answers} == {"second"}
    assert first.unauthorized == 1
    assert len(told) == 1
    assert "is given up, going on with" in told[0]


async def test_calls_go_back_to_the_first_when_it_is_well_again() -> None:
    first, second = fake("first", plan=[Fault.error(500)]), fake("second")
    async with model_at(first, second) as model, ModelClients() as clients:
        client = clients.client(model)
        texts = []
        for number in range(60):
            texts.append((await client.complete(Request([{"role": "user", "content": str(number)}]))).text)
            await asyncio.sleep(0.02)
    assert texts[0] == "second"
    assert texts[-1] == "first"
    assert set(texts[texts.index("first") :]) == {"first"}


async def test_calls_are_shared_by_weight() -> None:
    first, second = fake("first"), fake("second")
    async with model_at(first, second, per=[{"weight": 3}, {"weight": 1}], spread="weight") as model:
        answers = await ask(model, 80)
    shares = [sum(answer.text == name for answer in answers) for name in ("first", "second")]
    assert shares[0] == pytest.approx(60, abs=3)
    assert sum(shares) == 80


async def test_the_others_share_what_one_that_is_down_would_have_had() -> None:
    first, second, third = fake("first"), fake("second", plan=DOWN), fake("third")
    async with model_at(first, second, third, spread="weight") as model:
        answers = await ask(model, 60)
    assert {answer.text for answer in answers} == {"first", "third"}


async def test_when_none_is_left_the_error_names_each() -> None:
    first, second = fake("first", key="sk-another"), fake("second", key="sk-another")
    async with model_at(first, second) as model:
        with pytest.raises(EndpointUnusable, match="none of 2 endpoints is left") as caught:
            await ask(model, 3)
    assert all(endpoint.base_url in caught.value.message for endpoint in model.spec.endpoints)


async def test_a_call_costs_what_the_endpoint_that_answered_asks(tmp_path: Path) -> None:
    per = [{"price": Price(input=1000, output=1000)}, {"price": Price(input=1, output=1), "model": "its-own-name"}]
    first, second = fake("first", plan=DOWN), fake("second", keep=True, models=("its-own-name",))
    async with model_at(first, second, per=per) as model, Run(tmp_path / "out") as run:
        assert model.spec.dearest == Price(input=1000, output=1000)
        await run.write(run.rows([{"text": "a"}, {"text": "b"}]).through(echo_step(), model=model), "out")
    paid = manifest_of(tmp_path / "out")["paid"]["writer"]
    assert paid["cost_usd"] == pytest.approx((paid["input_tokens"] + paid["output_tokens"]) / 1_000_000)
    assert {body["model"] for body in second.bodies} == {"its-own-name"}


async def test_what_one_endpoint_answered_is_not_asked_of_another(tmp_path: Path) -> None:
    first, second = fake("first"), fake("second")
    async with AsyncExitStack() as stack:
        urls = [await stack.enter_async_context(running(each)) for each in (first, second)]
        for order in (urls, urls[::-1]):
            async with Run(tmp_path / "out") as run:
                stream = run.rows([{"text": "a"}]).through(echo_step(), model=model_of(order))
                await run.write(stream, "out")
    assert (first.started, second.started) == (1, 0)


@pytest.mark.parametrize(
    "fields", [{"base_url": "http://a/v1"}, {"api_key": "x"}, {"provider": "offline"}, {"provider": "openai-batch"}]
)
def test_an_address_beside_the_endpoints_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ModelSpec(model="m", endpoints=[EndpointSpec(base_url="http://b/v1")], **fields)


def test_an_endpoint_has_its_own_limits_and_never_anothers_key() -> None:
    per = [{"max_in_flight": 300, "api_key": "one"}, {"timeout_s": 9}]
    model = model_of(["http://a/v1", "http://b/v1"], per, max_in_flight=50, temperature=0.5)
    first, second = model.spec.at_endpoints()
    assert (first.max_in_flight, second.max_in_flight, model.spec.in_flight) == (300, 50, 350)
    assert (first.api_key, second.api_key) == ("one", None)
    assert (first.timeout_s, second.timeout_s, second.temperature) == (5, 9, 0.5)


async def test_where_no_endpoint_can_be_reached_the_run_stops_instead_of_losing_rows() -> None:
    nowhere = [f"http://127.0.0.1:{free_port()}/v1" for _ in range(2)]
    with pytest.raises(EndpointUnusable, match="none of 2 endpoints is left") as caught:
        await ask(model_of(nowhere, max_retries=1), 4)
    assert all(url in caught.value.message for url in nowhere)


async def test_a_row_that_fails_everywhere_says_how_often_it_was_tried() -> None:
    async with model_at(fake("first", plan=DOWN), fake("second", plan=DOWN), max_retries=1) as model:
        with pytest.raises(TransientError, match="the last of 2 tries"):
            await ask(model, 1)
