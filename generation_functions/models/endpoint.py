"""Call any OpenAI-compatible endpoint: the one hot path of a run."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from random import Random
from typing import Any, Final

import aiohttp
import orjson
from yarl import URL

from generation_functions.errors import EndpointError, EndpointUnusable
from generation_functions.models.address import Address, address_of
from generation_functions.models.answer import read_completion
from generation_functions.models.breaker import Breaker, BreakerPolicy, Trial
from generation_functions.models.caller import Caller
from generation_functions.models.connections import Connections
from generation_functions.models.exchange import Completion, Request
from generation_functions.models.fault import BadAnswer, fault_of_answer, fault_of_exception, read_complaint
from generation_functions.models.limiter import Limiter, Turn
from generation_functions.models.listing import Listing, missing_model, read_listing, says_nothing
from generation_functions.models.model import Model
from generation_functions.models.retry import RetryPolicy, retry_after
from generation_functions.models.timing import LoopTiming, Timing
from generation_functions.models.tries import Tries
from generation_functions.models.wire import Reply, TooLong
from generation_functions.rows import canonical_json

MOST_ANSWER_BYTES: Final = 16 * 2**20
OPERATIONS: Final = {"chat": "chat/completions", "completion": "completions", "embedding": "embeddings"}
"""What each mode asks of an endpoint."""

_CONNECT_S: Final = 30.0
_LISTING_S: Final = 20.0
_REFUSAL_S: Final = 0.02
_SEED_STEP: Final = 1009


def new_session() -> aiohttp.ClientSession:
    """The session of a run's calls that are no completions: no proxy from the environment, no cookies."""
    connector = aiohttp.TCPConnector(limit=0, ttl_dns_cache=300, force_close=False)
    return aiohttp.ClientSession(
        connector=connector, cookie_jar=aiohttp.DummyCookieJar(), trust_env=False, raise_for_status=False
    )


def body_of(request: Request, model: str, *, chat: bool) -> bytes:
    """The JSON body that asks a request. Where a seed is set, each sample and attempt has one of its own."""
    body = {"model": model, "messages" if chat else "prompt": request.prompt, **request.sampling}
    if (request.sample or request.attempt) and isinstance(body.get("seed"), int):
        body["seed"] = (body["seed"] + request.sample * _SEED_STEP + request.attempt) % 2**31
    try:
        return orjson.dumps(body)
    except TypeError:
        return canonical_json(body)


class EndpointClient:
    """A `ModelClient` for an OpenAI-compatible endpoint.

    session            for the list of models; shared, and closed by whoever made it. Completions go over connections
                       of the client's own.
    most_answer_bytes  a longer body is malformed.
    tell               hears, in one line, of an endpoint that keeps calls waiting.

    Raises `EndpointUnusable` at once where the config cannot lead to a call.
    """

    def __init__(
        self,
        model: Model,
        *,
        session: aiohttp.ClientSession,
        timing: Timing | None = None,
        rng: Random | None = None,
        retries: RetryPolicy | None = None,
        breaker: BreakerPolicy | None = None,
        most_answer_bytes: int = MOST_ANSWER_BYTES,
        tell: Callable[[str], None] | None = None,
    ) -> None:
        spec = model.spec
        self.address: Address = address_of(model)
        self._session = session
        self._timing = timing or LoopTiming()
        self._chat = spec.mode == "chat"
        url = URL(self.address.url(OPERATIONS[spec.mode]))
        self._headers = self.address.headers()
        self._timeout_s = spec.timeout_s
        self._most_bytes = most_answer_bytes
        self._connections = Connections(url, self._headers, most=most_answer_bytes)
        self._open: set[asyncio.Task[Any]] = set()
        policy = retries or RetryPolicy(spec.max_retries)
        self._tries = Tries(policy, self._timing, rng or Random())
        self.caller = Caller(
            self._send,
            breaker=Breaker(model.name, timing=self._timing, policy=breaker, where=self.address.base_url, tell=tell),
            limiter=Limiter(
                spec.max_in_flight,
                timing=self._timing,
                requests_per_minute=spec.requests_per_minute,
                tokens_per_minute=spec.tokens_per_minute,
            ),
            longest_wish=policy.longest_wish,
        )

    async def complete(self, request: Request) -> Completion:
        """Answer one request; see `ModelClient`."""
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        try:
            return await self._tries.answer(request, self.caller)
        finally:
            self._open.discard(task)

    async def attempt(self, request: Request, trial: Trial, turn: Turn, cost: int) -> Completion | EndpointError:
        """Make one call whose turn has come, for a caller who goes elsewhere when it fails. See `Caller.open_call`."""
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        try:
            return await self.caller.open_call(request, trial, turn, cost)
        finally:
            self._open.discard(task)

    async def _send(self, request: Request) -> Completion:
        """One HTTP call. Raises an `EndpointError` of its kind."""
        started = self._timing.now()
        reply = await self._post(self._asked(request))
        if reply.status != 200:
            raise self._fault(reply.status, reply.headers, reply.body)
        return self._understood(reply.body, request, self._timing.now() - started)

    def _asked(self, request: Request) -> bytes:
        return body_of(request, self.address.model, chat=self._chat)

    def _understood(self, body: bytes, request: Request, seconds: float) -> Completion:
        return read_completion(self.address, body, request.prompt, seconds)

    async def _post(self, body: bytes) -> Reply:
        try:
            return await self._connections.post(body, self._timeout_s)
        except TooLong as exc:
            raise self._too_long(exc.size) from exc
        except (OSError, ValueError) as exc:
            raise fault_of_exception(self.address, exc, self._timeout_s) from exc

    async def _get(self, url: str, timeout_s: float) -> tuple[int, Mapping[str, str], bytes]:
        limits = aiohttp.ClientTimeout(total=timeout_s, sock_connect=min(_CONNECT_S, timeout_s))
        try:
            async with self._session.get(url, headers=self._headers, timeout=limits, allow_redirects=False) as response:
                return response.status, response.headers, await self._read(response)
        except (aiohttp.ClientError, OSError, ValueError) as exc:
            raise fault_of_exception(self.address, exc, timeout_s) from exc

    async def _read(self, response: aiohttp.ClientResponse) -> bytes:
        chunks, size = [], 0
        async for chunk in response.content.iter_any():
            size += len(chunk)
            if size > self._most_bytes:
                raise self._too_long(size)
            chunks.append(chunk)
        return b"".join(chunks)

    def _too_long(self, size: int) -> BadAnswer:
        return BadAnswer(f"{self.address.name}: malformed answer from {self.address.base_url}: {size:,} bytes or more")

    def _fault(self, status: int, headers: Mapping[str, str], body: bytes) -> EndpointError:
        wish = retry_after(headers, self._timing.wall())
        location = headers.get("Location") if 300 <= status < 400 else None
        return fault_of_answer(self.address, status, read_complaint(body), retry_after=wish, location=location)

    async def model_ids(self) -> tuple[str, ...]:
        """Names of the models served there, as far as it tells. Raises an `EndpointError` where it does not."""
        return (await self._listing()).ids

    async def probe(self) -> None:
        """Ask for the list of models: a refused key, or a list without this model, stops the run before it spends.

        A list that names the model tells how long a refusal would take: the first call keeps others waiting no longer.
        """
        asked = self._timing.now()
        try:
            listing = await self._listing()
        except EndpointUnusable as error:
            if says_nothing(error):
                return
            self.caller.breaker.give_up(error)
            raise
        except EndpointError:
            return
        if (missing := missing_model(listing, self.address)) is not None:
            raise self.caller.breaker.give_up(missing)
        self.caller.breaker.heard_from(max(_REFUSAL_S, 2 * (self._timing.now() - asked)))

    async def _listing(self) -> Listing:
        status, headers, body = await self._get(self.address.url("models"), min(_LISTING_S, self._timeout_s))
        if status != 200:
            raise self._fault(status, headers, body)
        return read_listing(self.address, body, headers)

    async def close(self) -> None:
        """Cancel the calls still open. The session is left to its owner."""
        self.caller.breaker.give_up(EndpointUnusable(f"{self.address.name}: its client is closed"))
        self.caller.limiter.close()
        current = asyncio.current_task()
        tasks = [task for task in self._open if task is not current]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._connections.close()
