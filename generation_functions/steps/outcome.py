"""What a step made of one row: rows that go on, or the reason why none does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from generation_functions.errors import MillraceError
from generation_functions.rows import Json, Row
from generation_functions.store import DROPPED, FAILED, KEPT


class Drop(MillraceError):
    """Raise it in a function of your own (a map, a `DepthFirst`) to drop the row; the message is kept as the reason."""


class StepFailed(MillraceError):
    """A step could not get what it asked for from this row. `tries` says what was wrong with each completion."""

    def __init__(self, message: str, tries: list[str], *, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.tries = tries


@dataclass(slots=True)
class Outcome:
    """One of: kept (`rows` go on, each with the `fields` it gained), dropped or failed (with a `reason`).

    `joined` where the row became part of rows that another row's outcome counts already. `lost` are rows that were to
    be made beside those in `rows`, each with the fields it has already and its failure. `apart` where each such row was
    asked for by itself: a step's failures are counted against them.
    """

    status: str
    rows: list[tuple[Row, Mapping[str, Json]]] = field(default_factory=list)
    reason: str | None = None
    detail: Json = None
    fields: Mapping[str, Json] = field(default_factory=dict)
    joined: bool = False
    hint: str | None = None
    lost: list[tuple[Row, Mapping[str, Json], StepFailed]] = field(default_factory=list)
    apart: bool = False

    @classmethod
    def kept(cls, row: Row, fields: Mapping[str, Json], detail: Json = None) -> Outcome:
        """The row goes on with more fields."""
        return cls(KEPT, [(row.adding(fields), fields)], detail=detail)

    @classmethod
    def many(cls, row: Row, step: str, items: list[Mapping[str, Json]], detail: Json = None) -> Outcome:
        """The row's children go on."""
        return cls(KEPT, list(zip(row.children(step, items), items, strict=True)), detail=detail)

    @classmethod
    def dropped(cls, reason: str, fields: Mapping[str, Json] | None = None, detail: Json = None) -> Outcome:
        """The row was judged and found wanting."""
        return cls(DROPPED, reason=reason, detail=detail, fields=fields or {})

    @classmethod
    def failed(cls, reason: str, detail: Json = None, *, hint: str | None = None) -> Outcome:
        """The row got no usable answer; `retry` can try again, and `hint` says what would help."""
        return cls(FAILED, reason=reason, detail=detail, hint=hint)
