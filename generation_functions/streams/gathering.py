"""Knowing when every row of a scope has arrived at a gathering stage, with no barrier across the stream.

Each gathering stage counts what may still arrive, for every scope: one source row, or the whole stream.

    what counts                                             until
    a row between the gathering stage before and this one   it is held here, dropped, or becomes other rows
    a source row the stage before still gathers rows of     that stage releases them
    for a whole-stream stage: whatever feeds it             the source ends, or the whole-stream stage before releases

At zero nothing more can arrive, and the scope's rows are released.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from generation_functions.rows import Row
from generation_functions.streams.stage import GatheringStage, Recorder, Stage, in_source_order
from generation_functions.streams.unfinished import Unfinished

_WHOLE = ""


@dataclass
class _Gathering:
    stage: GatheringStage
    index: int
    coming: dict[str, int] = field(default_factory=dict)
    held: dict[str, list[Row]] = field(default_factory=dict)

    def scope(self, root: str) -> str:
        return _WHOLE if self.stage.whole else root


class Gatherings:
    """The gathering stages of one stream. `advance(row, index)` takes a released row on from a stage."""

    def __init__(
        self,
        stages: Sequence[Stage],
        recorder: Recorder,
        advance: Callable[[Row, int], None],
        unfinished: Unfinished,
    ) -> None:
        self._recorder = recorder
        self._unfinished = unfinished
        self._advance = advance
        self._all = [_Gathering(s, i) for i, s in enumerate(stages) if isinstance(s, GatheringStage)]
        self._after = [next((p for p, g in enumerate(self._all) if g.index > i), None) for i in range(len(stages))]
        self._at = {gathering.index: position for position, gathering in enumerate(self._all)}
        for gathering in self._all:
            if gathering.stage.whole:
                gathering.coming[_WHOLE] = 1

    def expect(self, row: Row) -> None:
        """A row has left the source."""
        self._expect([row], 0)

    def source_ended(self) -> None:
        """No row will leave the source any more."""
        self._let_go_of_next_whole(0)

    def settle(self, row: Row, index: int, made: int) -> None:
        """A row became `made` rows at the stage `index`."""
        position = self._after[index]
        if position is not None and made != 1:
            self._change(position, row.root, made - 1)

    def hold(self, row: Row, index: int) -> None:
        """A row has arrived at the gathering stage `index`."""
        position = self._at[index]
        gathering = self._all[position]
        gathering.held.setdefault(gathering.scope(row.root), []).append(row)
        self._change(position, row.root, -1)

    def _change(self, position: int, root: str, change: int) -> None:
        gathering = self._all[position]
        scope = gathering.scope(root)
        left = gathering.coming[scope] = gathering.coming.get(scope, 0) + change
        if left == 0:
            self._release(position, scope)

    def _release(self, position: int, scope: str) -> None:
        gathering = self._all[position]
        del gathering.coming[scope]
        held = in_source_order(gathering.held.pop(scope, []))
        made = gathering.stage.release(held, self._recorder) if held else []
        self._unfinished.replaced(held, made)
        following = position + 1
        if gathering.stage.whole:
            self._expect(made, following)
        elif following < len(self._all):
            for row in made:
                self._change(following, row.root, +1)
        for row in made:
            self._advance(row, gathering.index + 1)
        if gathering.stage.whole:
            self._let_go_of_next_whole(following)
        elif following < len(self._all):
            self._change(following, scope, -1)

    def _expect(self, rows: Sequence[Row], first: int) -> None:
        """Rows set out towards the stage `first`; those behind it, up to a whole-stream one, wait for what follows."""
        roots = [row.root for row in rows]
        for position in range(first, len(self._all)):
            gathering = self._all[position]
            for root in roots if position == first else dict.fromkeys(roots):
                scope = gathering.scope(root)
                gathering.coming[scope] = gathering.coming.get(scope, 0) + 1
            if gathering.stage.whole:
                return

    def _let_go_of_next_whole(self, first: int) -> None:
        position = next((p for p in range(first, len(self._all)) if self._all[p].stage.whole), None)
        if position is not None:
            self._change(position, _WHOLE, -1)
