"""Embeddings over a real socket: many texts in one call, each answer its own, and what a bad answer means."""

from __future__ import annotations

import asyncio
import base64
import json
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from generation_functions.errors import ConfigError, RequestRefused
from generation_functions.models import Model, ModelClients, Request
from generation_functions.models.address import Address
from generation_functions.models.embedding import read_embeddings
from generation_functions.models.fault import BadAnswer
from tests.fake_endpoint.faults import Fault
from tests.fake_endpoint.server import FakeEndpoint, running, word_vector
from tests.running import echo_step

Maker = Callable[..., Model]


def numbers(text: str) -> tuple[float, ...]:
    raw = base64.b64decode(text)
    return struct.unpack(f"<{len(raw) // 2}e", raw)


async def vectors_of(endpoint: FakeEndpoint, model_at: Maker, texts: list[str], **spec: Any) -> list[Any]:
    async with running(endpoint) as base_url, ModelClients() as clients:
        client = clients.client(model_at(base_url, mode="embedding", **spec))
        return await asyncio.gather(*(client.complete(Request(text)) for text in texts), return_exceptions=True)


async def test_many_texts_go_in_few_calls_and_each_gets_its_own_vector(model_at: Maker) -> None:
    endpoint, texts = FakeEndpoint(), [f"text number {n}" for n in range(150)]
    found = await vectors_of(endpoint, model_at, texts)
    for text, completion in zip(texts, found, strict=True):
        assert numbers(completion.text) == pytest.approx(word_vector(text), abs=1e-3)
    assert endpoint.started == 3
    assert sum(completion.usage.input_tokens for completion in found) == sum(
        sum(map(len, body["input"])) // 4 + 1 for body in endpoint.bodies
    )


async def test_what_the_config_adds_to_the_body_is_sent(model_at: Maker) -> None:
    endpoint = FakeEndpoint()
    async with running(endpoint) as base_url, ModelClients() as clients:
        client = clients.client(model_at(base_url, mode="embedding"))
        await client.complete(Request("one", {"dimensions": 4}))
    assert endpoint.bodies == [{"model": "fake-model", "input": ["one"], "dimensions": 4}]


async def test_a_text_that_is_refused_fails_alone(model_at: Maker) -> None:
    def plan(number: int, body: dict[str, Any]) -> Fault | None:
        return Fault.error(400, "input is too long") if "endless" in body["input"] else None

    found = await vectors_of(FakeEndpoint(plan=plan), model_at, ["one", "endless", "two"])
    assert isinstance(found[1], RequestRefused)
    assert [numbers(found[n].text) for n in (0, 2)] == [
        pytest.approx(word_vector(text), abs=1e-3) for text in ("one", "two")
    ]


async def test_a_passing_fault_is_tried_again_for_all(model_at: Maker) -> None:
    endpoint = FakeEndpoint(plan=lambda number, body: Fault.error(500, "later") if number == 0 else None)
    found = await vectors_of(endpoint, model_at, ["one", "two"])
    assert [completion.retries for completion in found] == [1, 1]


async def test_closing_ends_what_waits(model_at: Maker) -> None:
    arrived = asyncio.Event()

    def plan(number: int, body: dict[str, Any]) -> Fault:
        arrived.set()
        return Fault(hang=True)

    endpoint = FakeEndpoint(plan=plan)
    async with running(endpoint) as base_url, ModelClients() as clients:
        asked = asyncio.create_task(clients.client(model_at(base_url, mode="embedding")).complete(Request("one")))
        await arrived.wait()
        await clients.close()
        with pytest.raises(asyncio.CancelledError):
            await asked


def body(*entries: Any, **fields: Any) -> bytes:
    return json.dumps({"data": list(entries), **fields}).encode()


@pytest.mark.parametrize(
    "answer",
    [
        body({"embedding": [1.0]}),
        body({"embedding": [1.0]}, {"embedding": []}),
        body({"embedding": [1.0]}, {"embedding": ["a"]}),
        body({"embedding": [1.0]}, {"embedding": "not base64"}),
        body({"embedding": [1.0]}, {"embedding": [1e9]}),
        body({"embedding": [1.0]}, {}),
        body({"embedding": [1.0]}, None),
        b'{"data": 3}',
        b"[]",
        b"no JSON",
    ],
)
def test_what_is_no_vector_is_a_bad_answer(address: Address, answer: bytes) -> None:
    with pytest.raises(BadAnswer):
        read_embeddings(address, answer, 2)


def test_vectors_are_put_in_the_order_of_their_texts_and_base64_is_read(address: Address) -> None:
    packed = base64.b64encode(struct.pack("<2f", 0.5, -1.0)).decode()
    answer = body({"index": 1, "embedding": [3.0, 4.0]}, {"index": 0, "embedding": packed}, usage={"prompt_tokens": 7})
    vectors, usage = read_embeddings(address, answer, 2)
    assert [numbers(vector) for vector in vectors] == [(0.5, -1.0), (3.0, 4.0)]
    assert usage is not None
    assert usage.input_tokens == 7


async def test_a_step_that_writes_refuses_a_model_of_embeddings(tmp_path: Path, model_at: Maker) -> None:
    from generation_functions import Run

    async with Run(tmp_path / "run") as run:
        with pytest.raises(ConfigError, match="embeddings"):
            run.rows([{"text": "a"}]).through(echo_step(), model=model_at("http://127.0.0.1:1/v1", mode="embedding"))
