"""Texts as vectors, by an OpenAI-compatible endpoint: each text is a request of its own, and many go in one call."""

from __future__ import annotations

import asyncio
import base64
import struct
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from typing import Any, Final

import orjson

from generation_functions.errors import RequestRefused
from generation_functions.models.address import Address
from generation_functions.models.answer import malformed, read_object
from generation_functions.models.endpoint import EndpointClient
from generation_functions.models.exchange import Completion, Request, Usage
from generation_functions.models.timing import Timer
from generation_functions.models.tokens import estimate_tokens
from generation_functions.rows import canonical_json

TEXTS_A_CALL: Final = 64
_GATHER_S: Final = 0.01
_DIVIDER: Final = "\n"


@dataclass(eq=False, slots=True)
class _Waiting:
    request: Request
    answered: asyncio.Future[Completion]


class EmbeddingClient(EndpointClient):
    """A `ModelClient` for `/embeddings`. A completion's text is a vector: base64 of little-endian 16-bit floats.

    Texts are gathered for a hundredth of a second, up to `TEXTS_A_CALL`. A call that the endpoint refuses is made again
    with each text alone, so that one text fails and not its neighbours.
    """

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self._gathered: dict[bytes, list[_Waiting]] = {}
        self._timer: Timer | None = None
        self._calls: set[asyncio.Task[None]] = set()

    async def complete(self, request: Request) -> Completion:
        """The vector of `request.prompt`, a text. Raises what `EndpointClient.complete` raises."""
        waiting = _Waiting(request, asyncio.get_running_loop().create_future())
        together = canonical_json(request.sampling)
        gathered = self._gathered.setdefault(together, [])
        gathered.append(waiting)
        if len(gathered) >= TEXTS_A_CALL:
            self._send_off(together)
        elif self._timer is None:
            self._timer = self._timing.call_later(_GATHER_S, self._send_all)
        try:
            return await waiting.answered
        finally:
            if waiting in gathered:  # whoever asked has gone
                gathered.remove(waiting)

    def _send_all(self) -> None:
        self._timer = None
        for together in list(self._gathered):
            self._send_off(together)

    def _send_off(self, together: bytes) -> None:
        texts = self._gathered.pop(together)
        if texts:
            call = asyncio.get_running_loop().create_task(self._ask(texts))
            self._calls.add(call)
            call.add_done_callback(self._calls.discard)

    async def _ask(self, texts: list[_Waiting]) -> None:
        first = texts[0].request
        for each in texts:
            each.request.sent = True
        prompt: list[dict[str, Any]] = [{"content": each.request.prompt} for each in texts]
        request = Request(prompt, first.sampling, rank=first.rank, draining=first.draining)
        try:
            answered = await super().complete(request)
        except RequestRefused as exc:
            if len(texts) == 1:
                _fail(texts, exc)
            else:
                await asyncio.gather(*(self._ask([each]) for each in texts))
        except BaseException as exc:
            _fail(texts, exc)
            if not isinstance(exc, Exception):
                raise
        else:
            for each, completion in zip(texts, _apart(answered, prompt), strict=True):
                if not each.answered.done():
                    each.answered.set_result(completion)

    def _asked(self, request: Request) -> bytes:
        assert not isinstance(request.prompt, str)
        texts = [message["content"] for message in request.prompt]
        return canonical_json({"model": self.address.model, "input": texts, **request.sampling})

    def _understood(self, body: bytes, request: Request, seconds: float) -> Completion:
        vectors, usage = read_embeddings(self.address, body, len(request.prompt))
        return Completion(_DIVIDER.join(vectors), usage=usage or Usage(estimated=True), seconds=seconds)

    async def close(self) -> None:
        """Cancel the calls still open. The session is left to its owner."""
        if self._timer is not None:
            self._timer.cancel()
        for call in self._calls:
            call.cancel()
        await asyncio.gather(*self._calls, return_exceptions=True)
        await super().close()


def _fail(texts: Sequence[_Waiting], exc: BaseException) -> None:
    for each in texts:
        if isinstance(exc, asyncio.CancelledError):
            each.answered.cancel()
        elif not each.answered.done():
            each.answered.set_exception(copy(exc))  # a shared one would gather the tracebacks of all


def _apart(together: Completion, prompt: Sequence[Mapping[str, Any]]) -> list[Completion]:
    """One completion for each text, which takes its share of the call's tokens; the first takes what is left over."""
    lengths = [estimate_tokens(message["content"]) for message in prompt]
    billed = together.usage.input_tokens or sum(lengths)
    shares = [billed * length // max(sum(lengths), 1) for length in lengths]
    shares[0] += billed - sum(shares)
    vectors = together.text.split(_DIVIDER)
    return [
        replace(together, text=vector, usage=Usage(share, 0, together.usage.estimated))
        for vector, share in zip(vectors, shares, strict=True)
    ]


def read_embeddings(address: Address, body: bytes, count: int) -> tuple[list[str], Usage | None]:
    """The vectors of an answer in the order of the texts, as base64, and the usage where it is told.

    Raises `BadAnswer` for an answer with another number of vectors, or with vectors that are none.
    """
    parsed = read_object(address, body)
    data = parsed.get("data")
    if not isinstance(data, list) or len(data) != count or not all(isinstance(each, dict) for each in data):
        found = f"{len(data)} of them" if isinstance(data, list) else f"`data` of type {type(data).__name__}"
        raise malformed(address, f"{count} embeddings were asked for and {found} came")
    order = sorted(range(count), key=lambda at: _index(data[at], at))
    vectors = [_packed(address, data[at].get("embedding")) for at in order]
    usage = parsed.get("usage")
    read = usage.get("prompt_tokens") if isinstance(usage, dict) else None
    return vectors, Usage(read, 0) if type(read) is int and read >= 0 else None


def _index(entry: Mapping[str, Any], at: int) -> int:
    index = entry.get("index")
    return index if type(index) is int else at


def _packed(address: Address, vector: Any) -> str:
    try:
        if isinstance(vector, str):  # an endpoint may give 32-bit floats as base64
            raw = base64.b64decode(vector, validate=True)
            vector = struct.unpack(f"<{len(raw) // 4}f", raw)
        if vector and isinstance(vector, list | tuple):
            return base64.b64encode(struct.pack(f"<{len(vector)}e", *vector)).decode()
    except (ValueError, TypeError, OverflowError, struct.error) as exc:
        raise malformed(address, f"an embedding that is no list of numbers ({exc})") from exc
    raise malformed(address, f"an embedding that is no list of numbers: {orjson.dumps(vector).decode()[:80]}")
