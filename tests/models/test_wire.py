"""One answer off the wire, however its bytes are cut."""

from __future__ import annotations

import gzip
import zlib

import pytest

from generation_functions.models.wire import Reply, ReplyReader, TooLong

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
INTERIM = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
MOST = 1000

WHOLE: dict[str, tuple[bytes, int, bytes, bool]] = {
    "of a known length": (HEAD + b"Content-Length: 5\r\n\r\nhello", 200, b"hello", True),
    "empty": (HEAD + b"content-length:0\r\n\r\n", 200, b"", True),
    "in chunks": (CHUNKED + b"3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\n\r\n", 200, b"hello", True),
    "chunks with a trailer": (
        HEAD + b"Transfer-Encoding: Chunked\r\n\r\n5\r\nhello\r\n0\r\nDigest: x\r\n\r\n", 200, b"hello", True,
    ),
    "chunks rather than a length": (
        HEAD + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", 200, b"hello", True,
    ),
    "without a body": (b"HTTP/1.1 204 No Content\r\n\r\n", 204, b"", True),
    "an error": (b"HTTP/1.1 429 Too Many Requests\r\nContent-Length: 2\r\n\r\n{}", 429, b"{}", True),
    "the last one": (HEAD + b"Connection: close\r\nContent-Length: 2\r\n\r\n{}", 200, b"{}", False),
    "of an old server": (b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}", 200, b"{}", False),
    "of an old server that waits": (
        b"HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 2\r\n\r\n{}", 200, b"{}", True,
    ),
    "after an interim one": (
        INTERIM + HEAD + b"Content-Length: 2\r\n\r\n{}",
        200, b"{}", True,
    ),
    "packed, though nobody asked": (
        HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(gzip.compress(b"hello", mtime=0))
        + gzip.compress(b"hello", mtime=0), 200, b"hello", True,
    ),
    "deflated": (
        HEAD + b"Content-Encoding: deflate\r\nContent-Length: %d\r\n\r\n" % len(zlib.compress(b"hello"))
        + zlib.compress(b"hello"), 200, b"hello", True,
    ),
}  # fmt: skip


def read(data: bytes, size: int) -> Reply | None:
    reader, reply = ReplyReader(MOST), None
    for start in range(0, len(data), size):
        assert reply is None, "it ended early"
        reply = reader.feed(data[start : start + size])
    return reply


@pytest.mark.parametrize(("data", "status", "body", "reusable"), WHOLE.values(), ids=WHOLE)
@pytest.mark.parametrize("size", [1, 2, 3, 7, 10_000])
def test_an_answer_is_the_same_however_it_is_cut(
    data: bytes, status: int, body: bytes, reusable: bool, size: int
) -> None:
    reply = read(data, size)
    assert reply is not None
    assert (reply.status, reply.body, reply.reusable) == (status, body, reusable)


def test_header_names_are_found_in_any_case() -> None:
    reply = read(b"HTTP/1.1 429 Slow\r\nretry-AFTER: 7\r\nX-Name: \xe9: a\r\nContent-Length: 0\r\n\r\n", 10_000)
    assert reply is not None
    assert (reply.headers["Retry-After"], reply.headers.get("x-name")) == ("7", "é: a")


def test_an_answer_without_a_length_ends_with_the_connection() -> None:
    reader = ReplyReader(MOST)
    assert reader.feed(HEAD + b"\r\nhel") is None
    assert reader.feed(b"lo") is None
    reply = reader.ended()
    assert (reply.body, reply.reusable) == (b"hello", False)


def test_a_connection_with_more_on_it_than_was_asked_for_is_not_used_again() -> None:
    reply = read(HEAD + b"Content-Length: 2\r\n\r\n{}HTTP/1.1 200 OK\r\n", 10_000)
    assert reply is not None
    assert not reply.reusable


@pytest.mark.parametrize(
    "data",
    [b"", HEAD, HEAD + b"Content-Length: 5\r\n\r\nhel", CHUNKED + b"5\r\nhel"],
    ids=["nothing", "half a head", "half a body", "half a chunk"],
)
def test_a_cut_answer_is_none(data: bytes) -> None:
    reader = ReplyReader(MOST)
    assert reader.feed(data) is None
    with pytest.raises(ConnectionError):
        reader.ended()


@pytest.mark.parametrize(
    "data",
    [
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/2 200 OK\r\n\r\n",
        b"HTTP/1.1 abc OK\r\n\r\n",
        HEAD + b"Content-Length: -1\r\n\r\n",
        HEAD + b"Content-Length: many\r\n\r\n",
        CHUNKED + b"-5\r\nhello\r\n",
        CHUNKED + b"0x5\r\nhello\r\n",
        CHUNKED + b"f" * 2000,
        HEAD + b"X: " + b"x" * 70_000,
        HEAD + b"Content-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello",
    ],
)
def test_what_is_no_answer_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError):
        read(data, 10_000)


@pytest.mark.parametrize(
    "data",
    [
        HEAD + b"Content-Length: 1001\r\n\r\n",
        CHUNKED + b"fffff\r\n",
        HEAD + b"\r\n" + b"x" * 1001,
        HEAD + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"x" * 100_000)[:100] + b"x" * 1000,
        HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(gzip.compress(b"x" * 100_000))
        + gzip.compress(b"x" * 100_000),
    ],
    ids=["a length", "a chunk", "to the end", "packed, to the end", "a small bomb"],
)  # fmt: skip
def test_too_long_a_body_is_not_kept(data: bytes) -> None:
    with pytest.raises(TooLong):
        read(data, 10_000)
