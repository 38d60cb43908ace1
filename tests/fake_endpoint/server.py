"""The fake endpoint itself: chat and plain completions, batches of them, the list of models, a log of every call."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web

from tests.fake_endpoint.batches import FakeBatches, error
from tests.fake_endpoint.faults import Fault, Plan, fault_for

_CHARACTERS_PER_TOKEN = 4
_WANTED = {"/v1/chat/completions": "messages", "/v1/completions": "prompt", "/v1/embeddings": "input"}
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def echo(body: dict[str, Any]) -> str:
    """The answer where no other is given: the last thing asked, said again."""
    prompt = body.get("prompt")
    return f"You asked: {prompt if isinstance(prompt, str) else body['messages'][-1]['content']}"


@dataclass
class FakeEndpoint:
    """What a fake endpoint answers, and what it has seen.

    answer    text of the completion, or fields of its message, or (with `choices`) a whole body.
    latency   seconds each call takes.
    key       the only key it takes; None takes every caller.
    capacity  calls it works on at once; more are turned away with a 429.
    plan      the faults.
    log       a file that gets one JSON line for each call started, finished or abandoned by its caller.
    keep      whether `bodies` and `headers` gather what was sent.
    """

    answer: Callable[[dict[str, Any]], str | dict[str, Any]] = echo
    latency: float = 0.0
    key: str | None = None
    capacity: int | None = None
    plan: Plan = ()
    models: Any = ("fake-model",)
    models_fault: Fault | None = None
    log: Path | None = None
    keep: bool = True
    started: int = 0
    finished: int = 0
    in_flight: int = 0
    most_in_flight: int = 0
    unauthorized: int = 0
    connections: set[Any] = field(default_factory=set)
    statuses: Counter[int] = field(default_factory=Counter)
    bodies: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    batches: FakeBatches = field(init=False)
    _log: int | None = None

    def __post_init__(self) -> None:
        self.batches = FakeBatches(self._answer_in_batch, note=self._write)

    def app(self) -> web.Application:
        app = web.Application(client_max_size=2**28)
        app.router.add_post("/v1/chat/completions", self._complete)
        app.router.add_post("/v1/completions", self._complete)
        app.router.add_post("/v1/embeddings", self._complete)
        app.router.add_get("/v1/models", self._models)
        app.router.add_get("/stats", self._stats)
        self.batches.add_routes(app.router, self._guarded)
        return app

    async def _complete(self, request: web.Request) -> web.StreamResponse:
        if (refusal := self._refusal(request)) is not None:
            return refusal
        body = await _json_of(request)
        if (problem := _problem_of(body, wants=_WANTED[request.path])) is not None:
            self.statuses[400] += 1
            return error(400, problem)
        return await self._logged_call(request, body)

    def _guarded(self, handler: Handler) -> Handler:
        async def guarded(request: web.Request) -> web.StreamResponse:
            return self._refusal(request) or await handler(request)

        return guarded

    def _answer_in_batch(self, body: dict[str, Any], number: int) -> tuple[int, dict[str, Any] | None]:
        """The status and body of one request of a batch; a fault that hangs leaves it without its turn."""
        if (problem := _problem_of(body, wants="messages" if "messages" in body else "prompt")) is not None:
            return 400, {"error": {"message": problem, "type": "invalid_request_error", "param": None, "code": None}}
        if self.keep:
            self.bodies.append(body)
        fault = fault_for(self.plan, number, body) or Fault()
        if fault.hang:
            return 0, None
        whole = completion(body, self.answer(body), number) if fault.body is None else {}
        return fault.status, json.loads(fault.payload(whole))

    def _refusal(self, request: web.Request) -> web.Response | None:
        given = request.headers.get("Authorization", "")
        if self.key is None or given == f"Bearer {self.key}":
            return None
        self.unauthorized += 1
        self.statuses[401] += 1
        return error(401, f"Incorrect API key provided: {given.removeprefix('Bearer ')}", "invalid_api_key")

    async def _logged_call(self, request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
        number, self.started = self.started, self.started + 1
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        self._remember(request, body)
        digest = hashlib.blake2b(json.dumps(body, sort_keys=True).encode(), digest_size=12).hexdigest()
        self._write(event="started", call=number, body=digest)
        event, status = "abandoned", 0
        try:
            response = await self._answer(request, body, number)
            event, status = "finished", response.status
            self.finished += 1
            self.statuses[status] += 1
            return response
        finally:
            self.in_flight -= 1
            self._write(event=event, call=number, body=digest, status=status)

    def _remember(self, request: web.Request, body: dict[str, Any]) -> None:
        if self.keep:
            self.bodies.append(body)
            self.headers.append(dict(request.headers))
            self.connections.add(request.transport.get_extra_info("peername") if request.transport else None)

    async def _answer(self, request: web.Request, body: dict[str, Any], number: int) -> web.StreamResponse:
        crowded = self.capacity is not None and self.in_flight > self.capacity
        if self.latency and not crowded:
            await asyncio.sleep(self.latency)
        fault = Fault.error(429, "too many calls at once") if crowded else fault_for(self.plan, number, body)
        fault = fault or Fault()
        if fault.hang:
            await asyncio.Event().wait()
        if fault.delay:
            await asyncio.sleep(fault.delay)
        payload = fault.payload(self._whole(body, number) if fault.body is None else {})
        if fault.cut is not None:
            return await _cut_short(request, fault, payload)
        return web.Response(
            status=fault.status, body=payload, headers={**fault.headers, "Content-Type": fault.content_type}
        )

    def _whole(self, body: dict[str, Any], number: int) -> dict[str, Any]:
        return embeddings(body) if "input" in body else completion(body, self.answer(body), number)

    async def _models(self, request: web.Request) -> web.Response:
        if (refusal := self._refusal(request)) is not None:
            return refusal
        if (fault := self.models_fault) is not None:
            await asyncio.sleep(fault.delay)
            headers = {**fault.headers, "Content-Type": fault.content_type}
            return web.Response(status=fault.status, body=fault.payload({}), headers=headers)
        if not isinstance(self.models, tuple | list):
            return web.json_response(self.models)
        data = [{"id": name, "object": "model", "created": 0, "owned_by": "fake"} for name in self.models]
        return web.json_response({"object": "list", "data": data})

    async def _stats(self, _request: web.Request) -> web.Response:
        return web.json_response(self.stats())

    def stats(self) -> dict[str, Any]:
        """What was seen so far, in numbers."""
        return {
            "started": self.started,
            "finished": self.finished,
            "in_flight": self.in_flight,
            "most_in_flight": self.most_in_flight,
            "unauthorized": self.unauthorized,
            "statuses": {str(status): count for status, count in self.statuses.items()},
        }

    def _write(self, **entry: Any) -> None:
        if self.log is None:
            return
        if self._log is None:
            self._log = os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        os.write(self._log, json.dumps({**entry, "at": time.time()}).encode() + b"\n")

    def close(self) -> None:
        if self._log is not None:
            os.close(self._log)
            self._log = None


def completion(body: dict[str, Any], answer: str | dict[str, Any], number: int) -> dict[str, Any]:
    """A whole completion, as OpenAI words it."""
    if isinstance(answer, dict) and "choices" in answer:
        return answer
    chat = "messages" in body
    message = {"role": "assistant", "content": "", **({"content": answer} if isinstance(answer, str) else answer)}
    said = {"message": message} if chat else {"text": message["content"]}
    read = len(json.dumps(body.get("messages") or body.get("prompt"))) // _CHARACTERS_PER_TOKEN + 1
    written = len(str(message["content"])) // _CHARACTERS_PER_TOKEN + 1
    return {
        "id": f"{'chatcmpl' if chat else 'cmpl'}-{number}",
        "object": "chat.completion" if chat else "text_completion",
        "created": int(time.time()),
        "model": body["model"],
        "choices": [{"index": 0, **said, "logprobs": None, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written},
    }


def embeddings(body: dict[str, Any]) -> dict[str, Any]:
    """A vector for each text, near those of texts with the same words."""
    texts = body["input"] if isinstance(body["input"], list) else [body["input"]]
    data = [{"object": "embedding", "index": n, "embedding": word_vector(text)} for n, text in enumerate(texts)]
    read = sum(len(text) for text in texts) // _CHARACTERS_PER_TOKEN + 1
    usage = {"prompt_tokens": read, "total_tokens": read}
    # Not in order: an index says which text each belongs to.
    return {"object": "list", "model": body["model"], "data": data[::-1], "usage": usage}


def word_vector(text: str) -> list[float]:
    """Sixteen numbers that count the text's words by their hash."""
    counts = [0.0] * 16
    for word in text.lower().split():
        counts[hashlib.blake2b(word.strip(".,?!").encode(), digest_size=1).digest()[0] % 16] += 1.0
    length = sum(count * count for count in counts) ** 0.5 or 1.0
    return [count / length for count in counts]


async def _json_of(request: web.Request) -> Any:
    try:
        return json.loads(await request.read())
    except ValueError:
        return None


def _problem_of(body: Any, *, wants: str) -> str | None:
    """What a strict endpoint would not accept in a body."""
    if not isinstance(body, dict):
        return "the body is not a JSON object"
    if not isinstance(body.get("model"), str):
        return "you must provide a model parameter"
    if wants != "messages":
        return None if body.get(wants) else f"you must provide a {wants}"
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages:
        return "you must provide messages"
    well_formed = all(isinstance(message, dict) and {"role", "content"} <= message.keys() for message in messages)
    return None if well_formed else "every message needs a role and a content"


async def _cut_short(request: web.Request, fault: Fault, payload: bytes) -> web.StreamResponse:
    response = web.StreamResponse(status=fault.status, headers={"Content-Type": fault.content_type})
    response.content_length = len(payload)
    transport = request.transport
    if fault.cut:
        await response.prepare(request)
        await response.write(payload[: fault.cut])
    if transport is not None:
        transport.close()
    return response


@asynccontextmanager
async def running(endpoint: FakeEndpoint, port: int = 0) -> AsyncIterator[str]:
    """Serve on a loopback port; gives the base URL, ending in /v1."""
    runner = web.AppRunner(endpoint.app(), handler_cancellation=True, shutdown_timeout=0.2, access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", port, backlog=4096)
        await site.start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    finally:
        await runner.cleanup()
        endpoint.close()


def read_log(path: Path) -> list[dict[str, Any]]:
    """Every line of a log; nothing where no call was made."""
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
