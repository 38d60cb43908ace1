"""`Stream`: rows on their way through steps, described lazily and run when they are written or collected."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from generation_functions.rows import Json, Row
from generation_functions.streams.judging import JudgingStage
from generation_functions.streams.stage import (
    GroupStage,
    PlainStage,
    SampleStage,
    Stage,
    filter_act,
    flat_map_act,
    mapping_act,
)

if TYPE_CHECKING:
    from generation_functions.models.model import Model
    from generation_functions.run.run import Run
    from generation_functions.steps.step import Step

Source = Callable[[], Iterator[Row]]
"""Gives the rows a stream begins with, in source order, anew at each call."""


@dataclass(frozen=True)
class Stream:
    """A lazy chain of stages over source rows. Every method gives a new stream; nothing runs before
    `await run.write(stream, ...)` or `await stream.collect()`.

    Rows flow: each moves on as soon as it is ready, deeper steps first. Whatever order they finish in, they are written
    in source order.
    """

    run: Run
    source: Source
    source_stages: tuple[Stage, ...]
    stages: tuple[Stage, ...] = ()
    models: tuple[Model, ...] = ()

    def through(self, step: Step, *, model: Model | None = None, name: str | None = None, **settings: Any) -> Stream:
        """Send every row through a step.

        model     what the step asks
        name      the name to record the rows under; needed when one step is used twice in different ways
        settings  the step's own settings (`votes=5`), or values for its prompt (`language="German"`)
        """
        from generation_functions.models.model import Model

        stage = self.run.bind(step, model=model, name=name, settings=settings)
        # A function over several steps is given its models as settings.
        return self._with(stage, *(each for each in (model, *settings.values()) if isinstance(each, Model)))

    def map(self, function: Callable[[Row], Mapping[str, Json]], *, name: str | None = None) -> Stream:
        """Add the fields of the mapping that `function(row)` gives."""
        name = self._named(function, name)
        return self._with(PlainStage(name, act=mapping_act(name, function)))

    def filter(self, function: Callable[[Row], bool | tuple[bool, str]], *, name: str | None = None) -> Stream:
        """Keep rows for which `function(row)` gives True; instead of False it may give `(False, "why")`."""
        name = self._named(function, name)
        return self._with(PlainStage(name, act=filter_act(name, function)))

    def flat_map(self, function: Callable[[Row], Iterable[Mapping[str, Json]]], *, name: str | None = None) -> Stream:
        """Make a row of each mapping that `function(row)` gives."""
        name = self._named(function, name)
        return self._with(PlainStage(name, act=flat_map_act(name, function)))

    def group(
        self,
        by: str | Callable[[Row], Json] | None = None,
        *,
        size: int | None = None,
        into: str = "rows",
        fields: Sequence[str] | None = None,
        name: str = "group",
    ) -> Stream:
        """Make one row of several, with their fields as a list of mappings under `into`.

        by      None groups the rows that came from one source row, and lets each group go on as soon as it is whole.
                A field's name or a function groups all rows of the stream, which waits for the last of them.
        size    most rows in a group
        fields  the fields of each row that go into the list, so that a long text all of them have is not kept again for
                each; None takes all
        """
        return self._with(GroupStage(self._unique(name), by=by, size=size, into=into, fields=fields))

    def sample(self, count: int, *, name: str = "sample") -> Stream:
        """Keep `count` rows drawn by the run's seed and the rows' content. Waits for all rows of the stream."""
        return self._with(SampleStage(self._unique(name), count=count, seed=self.run.seed))

    def deduplicate(
        self, on: str | Callable[[Row], Json] = "text", *, threshold: float = 0.8, name: str = "deduplicate"
    ) -> Stream:
        """Drop rows that say the same as one before them, or nearly so. Waits for all rows of the stream.

        on         a field's name, or a function that gives what to compare
        threshold  the least share of three-word runs in common, above 0 to 1; at 1 only equal texts are duplicates

        The first in source order stays. A dropped row's detail has `duplicate_of`, that row's key, and `similarity`.
        """
        from generation_functions.duplicates.judges import duplicate_judge

        return self._with(JudgingStage(name, judge=duplicate_judge(on, threshold)))

    def drop_repeated(
        self, on: str | Callable[[Row], Json] = "text", *, documents: int = 3, name: str = "drop_repeated"
    ) -> Stream:
        """Drop rows whose lines stand in at least so many documents: menus, notices, running titles. Waits for all rows
        of the stream."""
        from generation_functions.duplicates.judges import repeat_judge

        return self._with(JudgingStage(name, judge=repeat_judge(on, documents)))

    @property
    def end(self) -> str:
        """The name of its last stage, which its rows are recorded under."""
        return (*self.source_stages, *self.stages)[-1].name

    async def collect(self) -> list[Row]:
        """Run the stream now and give all its rows, in source order."""
        return await self.run.collect(self)

    async def __aiter__(self) -> AsyncIterator[Row]:
        for row in await self.collect():
            yield row

    def _with(self, stage: Stage, *models: Model) -> Stream:
        before = self.end
        stage = replace(stage, came_from=before, name=self._unique(stage.name))
        return replace(self, stages=(*self.stages, stage), models=(*self.models, *models))

    def _named(self, function: Callable[..., Any], name: str | None) -> str:
        given = name or str(getattr(function, "__name__", type(function).__name__))
        return given if given != "<lambda>" else "function"

    def _unique(self, name: str) -> str:
        taken = {stage.name for stage in (*self.source_stages, *self.stages)}
        number = 2
        unique = name
        while unique in taken:
            unique, number = f"{name}#{number}", number + 1
        return unique
