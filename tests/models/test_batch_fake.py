"""The fake's Files and Batches endpoints are what OpenAI's own client takes them for."""

from __future__ import annotations

import json
import time

import openai
import pytest

from tests.fake_endpoint import FakeEndpoint, running


def line(key: str) -> bytes:
    body = {"model": "fake-model", "messages": [{"role": "user", "content": f"What is {key}?"}]}
    asked = {"custom_id": key, "method": "POST", "url": "/v1/chat/completions", "body": body}
    return json.dumps(asked).encode() + b"\n"


async def test_openais_client_submits_lists_and_collects_a_batch() -> None:
    fake = FakeEndpoint(key="sk-right")
    async with running(fake) as url, openai.AsyncOpenAI(base_url=url, api_key="sk-right") as client:
        file = await client.files.create(file=("in.jsonl", line("a") + line("b")), purpose="batch")
        made = await client.batches.create(
            input_file_id=file.id, endpoint="/v1/chat/completions", completion_window="24h", metadata={"name": "first"}
        )
        assert made.status == "in_progress"
        assert made.created_at <= time.time()
        done = await client.batches.retrieve(made.id)
        assert (done.status, done.metadata, done.error_file_id) == ("completed", {"name": "first"}, None)
        assert done.request_counts is not None
        assert (done.request_counts.total, done.request_counts.completed) == (2, 2)
        assert done.output_file_id is not None
        content = (await client.files.content(done.output_file_id)).text
        found = {one["custom_id"]: one["response"] for one in map(json.loads, content.splitlines())}
        assert found["b"]["body"]["choices"][0]["message"]["content"] == "You asked: What is b?"
        assert [batch.id async for batch in client.batches.list(limit=1)] == [made.id]


async def test_openais_client_pages_through_many_batches_newest_first() -> None:
    async with running(FakeEndpoint()) as url, openai.AsyncOpenAI(base_url=url, api_key="x") as client:
        file = await client.files.create(file=("in.jsonl", line("a")), purpose="batch")
        made = [
            await client.batches.create(
                input_file_id=file.id, endpoint="/v1/chat/completions", completion_window="24h"
            )
            for _ in range(5)
        ]  # fmt: skip
        assert [batch.id async for batch in client.batches.list(limit=2)] == [batch.id for batch in reversed(made)]


async def test_what_is_not_there_is_refused() -> None:
    fake = FakeEndpoint(key="sk-right")
    async with running(fake) as url:
        async with openai.AsyncOpenAI(base_url=url, api_key="sk-right", max_retries=0) as client:
            with pytest.raises(openai.NotFoundError):
                await client.batches.retrieve("batch_9")
            with pytest.raises(openai.BadRequestError):
                await client.batches.create(
                    input_file_id="file-9", endpoint="/v1/chat/completions", completion_window="24h"
                )
        async with openai.AsyncOpenAI(base_url=url, api_key="sk-wrong", max_retries=0) as client:
            with pytest.raises(openai.AuthenticationError):
                await client.batches.list()
