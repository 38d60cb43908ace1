"""How far a stream has come, in source order: up to the first source row that something is still being made of."""

from __future__ import annotations

from collections.abc import Iterable

from generation_functions.rows import Place, Row


class Unfinished:
    """Source rows under way, each with the number of rows it stands for by now."""

    def __init__(self) -> None:
        self._open: dict[str, int] = {}
        self._places: dict[str, Place] = {}
        self._latest: Place = ()
        self._ordered = True

    def begin(self, row: Row) -> None:
        """A row has left the source."""
        self._ordered = self._ordered and self._latest <= row.place
        self._latest = row.place
        self._add(row)

    def became(self, row: Row, made: int) -> None:
        """A row was dropped, is done (0), or became other rows."""
        if made == 1:
            return
        left = self._open[row.root] + made - 1
        if left:
            self._open[row.root] = left
        else:
            del self._open[row.root], self._places[row.root]

    def replaced(self, held: Iterable[Row], made: Iterable[Row]) -> None:
        """Rows that had been gathered go on as others."""
        for row in made:
            self._add(row)
        for row in held:
            self.became(row, 0)

    def reached(self) -> Place | None:
        """A place such that whatever comes from rows before it is made; None where the source keeps no order."""
        if not self._ordered:
            return None
        return min(self._places.values(), default=self._latest)

    def _add(self, row: Row) -> None:
        self._open[row.root] = self._open.get(row.root, 0) + 1
        known = self._places.get(row.root)
        if known is None or row.place < known:
            self._places[row.root] = row.place
