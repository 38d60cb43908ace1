"""A run's rows, read back whole: what each step made of a row, from its source to its end.

The store keeps of a row only what a step added to it. A row's chain of records, each made from the one before, gives
the row as the step saw it. A record of a group has several rows before it; its fields come from the first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import orjson

from generation_functions.errors import StoreError
from generation_functions.rows import Json
from generation_functions.store.store import KEPT, RowRecord, StoreReader

DATASET_PREFIX = "dataset:"

_COLUMNS = "step, key, status, reason, detail, fields, exchanges, from_step, from_key, root"
_SHOWN_CANDIDATES = 5
_OF_ALL_ROWS = ("chunk", "embed", "index", "related")
"""Steps that work on every source row also where only a few are tried out."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which records of an attempt are meant. What is left out does not narrow it.

    step    a step's name; one that ends in `*` stands for all that begin so
    reason  a text that stands in the record's reason, in whatever case
    keys    whole keys or their beginnings
    """

    step: str | None = None
    status: str | None = None
    reason: str | None = None
    keys: tuple[str, ...] = ()

    def where(self, attempt: int) -> tuple[str, list[Any]]:
        """The condition in SQL, and its values."""
        parts, values = ["run_attempt = ?"], [attempt]
        for part, value in self._conditions():
            parts.append(part)
            values += value
        return " AND ".join(parts), values

    def _conditions(self) -> Iterator[tuple[str, list[Any]]]:
        if self.step is not None:
            whole = not self.step.endswith("*")
            length = len(self.step) - 1
            yield ("step = ?", [self.step]) if whole else ("substr(step, 1, ?) = ?", [length, self.step[:-1]])
        if self.status is not None:
            yield "status = ?", [self.status]
        if self.reason is not None:
            yield "instr(lower(COALESCE(reason, '')), lower(?)) > 0", [self.reason]
        if self.keys:
            ranges = [(key, key + "g") for key in self.keys]
            yield "(" + " OR ".join(["(key >= ? AND key < ?)"] * len(ranges)) + ")", [v for r in ranges for v in r]


@dataclass(frozen=True, slots=True)
class Loss:
    """Rows that one step did not let go on, for one reason; `key` is one of them."""

    step: str
    status: str
    reason: str
    count: int
    key: str


class History:
    """What one attempt of a run, by default the latest, made of its rows. Read-only; also while the run goes on."""

    def __init__(self, store: StoreReader, attempt: int | None = None) -> None:
        self.store = store
        self.attempt = int(store.fact("run_attempt") or 0) if attempt is None else attempt

    @cached_property
    def depths(self) -> dict[str, int]:
        """How many steps stand before each, by name, nearest the source first."""
        found = self.store.query(
            "SELECT step, from_step, MIN(id) FROM rows WHERE run_attempt = ? GROUP BY step, from_step ORDER BY 3",
            (self.attempt,),
        )
        before = {step: from_step for step, from_step, _ in found}
        depths = {step: _depth(step, before) for step in before}
        return dict(sorted(depths.items(), key=lambda item: item[1]))

    def records(self, selection: Selection = Selection(), *, limit: int | None = None) -> Iterator[RowRecord]:
        """The selected records, in source order."""
        where, values = selection.where(self.attempt)
        tail = "" if limit is None else f" LIMIT {limit:d}"
        found = self.store.stream(f"SELECT {_COLUMNS} FROM rows WHERE {where} ORDER BY place, key, id{tail}", values)
        return map(_record, found)

    def count(self, selection: Selection) -> int:
        """How many records are selected."""
        where, values = selection.where(self.attempt)
        return int(self.store.query(f"SELECT COUNT(*) FROM rows WHERE {where}", values)[0][0])

    def losses(self, selection: Selection) -> list[Loss]:
        """The selected records' reasons, the commonest first."""
        where, values = selection.where(self.attempt)
        found = self.store.query(
            "SELECT step, status, COALESCE(reason, 'no reason given') AS why, COUNT(*), MIN(key) FROM rows"
            f" WHERE {where} AND status != 'kept' GROUP BY step, status, why ORDER BY 4 DESC, step, why",
            values,
        )
        return [Loss(*row) for row in found]

    def record(self, step: str, key: str) -> RowRecord | None:
        """What a step made of a row."""
        found = self._select("step = ? AND key = ?", (step, key))
        return found[0] if found else None

    def whole_key(self, beginning: str) -> str:
        """The one key that begins so. Raises `StoreError` where there is none, or more than one."""
        found = self.store.query(
            "SELECT DISTINCT key FROM rows WHERE run_attempt = ? AND key >= ? AND key < ? ORDER BY key LIMIT ?",
            (self.attempt, beginning, beginning + "g", _SHOWN_CANDIDATES + 1),
        )
        keys = [key for (key,) in found]
        if beginning in keys or len(keys) == 1:
            return beginning if beginning in keys else str(keys[0])
        if not keys:
            raise StoreError(f"no row of this run has the key {beginning!r}", hint="`rows RUN` shows keys.")
        raise StoreError(
            f"{len(keys) if len(keys) <= _SHOWN_CANDIDATES else 'many'} rows have keys that begin with {beginning!r}",
            hint=f"Give more of the key: {', '.join(key[: len(beginning) + 6] for key in keys[:_SHOWN_CANDIDATES])}",
        )

    def furthest(self, key: str) -> RowRecord | None:
        """The record of a row at the step furthest from its source."""
        found = self._select("key = ?", (key,))
        return max(found, key=lambda record: self.depths[record.step], default=None)

    def chain(self, record: RowRecord) -> list[RowRecord]:
        """The records a row was made through, from its source to this one."""
        chain, seen = [record], {(record.step, record.key)}
        while (before := self._before(chain[-1])) is not None and (before.step, before.key) not in seen:
            chain.append(before)
            seen.add((before.step, before.key))
        return chain[::-1]

    def whole(self, record: RowRecord) -> dict[str, Json]:
        """All fields of a row as they were after this record's step."""
        fields: dict[str, Json] = {}
        for link in self.chain(record):
            fields |= link.fields
        return fields

    def members(self, record: RowRecord) -> list[RowRecord]:
        """The rows a group was made of, in their order; none for a row that is no group."""
        found = (self.record(record.from_step, key) for key in _member_keys(record))
        return [member for member in found if member is not None]

    def made_from(self, record: RowRecord) -> list[RowRecord]:
        """Other rows that were made from this one by the steps after it, and groups it is a member of."""
        return self._select(
            "from_step = ? AND key != ? AND (from_key = ? OR instr(detail, ?) > 0) AND status = 'kept'",
            (record.step, record.key, record.key, f'"{record.key}"'.encode()),
        )

    def within(self, record: RowRecord) -> list[RowRecord]:
        """The records of the steps inside a `DepthFirst` step, in the order they were made."""
        found = self._select("from_step = ? AND root = ?", (record.step, record.root), order="id")
        return _reached(record, [inner for inner in found if _is_inner(inner)])

    def roots(self) -> list[str]:
        """Keys of the source rows that any step has worked on, in source order."""
        found = self.store.query(
            f"SELECT root, MIN(place) FROM rows WHERE run_attempt = ? AND step NOT IN {_OF_ALL_ROWS}"
            " AND (from_step != '' OR length(exchanges) > 0) GROUP BY root ORDER BY 2, 1",
            (self.attempt,),
        )
        return [root for root, _ in found]

    def story(self, root: str) -> list[RowRecord]:
        """All that became of a source row: its own record, then each row made from it with every step in order."""
        return told(self._select("root = ?", (root,)), self.depths)

    def _before(self, record: RowRecord) -> RowRecord | None:
        if not record.from_step:
            return None
        members = _member_keys(record)
        key = members[0] if members else record.from_key
        return self.record(record.from_step, key) or self._elsewhere(key, record)

    def _elsewhere(self, key: str, record: RowRecord) -> RowRecord | None:
        # A row made inside a `DepthFirst` step is recorded under the inner step alone.
        found = [other for other in self._select("key = ?", (key,), order="id") if other.step != record.step]
        return found[-1] if found else None

    def _select(self, where: str, values: Sequence[Any], *, order: str = "place, key, id") -> list[RowRecord]:
        statement = f"SELECT {_COLUMNS} FROM rows WHERE run_attempt = ? AND {where} ORDER BY {order}"
        return [_record(row) for row in self.store.query(statement, (self.attempt, *values))]


def told(records: Sequence[RowRecord], depths: dict[str, int]) -> list[RowRecord]:
    """Records of one source row in reading order: a row's steps follow one another, then comes the next row."""
    inner = [record for record in records if _is_inner(record)]
    outer = sorted((r for r in records if not _is_inner(r)), key=lambda r: depths.get(r.step, 0))
    known = {(record.step, record.key) for record in outer}
    after: dict[tuple[str, str], list[RowRecord]] = {}
    for record in outer:
        after.setdefault((record.from_step, record.from_key), []).append(record)
    story: list[RowRecord] = []
    waiting = [r for r in reversed(outer) if (r.from_step, r.from_key) not in known]
    while waiting:
        record = waiting.pop()
        story += [*(i for i in _reached(record, inner) if i not in story), record]
        waiting += reversed(after.get((record.step, record.key), []))
    return story


def _reached(record: RowRecord, inner: Sequence[RowRecord]) -> list[RowRecord]:
    reached = {record.from_key}
    found = []
    for link in inner:
        if link.from_step == record.step and link.from_key in reached:
            found.append(link)
            reached.add(link.key)
    return found


def _is_inner(record: RowRecord) -> bool:
    return bool(record.from_step) and record.step.startswith(f"{record.from_step}.")


def _member_keys(record: RowRecord) -> list[str]:
    grouped = record.status == KEPT and isinstance(record.detail, dict)
    return list(record.detail.get("members", ())) if grouped else []


def _depth(step: str, before: dict[str, str]) -> int:
    depth, seen = 0, {step}
    while (step := before.get(step, "")) and step not in seen:
        seen.add(step)
        depth += 1
    return depth


def _record(row: Sequence[Any]) -> RowRecord:
    step, key, status, reason, detail, fields, exchanges, from_step, from_key, root = row
    asked = exchanges.decode() if isinstance(exchanges, bytes) else exchanges
    return RowRecord(
        step, key, status, reason, None if detail is None else orjson.loads(detail), orjson.loads(fields),
        tuple(asked.split(",")) if asked else (), from_step, from_key, root,
    )  # fmt: skip
