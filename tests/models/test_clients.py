"""All clients of a run together, and the offline writer."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from generation_functions.errors import EndpointUnusable, TransientError
from generation_functions.models import Model, ModelClients, ModelSpec, OfflineClient, Price, Request
from generation_functions.models.endpoint import EndpointClient
from tests.fake_endpoint import FakeEndpoint, Fault, running

ModelAt = Callable[..., Model]
ASK = Request([{"role": "user", "content": "What is the sea?"}])


async def test_one_client_for_each_endpoint_and_model(model_at: ModelAt) -> None:
    url = "http://127.0.0.1:9/v1"
    async with ModelClients() as clients:
        first = clients.client(model_at(url))
        assert isinstance(first, EndpointClient)
        assert clients.client(model_at(url, temperature=1, price=Price(input=1, output=2))) is first
        for other in ({"model": "b"}, {"max_in_flight": 3}, {"mode": "completion"}, {"api_key": "sk-2"}):
            assert clients.client(model_at(url, **other)) is not first


async def test_a_wrong_key_costs_one_call(model_at: ModelAt) -> None:
    fake = FakeEndpoint(key="the right one", latency=0.02)
    async with running(fake) as url, ModelClients() as clients:
        client = clients.client(model_at(url, max_in_flight=100))
        results = await asyncio.gather(*(client.complete(ASK) for _ in range(100)), return_exceptions=True)
    assert fake.unauthorized == 1
    assert all(isinstance(error, EndpointUnusable) and error.hint == "check ${EXAMPLE_KEY}" for error in results)


async def test_calls_wait_for_the_first_answer_and_then_all_go(model_at: ModelAt) -> None:
    fake = FakeEndpoint(latency=0.05, plan=[Fault.error(500)])
    async with running(fake) as url, ModelClients() as clients:
        client = clients.client(model_at(url, max_in_flight=100))
        tasks = [asyncio.create_task(client.complete(ASK)) for _ in range(30)]
        while fake.finished < 2:
            assert fake.in_flight <= 1
            await asyncio.sleep(0.002)
        assert all(completion.text for completion in await asyncio.gather(*tasks))
    assert fake.started == 31


@pytest.mark.parametrize("provider", ["local"])
async def test_a_provider_that_is_not_there_yet_says_so(provider: str) -> None:
    async with ModelClients() as clients:
        with pytest.raises(EndpointUnusable, match="not available in this version") as caught:
            clients.client(Model("big", ModelSpec(provider=provider, model="m")))
    assert caught.value.hint


async def test_a_missing_key_is_found_before_any_call() -> None:
    async with ModelClients() as clients:
        with pytest.raises(EndpointUnusable, match=r"\$\{SOME_KEY\}, which is not set"):
            clients.client(Model("big", ModelSpec(model="m", api_key_name="SOME_KEY")))


async def test_closing_twice_does_no_harm_and_leaves_no_connection(model_at: ModelAt) -> None:
    clients = ModelClients()
    async with running(FakeEndpoint()) as url:
        await clients.client(model_at(url)).complete(ASK)
        await clients.close()
        await clients.close()


async def test_the_offline_writer_answers_by_rule() -> None:
    async with ModelClients() as clients:
        client = clients.client(Model.offline())
        await client.probe()
        completion = await client.complete(Request("x", offline=lambda: "<think>hm</think>Salt\x00 water."))
    assert (completion.text, completion.thoughts, completion.finish_reason) == ("Salt water.", "hm", "stop")
    assert completion.usage.estimated
    assert completion.usage.output_tokens > 0


async def test_the_offline_writer_says_which_step_lacks_a_rule() -> None:
    with pytest.raises(EndpointUnusable, match="What is the sea") as caught:
        await OfflineClient(Model.offline()).complete(ASK)
    assert "offline=" in (caught.value.hint or "")


async def test_an_offline_rule_that_writes_nothing_is_no_completion() -> None:
    with pytest.raises(TransientError, match="empty"):
        await OfflineClient(Model.offline()).complete(Request("x", offline=lambda: " "))


async def test_the_offline_writer_lets_others_run() -> None:
    client, ticks = OfflineClient(Model.offline()), 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            ticks += 1
            await asyncio.sleep(0)

    ticking = asyncio.create_task(tick())
    for _ in range(1000):
        await client.complete(Request("x", offline=lambda: "y"))
    ticking.cancel()
    assert 10 <= ticks <= 200


def test_the_light_half_imports_no_http_client() -> None:
    code = "import sys, generation_functions.models; print('aiohttp' in sys.modules)"
    root = Path(__file__).parents[2]
    printed = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert printed.stdout.strip() == "False"
