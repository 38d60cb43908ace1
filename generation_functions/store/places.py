"""Places as bytes that sort as the places do, so that the database can give rows back in source order."""

from __future__ import annotations

from functools import lru_cache

from generation_functions.rows import Place

_NUMBER, _NAME, _END = b"\x01", b"\x02", b"\x00"


@lru_cache(maxsize=4096)
def encode_place(place: Place) -> bytes:
    """Bytes whose order is the order of places. Numbers are 0 to 2**40 - 1; names hold no NUL."""
    parts: list[bytes] = []
    for part in place:
        if isinstance(part, int):
            parts.append(_NUMBER + part.to_bytes(5, "big"))
        else:
            parts.append(_NAME + part.replace("\0", "\ufffd").encode("utf-8", "replace") + _END)
    return b"".join(parts)


def decode_place(data: bytes) -> Place:
    """The place that these bytes stand for."""
    parts: list[int | str] = []
    while data:
        if data[:1] == _NUMBER:
            parts.append(int.from_bytes(data[1:6], "big"))
            data = data[6:]
        else:
            name, _, data = data[1:].partition(_END)
            parts.append(name.decode())
    return tuple(parts)
