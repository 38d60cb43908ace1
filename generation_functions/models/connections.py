"""Connections to one endpoint, kept alive: the shortest way from a body to its answer.

A general HTTP client spends most of its time on what calls of one endpoint have in common (the URL, the headers), or
never have (cookies, redirects). Here the head is written once, and an answer is read where it arrives.
"""

from __future__ import annotations

import asyncio
import errno
import socket
import ssl
from collections.abc import Mapping
from typing import Final, cast

from yarl import URL

from generation_functions.models.wire import Reply, ReplyReader

_CONNECT_S: Final = 30.0
_IDLE_S: Final = 15.0
"""An idle connection this old is not used again: the other side may be about to close it."""
_KNOWN_S: Final = 300.0
_NEXT_ADDRESS_S: Final = 0.25
_BUFFER_BYTES: Final = 256 * 1024


class NotConnected(OSError):
    """No connection came about. Its cause says why: an unknown name, no trust, nobody there."""


class Connections:
    """Calls one URL, over as many connections as there are calls at once.

    url      http or https; what is sent there is a POST.
    headers  what every call carries.
    most     a longer answer's body raises `TooLong`.
    """

    def __init__(self, url: URL, headers: Mapping[str, str], *, most: int) -> None:
        assert url.raw_host is not None
        assert url.port is not None
        self._host, self._port, self._tls = url.raw_host, url.port, url.scheme == "https"
        self._context: ssl.SSLContext | None = None
        self._most = most
        self._head = _head(url, headers)
        self._idle: list[_Connection] = []
        self._all: dict[_Connection, None] = {}  # in the order of their making
        self._buffer = bytearray(_BUFFER_BYTES)
        self._known: tuple[str, float] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._watch: asyncio.TimerHandle | None = None

    async def post(self, body: bytes, timeout_s: float) -> Reply:
        """Send a body and give the answer. A call that is cancelled takes its connection with it.

        Raises `NotConnected`, `TimeoutError`, `TooLong`, `ValueError` for what is no HTTP, and other `OSError` where
        the connection broke.
        """
        loop = self._loop
        if loop is None:
            loop = self._loop = asyncio.get_running_loop()
        connection = self._ready(loop.time()) or await self._connected(loop, timeout_s)
        waiter = connection.send(b"%b%d\r\n\r\n%b" % (self._head, len(body), body), self._most)
        connection.deadline = loop.time() + timeout_s
        if self._watch is None or connection.deadline < self._watch.when():
            self._watch_until(loop, connection.deadline)
        try:
            reply = await waiter
        except BaseException:
            connection.close()
            raise
        if reply.reusable and not connection.lost:
            connection.idle_since = loop.time()
            self._idle.append(connection)
        else:
            connection.close()
        return reply

    def close(self) -> None:
        """Drop every connection."""
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None
        self._idle.clear()
        for connection in list(self._all):
            connection.close()

    def _watch_until(self, loop: asyncio.AbstractEventLoop, deadline: float) -> None:
        if self._watch is not None:
            self._watch.cancel()
        self._watch = loop.call_at(deadline, self._give_up_late, loop)

    def _give_up_late(self, loop: asyncio.AbstractEventLoop) -> None:
        """End the calls whose time is up. One timer for all: calls are many, and few of them are ever late."""
        self._watch = None
        now = loop.time()
        waiting = [connection for connection in self._all if connection.waits]
        for connection in waiting:
            if connection.deadline <= now:
                connection.give_up(TimeoutError())
        following = min((connection.deadline for connection in waiting if connection.deadline > now), default=None)
        if following is not None:
            self._watch_until(loop, following)

    def _ready(self, now: float) -> _Connection | None:
        while self._idle:
            connection = self._idle.pop()
            if now - connection.idle_since < _IDLE_S and not connection.lost:
                return connection
            connection.close()
        return None

    async def _connected(self, loop: asyncio.AbstractEventLoop, timeout_s: float) -> _Connection:
        try:
            async with asyncio.timeout(min(_CONNECT_S, timeout_s)):
                return await self._connect(loop)
        except TimeoutError as exc:
            raise NotConnected(errno.ETIMEDOUT, "it did not take the connection") from exc

    async def _connect(self, loop: asyncio.AbstractEventLoop) -> _Connection:
        # The address that answered first is kept a while: a name is not looked up for each of a thousand connections.
        known = self._known if self._known is not None and loop.time() < self._known[1] else None
        if self._tls and self._context is None:
            self._context = ssl.create_default_context()
            self._context.set_alpn_protocols(["http/1.1"])
        try:
            transport, connection = await loop.create_connection(
                lambda: _Connection(loop, self._buffer, self._all), known[0] if known else self._host, self._port,
                ssl=self._context, server_hostname=self._host if self._tls else None,
                happy_eyeballs_delay=None if known else _NEXT_ADDRESS_S,
            )  # fmt: skip
        except OSError as exc:
            self._known = None
            raise NotConnected(exc.errno, exc.strerror or str(exc)) from exc
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        if known is None:
            self._known = transport.get_extra_info("peername")[0], loop.time() + _KNOWN_S
        return connection


class _Connection(asyncio.BufferedProtocol):
    """One connection, with at most one call on it. All read into the same buffer, which is emptied at once."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, buffer: bytearray, all_of_them: dict[_Connection, None]
    ) -> None:
        self._loop = loop
        self.idle_since = self.deadline = 0.0
        self.lost = False
        self._view = memoryview(buffer)
        self._all = all_of_them
        self._transport: asyncio.WriteTransport | None = None
        self._reader: ReplyReader | None = None
        self._waiter: asyncio.Future[Reply] | None = None

    @property
    def waits(self) -> bool:
        """Whether a call on it has no answer yet."""
        return self._waiter is not None and not self._waiter.done()

    def send(self, data: bytes, most: int) -> asyncio.Future[Reply]:
        """Write a request; the future has its answer."""
        assert self._transport is not None
        self._reader = ReplyReader(most)
        self._waiter = self._loop.create_future()
        self._transport.write(data)
        return self._waiter

    def close(self) -> None:
        """Drop the connection."""
        if self._transport is not None:
            self._transport.abort()

    def give_up(self, error: Exception) -> None:
        """End the call with an error, if it is still open."""
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_exception(error)
        self.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.WriteTransport, transport)
        self._all[self] = None

    def get_buffer(self, sizehint: int) -> memoryview:
        return self._view

    def buffer_updated(self, nbytes: int) -> None:
        if self._waiter is None or self._waiter.done() or self._reader is None:
            self.close()  # nothing was asked
            return
        try:
            reply = self._reader.feed(bytes(self._view[:nbytes]))
        except Exception as exc:  # noqa: BLE001  whoever waits is told
            self.give_up(exc)
            return
        if reply is not None:
            self._waiter.set_result(reply)

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost = True
        self._all.pop(self, None)
        if self._waiter is None or self._waiter.done() or self._reader is None:
            return
        try:
            if exc is not None:
                raise exc
            self._waiter.set_result(self._reader.ended())
        except Exception as error:  # noqa: BLE001  whoever waits is told
            self._waiter.set_exception(error)


def _head(url: URL, headers: Mapping[str, str]) -> bytes:
    """A request's head, up to the number of the body's bytes."""
    fields = {"Host": url.host_port_subcomponent or "", "Accept-Encoding": "identity", **headers}
    for name, value in fields.items():
        if not value.isprintable():
            raise ValueError(f"the header {name} holds a control character")
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"POST {url.raw_path_qs} HTTP/1.1\r\n{lines}Content-Length: ".encode()
