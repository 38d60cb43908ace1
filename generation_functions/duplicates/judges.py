"""Judges of all rows of a stream: which duplicate an earlier one, and which are repeated across documents."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

from generation_functions.duplicates.index import DuplicateIndex
from generation_functions.duplicates.repeats import repeated
from generation_functions.errors import MillraceError
from generation_functions.rows import Json, Row
from generation_functions.steps.outcome import Outcome
from generation_functions.streams.judging import Judge

On: TypeAlias = str | Callable[[Row], Json]
"""What rows are compared by: a field's name, or a function that gives a text (or anything that holds texts)."""


def duplicate_judge(on: On, threshold: float) -> Judge:
    """Drops a row that is as similar as `threshold` to one before it that stays.

    The dropped row's detail says which: `{"duplicate_of": KEY, "similarity": 0 to 1}`. Rows without a word are compared
    as they are. Raises `ConfigError` for a threshold there is not.
    """
    DuplicateIndex(threshold)

    def judge(rows: list[Row]) -> Iterator[Outcome | None]:
        index = DuplicateIndex(threshold)
        keys: list[str] = []
        for row in rows:
            found = index.add(compared(row, on))
            if found is None:
                keys.append(row.key)
                yield None
                continue
            same = "the same as" if found.similarity == 1.0 else "nearly the same as"
            detail = {"duplicate_of": keys[found.of], "similarity": round(found.similarity, 4)}
            yield Outcome.dropped(f"{same} an earlier row", detail=detail)

    return judge


def repeat_judge(on: On, documents: int) -> Judge:
    """Drops a row nearly all of whose lines stand in at least so many documents: menus, notices, running titles."""

    def judge(rows: list[Row]) -> Iterator[Outcome | None]:
        texts = [(str(row.get("source", row.root)), compared(row, on)) for row in rows]
        for count in repeated(texts, documents):
            reason = "repeated across documents"
            yield Outcome.dropped(reason, detail={"documents": count}) if count else None

    return judge


def compared(row: Row, on: On) -> str:
    """The text that a row is compared by. Raises `MillraceError` where the row does not have it."""
    if not isinstance(on, str):
        return _text(on(row))
    if on not in row:
        fields = ", ".join(row) or "none"
        raise MillraceError(f"row {row.key[:12]} has no field {on!r} to compare", hint=f"Its fields: {fields}.")
    return _text(row[on])


def _text(value: Json) -> str:
    """All texts in a value, one a line."""
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return "\n".join(_text(item) for item in value.values())
    if isinstance(value, list | tuple):
        return "\n".join(map(_text, value))
    return "" if value is None else str(value)
