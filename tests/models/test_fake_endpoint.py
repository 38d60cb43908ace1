"""The fake is a faithful one: the official client is content with it, and it ends with whoever started it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import openai
import pytest

from tests.fake_endpoint import FakeEndpoint, Fault, read_log, running, served
from tests.models.eventually import until

ASK = [{"role": "user", "content": "hello"}]
ROOT = Path(__file__).parents[2]


def official(url: str, key: str = "k", retries: int = 0) -> openai.AsyncOpenAI:
    return openai.AsyncOpenAI(base_url=url, api_key=key, max_retries=retries)


async def test_the_official_client_reads_its_answers() -> None:
    async with running(FakeEndpoint(key="k")) as url, official(url) as client:
        chat = await client.chat.completions.create(model="m", messages=ASK, temperature=0.5)
        plain = await client.completions.create(model="m", prompt="once")
        models = [model.id async for model in client.models.list()]
    assert chat.choices[0].message.content == "You asked: hello"
    assert chat.choices[0].finish_reason == "stop"
    assert chat.usage is not None
    assert chat.usage.total_tokens > 0
    assert plain.choices[0].text == "You asked: once"
    assert models == ["fake-model"]


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault.error(400), openai.BadRequestError),
        (Fault.error(404), openai.NotFoundError),
        (Fault.error(429), openai.RateLimitError),
        (Fault.error(500), openai.InternalServerError),
        (Fault(cut=0), openai.APIConnectionError),
        (Fault(cut=10), openai.APIConnectionError),
    ],
)
async def test_the_official_client_knows_its_faults(fault: Fault, error: type[Exception]) -> None:
    async with running(FakeEndpoint(plan=[fault])) as url, official(url) as client:
        with pytest.raises(error):
            await client.chat.completions.create(model="m", messages=ASK)
        assert (await client.chat.completions.create(model="m", messages=ASK)).choices


async def test_a_wrong_key_is_refused() -> None:
    async with running(FakeEndpoint(key="right")) as url, official(url, "wrong") as client:
        with pytest.raises(openai.AuthenticationError):
            await client.models.list()
        with pytest.raises(openai.AuthenticationError):
            await client.chat.completions.create(model="m", messages=ASK)


async def test_a_body_that_is_no_request_is_refused() -> None:
    async with running(FakeEndpoint()) as url, official(url) as client:
        with pytest.raises(openai.BadRequestError):
            await client.chat.completions.create(model="m", messages=[])


def post(url: str, body: dict[str, object]) -> dict[str, object]:
    request = urllib.request.Request(f"{url}/chat/completions", json.dumps(body).encode())
    with urllib.request.urlopen(request, timeout=10) as response:
        return json.load(response)


def shout(body: dict[str, object]) -> str:
    return "SHOUTED"


faults = [Fault.edited(finish_reason="length")]


def test_it_serves_from_its_own_process_and_logs_every_call(tmp_path: Path) -> None:
    log = tmp_path / "calls.jsonl"
    here = "tests.models.test_fake_endpoint"
    with served(answer=f"{here}:shout", plan=f"{here}:faults", log=log) as url:
        first, second = (post(url, {"model": "m", "messages": ASK}) for _ in range(2))
        with urllib.request.urlopen(url.removesuffix("/v1") + "/stats", timeout=10) as response:
            stats = json.load(response)
    assert [each["choices"][0]["finish_reason"] for each in (first, second)] == ["length", "stop"]
    assert first["choices"][0]["message"]["content"] == "SHOUTED"
    assert (stats["started"], stats["finished"], stats["in_flight"]) == (2, 2, 0)
    assert [entry["event"] for entry in read_log(log)] == ["started", "finished"] * 2
    with pytest.raises(OSError):
        post(url, {"model": "m", "messages": ASK})


async def test_a_caller_that_dies_leaves_an_abandoned_call_in_the_log(tmp_path: Path) -> None:
    log = tmp_path / "calls.jsonl"
    async with running(FakeEndpoint(latency=30, log=log)) as url, official(url) as client:
        call = asyncio.create_task(client.chat.completions.create(model="m", messages=ASK))
        await until(lambda: read_log(log))
        call.cancel()
        await until(lambda: len(read_log(log)) == 2)
    assert [entry["event"] for entry in read_log(log)] == ["started", "abandoned"]


def test_it_dies_with_a_parent_that_is_killed() -> None:
    code = (
        "from tests.fake_endpoint import served\n"
        "with served() as url:\n"
        "    print(url, flush=True)\n"
        "    import time; time.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    url = parent.stdout.readline().strip()
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    for _ in range(500):
        try:
            post(url, {"model": "m", "messages": ASK})
        except OSError:
            return
        time.sleep(0.02)
    pytest.fail("the fake endpoint outlived its parent")
