"""Bytes to text, without wild guesses: UTF-8, UTF-16 and UTF-32 by their mark, Windows-1252 where it is plausible, and
the encodings of other scripts where the text they give reads like a language."""

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

MULTIBYTE = frozenset({"shift_jis", "cp932", "euc_jp", "gb18030", "big5", "euc_kr", "cp949"})
LATIN = frozenset({"cp1250", "iso8859_2", "cp1254"})
LEGACY = (
    "cp1251", "koi8_r", "koi8_u", "cp866", "iso8859_5", "cp932", "euc_jp", "gb18030", "big5", "euc_kr", "cp949",
    "cp1253", "iso8859_7", "cp1255", "cp1256", "iso8859_6", "cp874", "cp1250", "iso8859_2", "cp1254", "cp1252",
)  # fmt: skip
"""What is tried when neither UTF-8 nor Windows-1252 fits: the encodings that files of the last decades are in."""

NAMES = {
    "cp1251": "windows-1251", "cp1250": "windows-1250", "cp1253": "windows-1253", "cp1254": "windows-1254",
    "cp1255": "windows-1255", "cp1256": "windows-1256", "cp874": "windows-874", "koi8_r": "koi8-r", "koi8_u": "koi8-u",
    "cp932": "shift_jis", "euc_jp": "euc-jp", "euc_kr": "euc-kr", "iso2022_jp": "iso-2022-jp",
}  # fmt: skip
"""Encodings as the web calls them, where Python does not."""

SAMPLE = 65_536
"""How much of a text is looked at to tell its encoding, in bytes."""

FEWEST_LETTERS = 16
"""Bytes beyond ASCII without which an encoding is not guessed."""

_HIGH = bytes(range(128, 256))

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
    if b"\x1b$" in data[:SAMPLE] and data.isascii():
        return _decode_as(data, "iso2022_jp") or Decoded(clean_text(data.decode("ascii")))
    try:
        # Sound UTF-8 has no lone surrogates to look for.
        return Decoded(_with_newlines(data.decode("utf-8")))
    except UnicodeDecodeError:
        return _decode_damaged(data) or _decode_legacy(data)


def refuse_binary(data: bytes) -> None:
    """Raise `DocumentError` for a known binary format, or for more control bytes than stray ones explain."""
    if is_binary(data):
        raise DocumentError(_binary_reason(data), hint=AS_UTF8)


def is_binary(data: bytes) -> bool:
    """Whether it begins like a known binary format, or has more control bytes than stray ones explain."""
    return data.startswith(BINARY_MAGIC) or any(map(_full_of_controls, (data[:SAMPLE], data[-SAMPLE:])))


def _full_of_controls(part: bytes) -> bool:
    controls = len(part) - len(part.translate(None, CONTROLS))
    return controls >= 4 and controls * 50 > len(part)


def clean_text(text: str) -> str:
    """Newlines as `\\n`, NUL removed, lone surrogates replaced; nothing else touched."""
    text = _with_newlines(text)
    if text.isascii():
        return text
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        # A pair of surrogates is one character; only the lone ones are lost.
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def _with_newlines(text: str) -> str:
    """Newlines as `\\n`, NUL removed; looked for before they are replaced, for most texts have neither."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return without_nul(text)


def without_nul(text: str) -> str:
    """The text without NUL, looked for first."""
    return text.replace("\0", "") if "\0" in text else text


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


_ONLY_1250 = re.compile(rb"[\x8a\x8c-\x8f\x9a\x9c-\x9f]")
"""Letters of Windows-1250 where ISO 8859-2 has controls."""

_ONLY_8859 = re.compile(rb"(?<=[a-z])[\xb1\xb6\xb9\xbb\xbc\xbe]|[\xa9\xab\xae\xa6\xac](?=[a-z])")
"""Letters of ISO 8859-2 in words, where Windows-1250 has signs, or letters that come with those above."""

_THORN = re.compile(r"\b[þÞ][^\W\d_]{2}")
_SIGNS_IN_WORDS = re.compile(r"(?<=[^\W\d_])[±¶¹³¿¾¼¦¡£¯«»](?=[^\W\d_])")


def _decode_legacy(data: bytes) -> Decoded:
    """One of the encodings from before UTF-8. Windows-1252 needs no more than to be plausible; any other needs letters
    that go together as they do in some language, and enough of them."""
    western = _western_text(data)
    guess = None if western is not None and not _looks_misread(western) else _guessed(data, western is not None)
    if guess is not None and (western is None or guess in LATIN):
        decoded = _decode_as(data, guess)
        if decoded is not None:
            return decoded
    if western is None:
        bad = next(index for index, byte in enumerate(data) if byte > 127)
        raise DocumentError(f"not UTF-8 (first such byte {data[bad]:#04x}), and no other encoding fits", hint=AS_UTF8)
    return Decoded(clean_text(western), "windows-1252")


def _decode_as(data: bytes, encoding: str) -> Decoded | None:
    try:
        return Decoded(clean_text(data.decode(encoding)), NAMES.get(encoding, encoding))
    except UnicodeDecodeError:
        return None


def _guessed(data: bytes, western: bool) -> str | None:
    """The encoding in which the text reads best, if it reads like a language at all; `western` where Windows-1252 is
    plausible by itself."""
    high = len(data) - len(data.translate(None, _HIGH))
    if high < FEWEST_LETTERS or b"\0" in data:
        return None
    from charset_normalizer import from_bytes

    # Characters of several bytes end before a space or a line's end, never in it.
    sample = data if len(data) <= SAMPLE else data[:SAMPLE].rpartition(b"\n")[0] or data[:SAMPLE].rpartition(b" ")[0]
    found = from_bytes(sample, cp_isolation=list(LEGACY), enable_fallback=False)
    best = found.best()
    if best is not None and best.encoding == "cp1252" and not western and _looks_misread(str(best)):
        best = next((other for other in found if other.encoding in LATIN), best)
    if best is None or (not best.coherence and best.encoding not in MULTIBYTE):
        return None
    return _central_european(data) if best.encoding in ("cp1250", "iso8859_2") else best.encoding


def _central_european(data: bytes) -> str:
    """Which of the two it is: what one has letters for, the other has signs that stand in no text."""
    return "iso8859_2" if not _ONLY_1250.search(data) and _ONLY_8859.search(data) else "cp1250"


def _western_text(data: bytes) -> str | None:
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        return None
    return text if b"\0" not in data and _reads_western(data, text) else None


def _looks_misread(text: str) -> bool:
    """Whether many letters beyond ASCII are such as Turkish and the languages of Central Europe turn into."""
    text = text[:SAMPLE]
    if "ð" in text and "æ" in text and _THORN.search(text):
        return False  # Icelandic
    high = [char for char in text if char > "\x7f"]
    if sum(char in "þýðÞÝÐ¹³¿¾¼øìèŸžšœ" for char in high) * 4 > len(high):
        return True
    # Signs inside words are Polish; both these letters, and not the Portuguese one, are Hungarian.
    return len(_SIGNS_IN_WORDS.findall(text)) > 1 or ("õ" in text and "û" in text and "ã" not in text)


def _reads_western(data: bytes, text: str) -> bool:
    high = [char for char in text if char > "\x7f"]
    accented = sum(char.isalpha() for char in high)
    plain = sum(65 <= (byte | 32) - 32 <= 90 for byte in data)
    in_runs = sum(len(run) for run in _HIGH_RUN.findall(data))
    known = accented + sum(char in "“”‘’‚„–—…€«»‹›°§©®™·•¿¡£¥¢½¼¾²³±×÷¶ªº\xa0\xad´¨¸" for char in high)
    return accented * 3 <= plain and in_runs * 5 <= len(high) and known >= len(high) * 0.95
