"""Connections against real sockets: kept, shared, given up, and never mixed up."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from yarl import URL

from generation_functions.models import connections
from generation_functions.models.connections import Connections, NotConnected
from tests.models.eventually import until

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Server:
    """Answers every request alike, and remembers what it was sent."""

    def __init__(self, answer: bytes = ANSWER, *, hangs: bool = False, ends: bool = False) -> None:
        self.answer, self.hangs, self.ends = answer, hangs, ends
        self.connections = self.left = 0
        self.requests: list[tuple[bytes, bytes]] = []

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().partition(b"content-length:")[2].split()[0])
                self.requests.append((head, await reader.readexactly(length)))
                if not self.hangs:
                    writer.write(self.answer)
                    await writer.drain()
                if self.ends:
                    break
        except (asyncio.IncompleteReadError, OSError):
            self.left += 1
        finally:
            writer.close()


@asynccontextmanager
async def connected(
    server: Handler, path: str = "/v1/x", tls: ssl.SSLContext | None = None
) -> AsyncIterator[Connections]:
    busy = 0

    async def counted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal busy
        busy += 1
        try:
            await server(reader, writer)
        finally:
            busy -= 1

    listening = await asyncio.start_server(counted, "127.0.0.1", 0, ssl=tls)
    port = listening.sockets[0].getsockname()[1]
    url = URL(f"{'https' if tls else 'http'}://localhost:{port}{path}")
    calls = Connections(url, {"Content-Type": "application/json", "Authorization": "Bearer key"}, most=1000)
    async with listening:
        yield calls
        calls.close()
        await until(lambda: not busy)


async def test_what_is_sent() -> None:
    server = Server()
    async with connected(server, "/a b/ü?version=1") as calls:
        reply = await calls.post(b"{}", 5)
    head, body = server.requests[0]
    assert head.startswith(b"POST /a%20b/%C3%BC?version=1 HTTP/1.1\r\nHost: localhost:")
    assert b"\r\nAuthorization: Bearer key\r\n" in head
    assert (body, reply.body) == (b"{}", b"ok")


async def test_as_many_connections_as_calls_at_once() -> None:
    server = Server()
    async with connected(server) as calls:
        await asyncio.gather(*(calls.post(b"%d" % n, 5) for n in range(20)))
        await asyncio.gather(*(calls.post(b"%d" % n, 5) for n in range(20)))
    assert server.connections == 20
    assert len(server.requests) == 40


@pytest.mark.parametrize("ends", [False, True])
async def test_a_connection_the_server_ended_is_not_used_again(ends: bool) -> None:
    server = Server(ends=ends)
    async with connected(server) as calls:
        for _ in range(5):
            assert (await calls.post(b"{}", 5)).body == b"ok"
            await asyncio.sleep(0.01)
    assert server.connections == (5 if ends else 1)


async def test_a_connection_that_was_idle_too_long_is_not_used_again(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server()
    async with connected(server) as calls:
        await calls.post(b"{}", 5)
        monkeypatch.setattr(connections, "_IDLE_S", 0.0)
        await calls.post(b"{}", 5)
    assert server.connections == 2


async def test_bytes_that_nobody_asked_for_end_the_connection() -> None:
    async def chatty(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"{}")
        writer.write(ANSWER)
        await writer.drain()
        await asyncio.sleep(0.01)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nWRONG")
        await asyncio.sleep(0.1)
        writer.close()

    async with connected(chatty) as calls:
        assert (await calls.post(b"{}", 5)).body == b"ok"
        await asyncio.sleep(0.05)
        assert (await calls.post(b"{}", 5)).body == b"ok"


async def test_a_call_out_of_time_ends_and_so_does_its_connection() -> None:
    server = Server(hangs=True)
    async with connected(server) as calls:
        with pytest.raises(TimeoutError):
            await calls.post(b"{}", 0.05)
        await until(lambda: server.left)


async def test_a_cancelled_call_takes_its_connection_with_it() -> None:
    server = Server(hangs=True)
    async with connected(server) as calls:
        hanging = asyncio.create_task(calls.post(b"{}", 5))
        await until(lambda: server.requests)
        hanging.cancel()
        with pytest.raises(asyncio.CancelledError):
            await hanging
        await until(lambda: server.left)


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"], ids=["nothing", "half"])
async def test_an_answer_that_breaks_off(answer: bytes) -> None:
    async with connected(Server(answer, ends=True)) as calls:
        with pytest.raises(ConnectionError):
            await calls.post(b"{}", 5)


async def test_answers_come_over_tls_from_a_server_that_is_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    certificate = Path(__file__).with_name("self_signed.pem")
    offered = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    offered.load_cert_chain(certificate)
    server = Server()
    async with connected(server, tls=offered) as calls:
        with pytest.raises(NotConnected) as caught:
            await calls.post(b"{}", 5)
        assert isinstance(caught.value.__cause__, ssl.SSLCertVerificationError)
        trusting = ssl.create_default_context(cafile=str(certificate))
        trusting.check_hostname = False
        monkeypatch.setattr(calls, "_context", trusting)
        assert [(await calls.post(b"{}", 5)).body for _ in range(3)] == [b"ok"] * 3
    assert len(server.requests) == 3


@pytest.mark.parametrize("value", ["a\r\nX-Other: b", "a\x00"])
def test_a_header_cannot_begin_another(value: str) -> None:
    with pytest.raises(ValueError, match="control character"):
        Connections(URL("http://localhost/"), {"Authorization": value}, most=10)
