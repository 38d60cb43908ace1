"""Runs that are spread over a real Ray cluster on this machine: two workers, on the loopback address."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from generation_functions.run.lock import holder_of
from tests.end_to_end.project import CallLog, Project
from tests.engines.spread_project import configure, datasets, events
from tests.engines.test_spreading import CANARY, CHUNKS, alone, project_at, wait_for
from tests.fake_endpoint.process import served

pytest.importorskip("ray", reason="--engine ray needs requirements-ray.lock")
pytestmark = pytest.mark.slow
SPREAD = ("--engine", "ray", "--workers", "2")


@pytest.fixture
def calls(tmp_path: Path) -> CallLog:
    return CallLog(tmp_path / "calls.jsonl")


@pytest.fixture
def project(tmp_path: Path, calls: CallLog) -> Iterator[Project]:
    with served(latency=0.2, log=calls.path) as base_url:
        project = project_at(tmp_path, base_url, max_in_flight=4)
        configure(project, "without_duplicates")
        yield project


LOOPBACK = {"0100007F", "0000000000000000FFFF00000100007F", "00000000000000000000000001000000"}
"""127.0.0.1, the same as an address of IPv6, and ::1, as `/proc/net` writes them."""


def tree(pid: int) -> set[int]:
    """A process with all that descend from it."""
    parents = {int(path.name): parent_of(int(path.name)) for path in Path("/proc").glob("[0-9]*") if alive(path)}
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def alive(proc: Path) -> bool:
    return (proc / "stat").exists()


def listening(pids: set[int]) -> set[str]:
    """The addresses at which these processes can be reached."""
    sockets = set()
    for pid in pids:
        for handle in Path(f"/proc/{pid}/fd").glob("*"):
            with suppress(OSError):
                sockets.add(str(handle.readlink()).removeprefix("socket:[").removesuffix("]"))
    lines = [
        line.split() for kind in ("tcp", "tcp6") for line in Path(f"/proc/net/{kind}").read_text().splitlines()[1:]
    ]
    return {line[1].partition(":")[0] for line in lines if line[3] == "0A" and line[9] in sockets}


def parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def test_a_killed_worker_of_the_cluster_costs_its_calls_in_flight(project: Project, calls: CallLog) -> None:
    process = project.start(*SPREAD)
    shard = project.output / ".shards" / "1-00000"
    # A shard makes eight calls or more: it cannot have ended before four were begun.
    wait_for(lambda: calls.started() >= 4 and "pid" in holder_of(shard), patience=120)
    task = holder_of(shard)["pid"]
    worker = parent_of(task)
    assert "ray" in Path(f"/proc/{worker}/cmdline").read_text()
    os.kill(worker, signal.SIGKILL)
    wait_for(lambda: not Path(f"/proc/{task}").exists() or holder_of(shard).get("pid") != task)
    out, told = process.communicate(timeout=240)
    assert process.returncode == 0, told
    assert "shard 1 of 4 goes on with another process: Ray lost its worker" in told
    assert "raylet" not in out + told, "Ray's own words stand where files are told"
    assert [event["shard"] for event in events(project, "shard_lost")] == [1]
    assert calls.settled() <= 2 * CHUNKS + 2
    for content in (out.encode(), told.encode(), *(p.read_bytes() for p in project.output.rglob("*") if p.is_file())):
        assert CANARY not in content
    assert datasets(project) == alone(project)


def test_the_cluster_is_seen_by_nobody_and_leaves_nothing_running(project: Project, calls: CallLog) -> None:
    process = project.start(*SPREAD)
    wait_for(lambda: calls.started() >= 4, patience=120)
    heard_from = listening(tree(process.pid))
    assert heard_from
    assert heard_from <= LOOPBACK
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=120)
    assert process.returncode == 130, told
    before = calls.settled()
    assert project.stored_answers() == before < 2 * CHUNKS
    assert not any(event["event"] == "abandoned" for event in calls.events())
    assert project.run().returncode == 0
    assert calls.settled() == 2 * CHUNKS
