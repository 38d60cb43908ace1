"""One HTTP/1.1 answer, read from a connection's bytes as they come (RFC 9112). Pure.

Only what a client of model endpoints meets is understood: one answer at a time, whole in memory, of a known length, in
chunks, or up to the connection's end. Nothing here is trusted: lengths are checked before anything is kept.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from multidict import CIMultiDict

_LONGEST_HEAD: Final = 64 * 1024
_LONGEST_CHUNK_LINE: Final = 1024
_NO_BODY: Final = frozenset({204, 304})
_TO_THE_END: Final = -1
_CHUNKED: Final = -2


class TooLong(Exception):
    """The body is longer than allowed. `size` bytes are known of."""

    def __init__(self, size: int) -> None:
        super().__init__(f"{size:,} bytes or more")
        self.size = size


@dataclass(slots=True)
class Reply:
    """An answer. `reusable` says whether the connection can carry another."""

    status: int
    head: bytes
    body: bytes
    reusable: bool

    @property
    def headers(self) -> Mapping[str, str]:
        """Its header fields, by names in whatever case."""
        lines = (line.partition(b":") for line in self.head.split(b"\r\n")[1:])
        return CIMultiDict((name.decode("latin-1"), value.strip().decode("latin-1")) for name, _, value in lines)


class ReplyReader:
    """Takes bytes until an answer is whole. Raises `ValueError` for what is no HTTP, `TooLong` for a body too long."""

    __slots__ = ("_body", "_buffer", "_head", "_lower", "_most", "_wanted")

    def __init__(self, most: int) -> None:
        self._most = most
        self._buffer = b""
        self._head = self._lower = b""
        self._wanted = 0
        self._body: bytearray | None = None

    def feed(self, data: bytes) -> Reply | None:
        """The answer, once these bytes complete it."""
        if self._body is not None:
            return self._more(data)
        data = self._buffer + data if self._buffer else data
        end = data.find(b"\r\n\r\n")
        if end < 0 or end > _LONGEST_HEAD:
            if len(data) > _LONGEST_HEAD:
                raise ValueError("an answer whose head does not end")
            if not b"HTTP/".startswith(data[:5]):
                raise ValueError("an answer that is no HTTP")
            self._buffer = data
            return None
        status = self._read_head(data[:end])
        if 100 <= status < 200:  # an interim answer: the one that counts follows
            self._buffer = b""
            return self.feed(data[end + 4 :])
        wanted = self._wanted = 0 if status in _NO_BODY else self._framing()
        if 0 <= wanted <= len(data) - end - 4:
            return self._reply(data[end + 4 : end + 4 + wanted], nothing_left=len(data) == end + 4 + wanted)
        self._buffer = b""
        self._body = bytearray()
        return self._more(data[end + 4 :])

    def ended(self) -> Reply:
        """The answer, whose end is the connection's. Raises `ConnectionError` where it was cut short."""
        if self._body is None:
            raise ConnectionResetError("Server disconnected")
        if self._wanted != _TO_THE_END:
            raise ConnectionResetError("the answer was cut short")
        return self._reply(bytes(self._body), nothing_left=False)

    def _read_head(self, head: bytes) -> int:
        if head[:7] != b"HTTP/1." or not head[9:12].isdigit():
            raise ValueError("an answer that is no HTTP")
        self._head = head
        self._lower = head.lower()
        return int(head[9:12])

    def _framing(self) -> int:
        if b"chunked" in self._field(b"\r\ntransfer-encoding:"):
            return _CHUNKED
        length = self._field(b"\r\ncontent-length:")
        if not length:
            return _TO_THE_END
        if not length.isdigit():
            raise ValueError("an answer without a length")
        if int(length) > self._most:
            raise TooLong(int(length))
        return int(length)

    def _field(self, start: bytes) -> bytes:
        at = self._lower.find(start)
        if at < 0:
            return b""
        at += len(start)
        end = self._lower.find(b"\r\n", at)
        return self._lower[at : end if end >= 0 else None].strip()

    def _more(self, data: bytes) -> Reply | None:
        assert self._body is not None
        if self._wanted == _CHUNKED:
            return self._more_chunks(self._buffer + data)
        self._body += data
        if self._wanted == _TO_THE_END:
            if len(self._body) > self._most:
                raise TooLong(len(self._body))
            return None
        left = len(self._body) - self._wanted
        return self._reply(bytes(self._body[: self._wanted]), nothing_left=left == 0) if left >= 0 else None

    def _more_chunks(self, data: bytes) -> Reply | None:
        assert self._body is not None
        at = 0
        while (end := data.find(b"\r\n", at)) >= 0:
            size = _chunk_size(data[at:end])
            if len(self._body) + size > self._most:
                raise TooLong(len(self._body) + size)
            if size == 0:
                return self._after_last_chunk(data, at, end)
            if len(data) < end + 2 + size + 2:
                break
            self._body += data[end + 2 : end + 2 + size]
            at = end + 2 + size + 2
        self._buffer = data[at:]
        if end < 0 and len(self._buffer) > _LONGEST_CHUNK_LINE:
            raise ValueError("a chunk without a length")
        return None

    def _after_last_chunk(self, data: bytes, at: int, end: int) -> Reply | None:
        # Trailer fields may follow, up to an empty line.
        whole = data.find(b"\r\n\r\n", end)
        if whole < 0:
            if len(data) - at > _LONGEST_HEAD:
                raise ValueError("an answer whose trailer does not end")
            self._buffer = data[at:]
            return None
        assert self._body is not None
        return self._reply(bytes(self._body), nothing_left=len(data) == whole + 4)

    def _reply(self, body: bytes, *, nothing_left: bool) -> Reply:
        connection = self._field(b"\r\nconnection:")
        kept = b"close" not in connection if self._head[7:8] != b"0" else b"keep-alive" in connection
        encoding = self._field(b"\r\ncontent-encoding:")
        if encoding in (b"gzip", b"x-gzip", b"deflate"):
            body = _unpacked(body, self._most)
        return Reply(int(self._head[9:12]), self._head, body, kept and nothing_left)


def _chunk_size(line: bytes) -> int:
    digits = line.partition(b";")[0].strip()
    if not digits or digits.strip(b"0123456789abcdefABCDEF"):
        raise ValueError("a chunk without a length")
    return int(digits, 16)


def _unpacked(body: bytes, most: int) -> bytes:
    try:
        text = zlib.decompressobj(zlib.MAX_WBITS | 32).decompress(body, most + 1)
    except zlib.error as exc:
        raise ValueError(f"an answer that does not unpack: {exc}") from exc
    if len(text) > most:
        raise TooLong(len(text))
    return text
