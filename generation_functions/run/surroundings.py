"""What a run takes from the machine it runs on: the time of day, the network, the disk. Passed in, so that a simulation
can stand in for each."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from generation_functions.store import Store

if TYPE_CHECKING:
    from generation_functions.models.clients import ModelClients


class OpenStore(Protocol):
    """Opens a run's database for writing; `clean` says whether its last writer closed it."""

    def __call__(self, path: Path, *, clean: bool) -> Store:
        """Raises `StoreDamaged`, `StoreError`."""
        ...


def _clients() -> ModelClients:
    from generation_functions.models.clients import ModelClients

    return ModelClients()


@dataclass(frozen=True)
class Surroundings:
    """The machine's own, unless others are given.

    clock       the time of day, in seconds since 1970; it may jump
    processor   seconds of processor that the calling thread has used
    clients     makes the clients of a run's models, with their clocks, randomness and network
    open_store  opens the database
    """

    clock: Callable[[], float] = time.time
    processor: Callable[[], float] = time.thread_time
    clients: Callable[[], ModelClients] = _clients
    open_store: OpenStore = Store
