"""JSON lines: a document a line."""

from __future__ import annotations

import codecs
import io
import json
from collections.abc import Iterator, Mapping
from typing import BinaryIO

import orjson

from generation_functions.documents.document import Document, Limits, Skip, size_label
from generation_functions.documents.encoding import AS_UTF8, clean_text, decode, refuse_binary
from generation_functions.errors import DocumentError
from generation_functions.rows import Json, canonical_json

TEXT_FIELDS = ("text", "content")
TURN_FIELDS = ("messages", "conversations")
_READ = frozenset([*TEXT_FIELDS, *TURN_FIELDS])
ROLE_LABELS = {"human": "User", "user": "User", "gpt": "Assistant", "assistant": "Assistant", "system": "System"}

BLOCK = 1 << 20
"""Bytes that are read at a time, and then to the end of their last line."""

DEEP = 200
"""Brackets of a line that may lie deeper in one another than the writer of JSON goes."""


def read_jsonl(file: BinaryIO, limits: Limits) -> Iterator[Document | Skip]:
    """One document per line, from its `text`, its `content`, or its `messages`/`conversations` with role labels.

    The line's other fields become metadata. A line that is no use is a `Skip` that says which and why.
    """
    number, empty = 0, True
    for lines, plain in _blocks(file, limits):
        for number, data in enumerate(lines, number + 1):  # noqa: B020  counts on from block to block
            if data is None:
                empty = False
                yield Skip("", f"line {number}: larger than the limit of {size_label(limits.max_bytes)}", number)
            elif data and not data.isspace():
                empty = False
                yield _record(number, data, plain)
    if empty:
        raise DocumentError("empty")


def _blocks(file: BinaryIO, limits: Limits) -> Iterator[tuple[list[bytes | None], bool]]:
    """The file's lines, a block at a time; None for one that is too long, whose rest is passed over in small reads.

    And whether they hold no escape that stands for what `clean_text` changes: a return or a NUL."""
    head = file.read(4096)
    file.seek(0)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        file = _as_utf8(file, limits)
    else:
        refuse_binary(head)
    while block := file.read(BLOCK):
        rest = b"" if block.endswith(b"\n") else _rest_of_line(file, limits.max_bytes)
        block = block[: block.rfind(b"\n") + 1] if rest is None else block + rest
        plain = b"\\r" not in block and b"\\u000" not in block
        lines: list[bytes | None] = [*block.split(b"\n")]
        if lines[-1] == b"":
            lines.pop()
        if len(block) > limits.max_bytes:
            lines = [line if line is None or len(line) <= limits.max_bytes else None for line in lines]
        yield (lines if rest is not None else [*lines, None]), plain


def _rest_of_line(file: BinaryIO, most: int) -> bytes | None:
    """What is left of a line; None where that is more than so many bytes, none of which is kept."""
    parts: list[bytes] = []
    size = 0
    while part := file.readline(BLOCK):
        size += len(part)
        parts = [*parts, part] if size <= most else []
        if part.endswith(b"\n"):
            break
    return b"".join(parts) if size <= most else None


def _as_utf8(file: BinaryIO, limits: Limits) -> BinaryIO:
    """UTF-16 has newlines that bytes do not show, so such a file is decoded as a whole."""
    data = file.read(limits.max_bytes + 1)
    if len(data) > limits.max_bytes:
        raise DocumentError(f"UTF-16, and larger than the limit of {size_label(limits.max_bytes)}", hint=AS_UTF8)
    return io.BytesIO(decode(data).text.encode())


def _record(number: int, data: bytes, plain: bool) -> Document | Skip:
    try:
        try:
            record = orjson.loads(data)
        except orjson.JSONDecodeError:
            record, plain = parse_leniently(decode(data).text), False
        if not isinstance(record, dict):
            raise DocumentError(f"a JSON object was expected, not {type(record).__name__}")
        # The fast parser takes no lone surrogates; what is too deep to be written again has many brackets.
        if plain and data.count(b"[") + data.count(b"{") < DEEP and isinstance(text := record.get("text"), str):
            return Document("", _not_empty(text, "text"), number, _rest(record))
        return document_of(record, number)
    except DocumentError as exc:
        return Skip.because("", exc, number)


def document_of(record: Mapping[str, Json], number: int | None) -> Document:
    """One record as a document. Raises `DocumentError` when it has no text, or fields that cannot be kept."""
    return Document("", _text_of(record), number, _metadata(record))


def parse_leniently(text: str) -> Json:
    """The standard parser, for what the strict one refuses: byte-order marks, lone surrogates, other encodings, NaN."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as exc:
        raise DocumentError(f"not JSON: {exc}") from exc


def _text_of(record: Mapping[str, Json]) -> str:
    for name in TEXT_FIELDS:
        if isinstance(value := record.get(name), str):
            return _not_empty(clean_text(value), name)
    for name in TURN_FIELDS:
        if isinstance(turns := record.get(name), list):
            return _not_empty(clean_text("\n\n".join(filter(None, map(_turn_text, turns)))), name)
    fields = ", ".join(sorted(map(str, record))[:10]) or "none"
    raise DocumentError(f"no `text`, `content`, `messages` or `conversations` field; its fields: {fields}")


def _not_empty(text: str, name: str) -> str:
    if not text or text.isspace():
        raise DocumentError(f"an empty `{name}`")
    return text


def _turn_text(turn: Json) -> str:
    """`User: ...`, in whichever of the two common shapes the turn is; empty when it says nothing."""
    if not isinstance(turn, Mapping):
        return ""
    role = str(turn.get("role") or turn.get("from") or "")
    content = turn.get("content", turn.get("value"))
    if isinstance(content, list):
        content = "\n".join(str(part["text"]) for part in content if isinstance(part, Mapping) and "text" in part)
    if not isinstance(content, str) or not content.strip():
        return ""
    label = ROLE_LABELS.get(role.lower(), role.title())
    return f"{label}: {content}" if label else content


def _rest(record: Mapping[str, Json]) -> dict[str, Json]:
    return {name: value for name, value in record.items() if name not in _READ}


def _metadata(record: Mapping[str, Json]) -> dict[str, Json]:
    """The fields beside the text, as they can be stored and written again."""
    rest = _rest(record)
    if not rest:
        return rest
    try:
        cleaned: dict[str, Json] = _clean(rest)
        canonical_json(cleaned)
    except (TypeError, RecursionError) as exc:
        raise DocumentError(f"fields that cannot be kept: {exc}") from exc
    return cleaned


def _clean(value: Json) -> Json:
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, dict):
        return {clean_text(name): _clean(item) for name, item in value.items()}
    return [_clean(item) for item in value] if isinstance(value, list) else value
