"""Spreading a run, as the run sees it: its shards are asked elsewhere before its first row, and it tells how far."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from generation_functions.run.folder import RunFolder


class Spread(Protocol):
    """Has the questions of a run asked by other processes, each for a shard of the documents."""

    async def before_rows(self, folder: RunFolder) -> None:
        """Called with the run's own folder before each stream that asks a model; does its work the first time.

        Raises what keeps the shards from being asked. A run that stops meanwhile is drained, and nothing is raised.
        """
        ...


class UnderWay(Protocol):
    """Shards that are being asked, for the manifest."""

    @property
    def cost_usd(self) -> float:
        """USD that they have spent and that are not counted in their run yet."""
        ...

    def as_json(self) -> dict[str, Any]:
        """How many there are, are running and are done, and the calls they have made."""
        ...
