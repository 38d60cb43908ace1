"""Thousands of random schedules of faults, each of which must end as if nothing had happened."""

from __future__ import annotations

import os

import pytest

from tests.simulation.simulation import Simulation

SCHEDULES = int(os.environ.get("MILLRACE_SCHEDULES", "1600"))
CHUNK = 100
FIRST = int(os.environ.get("MILLRACE_FIRST_SCHEDULE", "0"))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    seed = metafunc.config.getoption("--seed", default=None)
    if "seeds" in metafunc.fixturenames:
        starts = range(FIRST, FIRST + SCHEDULES, CHUNK) if seed is None else [seed]
        size = CHUNK if seed is None else 1
        chunks = [range(start, min(start + size, FIRST + SCHEDULES) if seed is None else seed + 1) for start in starts]
        metafunc.parametrize("seeds", chunks, ids=[f"{chunk[0]}-{chunk[-1]}" for chunk in chunks])


def test_whatever_happens_the_run_ends_as_if_it_had_not(simulation: Simulation, seeds: range) -> None:
    broken = [life.told() for life in map(simulation.live, seeds) if life.faults]
    assert not broken, "\n".join(broken)


@pytest.mark.parametrize("seed", range(5000, 5012))
def test_a_seed_replays_exactly(folder, seed: int) -> None:
    told = []
    for name in ("once", "again"):
        (folder / name).mkdir()
        life = Simulation(folder / name).live(seed)
        told.append([(attempt.status, attempt.lasted, attempt.heard) for attempt in life.attempts])
    assert told[0] == told[1]
