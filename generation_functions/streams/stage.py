"""The stages of a stream: each takes a row and says which rows go on, and records what became of it.

A plain stage is a Python function and runs at once. A step stage waits for a model. A gathering stage holds rows back
until all of their scope have arrived: the rows of one chunk, or the whole stream.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from generation_functions.errors import MillraceError, RequestRefused, TransientError
from generation_functions.rows import Json, Row, content_key
from generation_functions.steps.asking import Asking, Calls, explain
from generation_functions.steps.outcome import Drop, Outcome, StepFailed
from generation_functions.steps.step import PromptedStep, Step
from generation_functions.store import KEPT


class Recorder(Protocol):
    """Where stages put on record what became of each row."""

    def record(self, stage: Stage, row: Row, outcome: Outcome, exchanges: Sequence[str] = ()) -> None:
        """Keep what a stage made of a row."""
        ...


@dataclass(eq=False)
class Stage(ABC):
    """One station of a stream. `came_from` is the name of the station before it."""

    name: str
    came_from: str = ""

    def describe(self, row: Row) -> str:
        """How an error names a row of this stage."""
        return f"row {row.key[:12]} in {self.name!r}"


@dataclass(eq=False)
class PlainStage(Stage):
    """A Python function over one row."""

    act: Callable[[Row], Outcome] = field(kw_only=True)

    def apply(self, row: Row, recorder: Recorder) -> list[Row]:
        """The rows that go on. A bug in the function stops the run, with its place. `Drop` drops the row."""
        try:
            outcome = self.act(row)
        except Drop as exc:
            outcome = Outcome.dropped(exc.message)
        except MillraceError:
            raise
        except Exception as exc:
            raise MillraceError(
                f"{self.describe(row)}: your function raised {explain(exc)}",
                hint='Mend it and run again: nothing is paid twice. To drop a row, raise Drop("why").',
            ) from exc
        recorder.record(self, row, outcome)
        return [row for row, _ in outcome.rows]


@dataclass(eq=False)
class StepStage(Stage):
    """A step bound to its model and settings."""

    step: Step = field(kw_only=True)
    asking: Asking = field(kw_only=True)

    async def process(self, row: Row, recorder: Recorder) -> list[Row]:
        """The rows that go on. What fails this row alone is recorded; what would fail every row is raised."""
        prepare = self.step.prepare if isinstance(self.step, PromptedStep) else None
        calls = self.asking.about(row, prepare)
        outcome = await _outcome(self.step, row, calls)
        recorder.record(self, row, outcome, calls.exchanges)
        return [row for row, _ in outcome.rows]


async def _outcome(step: Step, row: Row, calls: Calls) -> Outcome:
    try:
        return await step.process(row, calls)
    except Drop as exc:
        return Outcome.dropped(exc.message)
    except StepFailed as exc:
        return Outcome.failed(exc.message, {"tries": exc.tries}, hint=exc.hint)
    except (RequestRefused, TransientError) as exc:
        return Outcome.failed(exc.message, hint=exc.hint)


@dataclass(eq=False)
class GatheringStage(Stage, ABC):
    """Holds rows back until every row of their scope has arrived, then lets others go on in their place."""

    @property
    @abstractmethod
    def whole(self) -> bool:
        """Whether all rows of the stream are gathered together, not just those of one source row."""

    @abstractmethod
    def release(self, rows: list[Row], recorder: Recorder) -> list[Row]:
        """The rows that go on, from all the rows of one scope in source order."""


@dataclass(eq=False)
class GroupStage(GatheringStage):
    """Rows with one key become one row that holds them as a list of mappings.

    by      None: the rows that came from one source row. A field's name or a function: all rows of the stream.
    size    most rows in a group
    fields  what the list has of each row; None: all of it
    """

    by: str | Callable[[Row], Json] | None = field(kw_only=True, default=None)
    size: int | None = field(kw_only=True, default=None)
    into: str = field(kw_only=True, default="rows")
    fields: Sequence[str] | None = field(kw_only=True, default=None)

    @property
    def whole(self) -> bool:
        return self.by is not None

    def release(self, rows: list[Row], recorder: Recorder) -> list[Row]:
        return [self._grouped(members, recorder) for members in self._groups(rows)]

    def _groups(self, rows: list[Row]) -> Iterable[list[Row]]:
        groups: dict[str, list[Row]] = {}
        for row in rows:
            groups.setdefault(self._key(row), []).append(row)
        for members in groups.values():
            size = self.size or len(members)
            yield from (members[start : start + size] for start in range(0, len(members), size))

    def _key(self, row: Row) -> str:
        if self.by is None:
            return row.root
        return content_key(row[self.by] if isinstance(self.by, str) else self.by(row))

    def _grouped(self, members: list[Row], recorder: Recorder) -> Row:
        first = members[0]
        key = content_key(self.name, [member.key for member in members])
        added = {self.into: [self._listed(member) for member in members]}
        parents = tuple(member.key for member in members)
        row = Row(key, {**first.fields, **added}, first.place, parents, first.root)
        for member in members:
            outcome = Outcome(KEPT, [(row, added)], detail={"members": list(parents)}, joined=member is not first)
            recorder.record(self, member, outcome)
        return row

    def _listed(self, member: Row) -> dict[str, Json]:
        if self.fields is None:
            return dict(member.fields)
        missing = [name for name in self.fields if name not in member]
        if missing:
            raise MillraceError(
                f"{self.describe(member)}: no field {missing[0]!r} to put into {self.into!r}",
                hint=f"The row has {', '.join(member)}. Mend `fields` and run again: nothing is paid twice.",
            )
        return {name: member[name] for name in self.fields}


@dataclass(eq=False)
class SampleStage(GatheringStage):
    """`count` rows drawn by the run's seed and the rows' content, whatever order they came in."""

    count: int = field(kw_only=True)
    seed: int = field(kw_only=True)

    @property
    def whole(self) -> bool:
        return True

    def release(self, rows: list[Row], recorder: Recorder) -> list[Row]:
        ranked = sorted(rows, key=lambda row: content_key(self.seed, self.name, row.key))
        drawn = {id(row) for row in ranked[: self.count]}
        for row in rows:
            outcome = Outcome.kept(row, {}) if id(row) in drawn else Outcome.dropped("not drawn for the sample")
            recorder.record(self, row, outcome)
        return [row for row in rows if id(row) in drawn]


def mapping_act(name: str, function: Callable[[Row], Mapping[str, Json]]) -> Callable[[Row], Outcome]:
    """`.map(fn)`: the mapping's items become fields of the row."""

    def act(row: Row) -> Outcome:
        added = function(row)
        if not isinstance(added, Mapping):
            raise TypeError(f"{name} must give a mapping of fields, not {type(added).__name__}")
        return Outcome.kept(row, added.fields if isinstance(added, Row) else dict(added))

    return act


def filter_act(name: str, function: Callable[[Row], bool | tuple[bool, str]]) -> Callable[[Row], Outcome]:
    """`.filter(fn)`: fn gives True, False, or `(False, "the reason")`."""

    def act(row: Row) -> Outcome:
        verdict = function(row)
        passed, reason = verdict if isinstance(verdict, tuple) else (verdict, f"filtered out by {name}")
        return Outcome.kept(row, {}) if passed else Outcome.dropped(reason)

    return act


def flat_map_act(name: str, function: Callable[[Row], Iterable[Mapping[str, Json]]]) -> Callable[[Row], Outcome]:
    """`.flat_map(fn)`: every mapping becomes a row of its own."""

    def act(row: Row) -> Outcome:
        items: list[Mapping[str, Any]] = [dict(item) for item in function(row)]
        return Outcome.many(row, name, items) if items else Outcome.dropped(f"{name} gave no row")

    return act


def in_source_order(rows: list[Row]) -> list[Row]:
    """Rows by their places; rows of one place keep the order of their keys."""
    return sorted(rows, key=lambda row: (row.place, row.key))
