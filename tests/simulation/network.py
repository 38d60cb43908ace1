"""The simulated network: connections that carry real HTTP in pieces, late, half, or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from types import SimpleNamespace
from typing import Any

from tests.simulation.endpoint import NO_CONNECTION, Answer, Call, Endpoint, answer_to

_FRAMINGS = ("length", "length", "chunked", "to_the_end")


class Network:
    """What the simulated loop asks for connections."""

    def __init__(self, loop: asyncio.AbstractEventLoop, endpoints: Sequence[Endpoint]) -> None:
        self._loop = loop
        self._at = {name: endpoint for endpoint in endpoints for name in (endpoint.host, endpoint.ip)}
        self.connecting = 0

    def at(self, host: str | None) -> Endpoint:
        """The endpoint of a name or an address."""
        return self._at[host or ""]

    async def connect(self, protocol_factory: Callable[[], Any], host: str) -> tuple[Connection, Any]:
        """A new connection. Raises what `create_connection` raises."""
        endpoint = self.at(host)
        self.connecting += 1
        try:
            await self.reach(endpoint)
        finally:
            self.connecting -= 1
        protocol = protocol_factory()
        connection = Connection(self._loop, endpoint, protocol)
        protocol.connection_made(connection)
        return connection, protocol

    async def reach(self, endpoint: Endpoint) -> None:
        """Wait until the far end is reached. Raises `OSError` where it is not."""
        if endpoint.dead:
            await asyncio.Event().wait()
        await asyncio.sleep(endpoint.delay() / 10)
        refused = NO_CONNECTION.get(endpoint.fault() or "")
        if refused is not None:
            raise type(refused)(*refused.args)


class Connection(asyncio.Transport):
    """One connection and the server at its other end, which answers one request after the other."""

    def __init__(self, loop: asyncio.AbstractEventLoop, endpoint: Endpoint, protocol: Any) -> None:
        super().__init__({"socket": SimpleNamespace(setsockopt=_nothing), "peername": (endpoint.ip, 80)})
        self._loop = loop
        self._endpoint = endpoint
        self._protocol = protocol
        self._closed = False

    def write(self, data: Any) -> None:
        """The client sends a whole request."""
        head, _, body = bytes(data).partition(b"\r\n\r\n")
        assert f"Authorization: Bearer {self._endpoint.key}\r\n".encode() in head
        if self._endpoint.dead:
            return
        call = self._endpoint.begin(body)
        answer = answer_to(self._endpoint.fault(), body, self._endpoint)
        wait = self._endpoint.delay() + answer.delay
        if wait < float("inf"):
            self._loop.call_later(wait, self._send, call, answer)

    def abort(self) -> None:
        """The client drops the connection."""
        self._lose(None)

    close = abort

    def is_closing(self) -> bool:
        return self._closed

    def _send(self, call: Call, answer: Answer) -> None:
        pieces = list(self._pieces(answer))
        for piece in pieces[:-1] if answer.cut or answer.stall else pieces:
            if not self._closed:
                self._feed(piece)
        if self._closed:
            return
        call.answered = answer.true and answer.status == 200
        if answer.cut:
            self._lose(ConnectionResetError(104, "Connection reset by peer") if answer.reset else None)
        elif b"Connection: close" in pieces[0]:
            self._lose(None)

    def _pieces(self, answer: Answer) -> Iterator[bytes]:
        """The answer as it comes: its head, perhaps after an interim one, and its body in two parts."""
        rng = self._endpoint.rng
        framing = rng.choice(_FRAMINGS) if not (answer.cut or answer.headers.get("Content-Length")) else "length"
        fields = dict(answer.headers)
        body, half = answer.body, len(answer.body) // 2
        parts = [part for part in (body[:half], body[half:]) if part]
        if framing == "chunked":
            fields["Transfer-Encoding"] = "chunked"
            parts = [b"%x\r\n%b\r\n" % (len(part), part) for part in parts] + [b"0\r\n\r\n"]
        elif framing == "to_the_end":
            fields["Connection"] = "close"
        else:
            fields.setdefault("Content-Length", str(len(body)))
        head = f"HTTP/1.1 {answer.status} Simulated\r\n" + "".join(f"{k}: {v}\r\n" for k, v in fields.items()) + "\r\n"
        interim = b"HTTP/1.1 100 Continue\r\n\r\n" if rng.random() < 0.05 else b""
        yield interim + head.encode()
        yield from parts

    def _feed(self, data: bytes) -> None:
        room = self._protocol.get_buffer(len(data))
        room[: len(data)] = data
        self._protocol.buffer_updated(len(data))

    def _lose(self, exc: Exception | None) -> None:
        if not self._closed:
            self._closed = True
            self._loop.call_soon(self._protocol.connection_lost, exc)


def _nothing(*_: Any) -> None:
    """A socket's options mean nothing here."""
