"""Bytes to text, without wild guesses: UTF-8, UTF-16 and UTF-32 by their mark, Windows-1252 where it is plausible."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from generation_functions.errors import DocumentError

CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\x0b\x0c\r\x1b")
"""Bytes that text does not hold, save by accident."""

BINARY_MAGIC = (
    b"%PDF-",
    b"PK\x03\x04",
    b"\x89PNG",
    b"GIF8",
    b"\xff\xd8\xff",
    b"\x7fELF",
    b"\x1f\x8b",
    b"\xd0\xcf\x11\xe0",
)

MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16: its mark begins with UTF-16's
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

AS_UTF8 = "if it is text, save it as UTF-8"


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text, the encoding it was in, and how many bytes had to be replaced."""

    text: str
    encoding: str = "utf-8"
    replaced: int = 0


def decode(data: bytes) -> Decoded:
    """The text of a file. Raises `DocumentError` for binary data and for encodings that cannot be told for sure."""
    marked = next(((mark, name) for mark, name in MARKS if data.startswith(mark)), None)
    if marked and marked[1] != "utf-8":
        return _decode_marked(data, marked[1])
    if marked:
        data = data.removeprefix(codecs.BOM_UTF8)
    refuse_binary(data)
    try:
        return Decoded(clean_text(data.decode("utf-8")))
    except UnicodeDecodeError:
        return _decode_damaged(data) or _decode_western(data)


def refuse_binary(data: bytes) -> None:
    """Raise `DocumentError` for a known binary format, or for more control bytes than stray ones explain."""
    controls = len(data) - len(data.translate(None, CONTROLS))
    if data.startswith(BINARY_MAGIC) or (controls >= 4 and controls * 50 > len(data)):
        raise DocumentError(_binary_reason(data), hint=AS_UTF8)


def clean_text(text: str) -> str:
    """Newlines as `\\n`, NUL removed, lone surrogates replaced; nothing else touched."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        # A pair of surrogates is one character; only the lone ones are lost.
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def _decode_marked(data: bytes, name: str) -> Decoded:
    try:
        return Decoded(clean_text(data.decode(name)), name)
    except UnicodeDecodeError as exc:
        raise DocumentError(f"damaged {name.upper()} at byte {exc.start}: {exc.reason}", hint=AS_UTF8) from exc


def _binary_reason(data: bytes) -> str:
    even, odd = data[0::2].count(0), data[1::2].count(0)
    if max(even, odd) * 4 > len(data) and min(even, odd) * 50 < len(data):
        return "it looks like UTF-16 without a byte-order mark"
    return f"binary data, not text (it begins with {data[:8]!r})"


def _decode_damaged(data: bytes) -> Decoded | None:
    """UTF-8 with a few bad bytes: plainly UTF-8 when sound multi-byte characters far outnumber the bad ones."""
    text = data.decode("utf-8", "replace")
    replaced = text.count("\ufffd") - data.count("\ufffd".encode())
    beyond_ascii = len(text) - len(text.encode("ascii", "ignore")) - replaced
    if beyond_ascii < 10 * replaced:
        return None
    return Decoded(clean_text(text), "utf-8", replaced)


_HIGH_RUN = re.compile(rb"[\xc0-\xff\x8a\x8c\x8e\x9a\x9c\x9e\x9f]{3,}")


def _decode_western(data: bytes) -> Decoded:
    """Windows-1252, if the text reads like it: accented letters are few and stand among plain ones."""
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        text = ""
    if not text or b"\0" in data or not _reads_western(data, text):
        bad = next(index for index, byte in enumerate(data) if byte > 127)
        raise DocumentError(f"not UTF-8 (first such byte {data[bad]:#04x}), and no other encoding fits", hint=AS_UTF8)
    return Decoded(clean_text(text), "windows-1252")


def _reads_western(data: bytes, text: str) -> bool:
    high = [char for char in text if char > "\x7f"]
    accented = sum(char.isalpha() for char in high)
    plain = sum(65 <= (byte | 32) - 32 <= 90 for byte in data)
    in_runs = sum(len(run) for run in _HIGH_RUN.findall(data))
    known = accented + sum(char in "“”‘’‚„–—…€«»‹›°§©®™·•¿¡£¥¢½¼¾²³±×÷¶ªº\xa0\xad´¨¸" for char in high)
    return accented * 3 <= plain and in_runs * 5 <= len(high) and known >= len(high) * 0.95
