"""As much of an `aiohttp.ClientSession` as lists of models and the Batch API are asked with."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from types import SimpleNamespace, TracebackType
from typing import Any

import aiohttp
import orjson
from yarl import URL

from tests.simulation.batches import BatchHouse
from tests.simulation.endpoint import FINAL, NO_CONNECTION, STATUSES, Answer, Endpoint, answer_to
from tests.simulation.network import Network

_KEY: Any = SimpleNamespace(ssl=True, host="simulated.test", port=443)
_FALSE = ("empty_body", "web_page", "half_json", "no_object", "wrong_types")
Work = Callable[[], Answer]


class SimulatedSession:
    """The session of one attempt. `house` answers what is asked of the Batch API."""

    def __init__(self, network: Network, house: BatchHouse, timeout_s: float) -> None:
        self._network = network
        self._house = house
        self._timeout_s = timeout_s

    def get(self, url: str | URL, *, headers: Any, allow_redirects: bool, **_: Any) -> _Response:
        """Ask for the list of models, or for a file."""
        return self.request("GET", url, headers=headers, allow_redirects=allow_redirects)

    def request(
        self, method: str, url: str | URL, *, headers: Any, allow_redirects: bool, data: Any = None, **_: Any
    ) -> _Response:
        """Ask anything else."""
        endpoint = self._network.at(URL(url).host)
        assert headers["Authorization"] == f"Bearer {endpoint.key}"
        assert not allow_redirects
        content = data._fields[1][2].read() if isinstance(data, aiohttp.FormData) else data
        return _Response(self, endpoint, URL(url).path, self._work(method, URL(url).path, content, endpoint))

    def _work(self, method: str, path: str, content: bytes, endpoint: Endpoint) -> Work:
        house, parts = self._house, path.split("/")[2:]
        if parts == ["files"]:
            return lambda: house.upload(content)
        if parts == ["batches"] and method == "POST":
            return lambda: house.create(orjson.loads(content), endpoint)
        if parts == ["batches"]:
            return house.listed
        if parts[0] == "batches":
            return lambda: house.look(parts[1])
        if parts[0] == "files":
            return lambda: house.content(parts[1])
        return lambda: Answer(200, b'{"data": [{"id": "simulated"}]}')

    async def answer(self, endpoint: Endpoint, path: str, work: Work) -> Answer:
        """What comes back, in whatever weather. Raises what aiohttp raises where nothing does."""
        if endpoint.dead:
            await asyncio.Event().wait()
        await asyncio.sleep(endpoint.delay())
        if endpoint.dead:
            await asyncio.Event().wait()
        kind = endpoint.fault()
        models = path.endswith("/models")
        if kind in NO_CONNECTION:
            raise _unconnected(NO_CONNECTION[kind])
        if kind in FINAL or (kind in STATUSES and not models):
            return answer_to(kind, b"", endpoint)
        if kind is None or models:
            return work()
        return await self._spoilt(kind, endpoint, path, work)

    async def _spoilt(self, kind: str, endpoint: Endpoint, path: str, work: Work) -> Answer:
        """An answer that does not arrive as it should, to something that was done or not."""
        answer = work() if endpoint.rng.random() < 0.5 else Answer()
        if kind in ("hang", "slow_body"):
            await asyncio.sleep(self._timeout_s)
            raise TimeoutError
        if kind in ("cut", "reset"):
            raise aiohttp.ServerDisconnectedError
        if kind in _FALSE and not path.endswith("/content"):
            return answer_to(kind, b"", endpoint)
        return answer if answer.body else work()

    async def close(self) -> None:
        """No connection is held."""


def _unconnected(error: OSError) -> aiohttp.ClientConnectorError:
    kinds = {"gaierror": aiohttp.ClientConnectorDNSError, "SSLCertVerificationError": aiohttp.ClientConnectorSSLError}
    return kinds.get(type(error).__name__, aiohttp.ClientConnectorError)(_KEY, error)


class _Response:
    def __init__(self, session: SimulatedSession, endpoint: Endpoint, path: str, work: Work) -> None:
        self._session = session
        self._asked = endpoint, path, work
        self._body = b""
        self.content = SimpleNamespace(
            iter_any=self._chunks, iter_chunked=lambda size: self._chunks(), read=self._read, at_eof=lambda: True
        )

    async def __aenter__(self) -> _Response:
        answer = await self._session.answer(*self._asked)
        self.status, self.headers, self._body = answer.status, answer.headers, answer.body
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None:
        """Nothing is held."""

    async def _read(self, most: int) -> bytes:
        return self._body

    async def _chunks(self) -> AsyncIterator[bytes]:
        yield self._body
