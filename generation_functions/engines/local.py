"""The engine without a cluster: processes of this machine."""

from __future__ import annotations

import os

from generation_functions.engines.process import ProcessWorker


class LocalEngine:
    """Runs each task in a process of this machine. `places` is one for each processor, where it is not given."""

    name = "processes"

    def __init__(self, places: int | None = None) -> None:
        self._places = places or os.cpu_count() or 1

    async def __aenter__(self) -> LocalEngine:
        return self

    async def __aexit__(self, *details: object) -> None:
        """Nothing is left: each worker is closed by whoever asked for it."""

    @property
    def places(self) -> int:
        """How many tasks can be run at the same time."""
        return self._places

    async def worker(self) -> ProcessWorker:
        """A new worker."""
        return ProcessWorker()
