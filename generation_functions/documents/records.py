"""Files of records: JSON arrays and Parquet tables, a document each with text or a conversation."""

from __future__ import annotations

import codecs
import datetime
import decimal
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, BinaryIO

import orjson

from generation_functions.documents.document import Document, Limits, Skip, whole
from generation_functions.documents.encoding import decode
from generation_functions.documents.json_lines import TEXT_FIELDS, document_of, parse_leniently, read_jsonl
from generation_functions.errors import DocumentError
from generation_functions.rows import Json

if TYPE_CHECKING:
    import pyarrow as pa

_ROWS = 512
_LISTS = ("data", "rows", "records", "documents", "items", "train")


def read_json(file: BinaryIO, limits: Limits) -> Iterator[Document | Skip]:
    """A document per record of an array (bare, or under a name such as `data`), or one for a single record.

    A file of JSON lines is one, too: many are named so."""
    data = whole(file, limits)
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError:
        if _begins_with_a_line(data):
            file.seek(0)
            yield from read_jsonl(file, limits)
            return
        value = parse_leniently(decode(data).text)
    if isinstance(value, Mapping):
        lists = [value[name] for name in _LISTS if isinstance(value.get(name), list)]
        if not lists:
            yield document_of(value, None)
            return
        value = lists[0]
    if not isinstance(value, list):
        raise DocumentError(f"a list of records was expected, not {type(value).__name__}")
    if not value:
        raise DocumentError("empty")
    for number, record in enumerate(value, 1):
        yield _document(record, number)


def _begins_with_a_line(data: bytes) -> bool:
    """Whether the first line is a record by itself and others follow."""
    first, _, rest = data.removeprefix(codecs.BOM_UTF8).lstrip().partition(b"\n")
    try:
        return bool(rest.strip()) and isinstance(orjson.loads(first), dict)
    except orjson.JSONDecodeError:
        return False


def read_parquet(file: BinaryIO, limits: Limits) -> Iterator[Document | Skip]:
    """A document per row, drawn a few rows at a time."""
    import pyarrow as pa
    from pyarrow import parquet

    try:
        # Threads of its own would take address space that counts against the limit of memory.
        pa.set_cpu_count(1)
        number = 0
        table = parquet.ParquetFile(file)
        plain = _plain if any(map(_goes_beyond_json, table.schema_arrow.types)) else _as_it_is
        for batch in table.iter_batches(batch_size=_ROWS, use_threads=False):
            for record in batch.to_pylist():
                number += 1
                yield _document(plain(record), number)
    except pa.ArrowMemoryError as exc:
        raise MemoryError from exc
    except (pa.ArrowException, OSError, ValueError) as exc:
        raise DocumentError(f"damaged, or not what its name says: {' '.join(str(exc).split())[:200]}") from exc
    if not number:
        raise DocumentError("empty")


def _document(record: Json, number: int) -> Document | Skip:
    try:
        if isinstance(record, str):
            record = {"text": record}
        if not isinstance(record, Mapping):
            raise DocumentError(f"a record with fields was expected, not {type(record).__name__}")
        return document_of(record, number)
    except DocumentError as exc:
        skip = Skip.because("", exc)
        return Skip("", f"record {number}: {skip.reason}", number)


def _text(value: Json) -> Json:
    """The text that bytes are, in files whose writer did not say so."""
    if not isinstance(value, bytes):
        return value
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value


def _goes_beyond_json(kind: pa.DataType) -> bool:
    """Whether a column may hold what JSON has no form for."""
    from pyarrow import types

    return not (types.is_string(kind) or types.is_integer(kind) or types.is_floating(kind) or types.is_boolean(kind))


def _as_it_is(value: Json) -> Json:
    return value


def _plain(value: Json) -> Json:
    """What Parquet holds beyond JSON, as JSON has it; bytes are left out, but for those of a text."""
    if isinstance(value, dict):
        told = {name: _text(item) if name in TEXT_FIELDS else item for name, item in value.items()}
        return {str(name): _plain(item) for name, item in told.items() if not isinstance(item, bytes)}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    return str(value) if isinstance(value, decimal.Decimal | datetime.timedelta) else value
