"""`pytest tests/simulation --seed N` replays one schedule and tells all of it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp

import pytest

from tests.simulation.simulation import Simulation

SOURCE_BATCH = 4
_IN_MEMORY = Path("/dev/shm")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--seed", type=int, default=None, help="the one simulated schedule to replay")


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory, where the machine has one: thousands of runs wait for a real disk's flushes for minutes."""
    if not _IN_MEMORY.is_dir():
        yield tmp_path
        return
    folder = Path(mkdtemp(dir=_IN_MEMORY, prefix="simulation-"))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(autouse=True)
def small_source_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """A killed run goes on behind the rows that may have been under way: with this few, forty documents are enough."""
    for user in ("streams.flow", "run.selection"):
        monkeypatch.setattr(f"generation_functions.{user}.SOURCE_BATCH", SOURCE_BATCH)


@pytest.fixture
def simulation(folder: Path) -> Simulation:
    return Simulation(folder)
