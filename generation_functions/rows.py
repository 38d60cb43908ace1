"""A row: a JSON-able mapping of fields with a key, its parents' keys and its place in the order.

Keys are content: they hash what a row was made from, never where it stood, so adding or removing a document changes no
other document's keys. Places are positions: they only decide the order in which finished rows are written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, TypeAlias

import orjson

Json: TypeAlias = Any
"""What `json.loads` can give back: None, bool, int, float, str, list and dict of the same."""

Place: TypeAlias = tuple[int | str, ...]
"""Where a row stands among its siblings, outermost first: `(document, chunk, child, ...)`."""


def content_key(*parts: Json) -> str:
    """128 bits of BLAKE2b over the parts' canonical JSON, as 32 hexadecimal digits.

    Raises `TypeError` for a part that is not JSON-able.
    """
    return blake2b(canonical_json(parts), digest_size=16).hexdigest()


class TextKey:
    """`content_key(*parts, text)` of a text that comes a part at a time, and has no lone surrogates."""

    def __init__(self, *parts: Json) -> None:
        self._digest = blake2b(canonical_json([*parts, ""])[:-2], digest_size=16)

    def add(self, part: str) -> None:
        """The text goes on with this."""
        self._digest.update(orjson.dumps(part)[1:-1])

    def value(self) -> str:
        """The key, if the text ends here."""
        whole = self._digest.copy()
        whole.update(b'"]')
        return whole.hexdigest()


def canonical_json(value: Json) -> bytes:
    """The one byte string of a JSON value: sorted keys, no spaces, UTF-8. Equal values give equal bytes."""
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError as exc:
        # Lone surrogates have no UTF-8 form; they reach us from broken documents and broken endpoints.
        return orjson.dumps(_without_surrogates(value, exc), option=orjson.OPT_SORT_KEYS)


def _without_surrogates(value: Json, cause: TypeError) -> Json:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, Mapping):
        return {_without_surrogates(k, cause): _without_surrogates(v, cause) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_without_surrogates(item, cause) for item in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    raise cause


@dataclass(slots=True, eq=False)
class Row(Mapping[str, Json]):
    """One row of a stream. Reads as a mapping of its fields; steps make new rows, they never change one.

    key      32 hexadecimal digits of what the row was made from.
    fields   the JSON-able content.
    place    its position, for the order of writing.
    parents  keys of the rows it was made from, nearest first; empty for a source row.
    root     key of the source row (chunk, record) it descends from.
    """

    key: str
    fields: dict[str, Json]
    place: Place = ()
    parents: tuple[str, ...] = ()
    root: str = field(default="")

    def __post_init__(self) -> None:
        if not self.root:
            self.root = self.key

    def __getitem__(self, name: str) -> Json:
        return self.fields[name]

    def __contains__(self, name: object) -> bool:
        return name in self.fields

    def __iter__(self) -> Iterator[str]:
        return iter(self.fields)

    def __len__(self) -> int:
        return len(self.fields)

    def adding(self, fields: Mapping[str, Json]) -> Row:
        """The same row one step further on, with more (or changed) fields. Its key and place stay."""
        return Row(self.key, {**self.fields, **fields}, self.place, self.parents, self.root)

    def children(self, step: str, items: Iterable[Mapping[str, Json]]) -> list[Row]:
        """Rows made from this one. A child's key hashes its parent, the step and its own content (not its position);
        equal siblings are told apart by their count."""
        seen: dict[str, int] = {}
        rows: list[Row] = []
        for index, item in enumerate(items):
            key = content_key(self.key, step, item)
            count = seen[key] = seen.get(key, 0) + 1
            if count > 1:
                key = content_key(key, count)
            rows.append(Row(key, {**self.fields, **item}, (*self.place, index), (self.key, *self.parents), self.root))
        return rows
