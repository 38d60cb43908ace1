"""Runs that are spread over processes of this machine, over a real endpoint: the same bytes, whatever happens."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from generation_functions.run.lock import holder_of
from tests.end_to_end.project import CallLog, Project, interrupt
from tests.engines.spread_project import configure, datasets, events, log
from tests.fake_endpoint.process import served

SPREAD = ("--engine", "processes", "--workers", "2")
CANARY = b"canary-secret-7Q"
CHUNKS = 20


@pytest.fixture
def calls(tmp_path: Path) -> CallLog:
    return CallLog(tmp_path / "calls.jsonl")


@pytest.fixture
def endpoint(calls: CallLog) -> Iterator[str]:
    with served(latency=0.01, log=calls.path) as base_url:
        yield base_url


@pytest.fixture
def slow(calls: CallLog) -> Iterator[str]:
    with served(latency=0.2, log=calls.path) as base_url:
        yield base_url


def project_at(folder: Path, base_url: str, **settings: int) -> Project:
    project = Project(folder, base_url, **settings)  # type: ignore[arg-type]
    project.write_documents(5, 4)
    return project


def wait_for(what: Callable[[], object], *, patience: float = 60) -> None:
    end = time.monotonic() + patience
    while not what():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)


def alone(project: Project) -> dict[str, bytes]:
    """What a run makes that is not spread."""
    shutil.rmtree(project.output)
    done = project.run()
    assert done.returncode == 0, done.stderr
    return datasets(project)


def test_a_spread_run_writes_the_same_bytes_for_as_many_calls(tmp_path: Path, calls: CallLog) -> None:
    with served(answer="tests.answering:quick", latency=0.01, log=calls.path) as base_url:
        project = project_at(tmp_path, base_url)
        project.write_config()
        done = project.run(*SPREAD, "--shards", "3")
        assert done.returncode == 0, done.stderr
        spread = datasets(project)
        assert calls.settled() == CHUNKS * 6
        manifest = project.manifest()
        assert sum(step["calls"] for step in manifest["steps"].values()) == CHUNKS * 6
        assert sum(step["reused"] for step in manifest["steps"].values()) == 0
        assert manifest["models"]["fake"]["calls"] == CHUNKS * 6
        assert manifest["cost_usd"] == pytest.approx(manifest["paid"]["fake"]["cost_usd"])
        assert not (project.output / ".shards").exists()
        assert [event["shard"] for event in events(project, "shard_ended")] != []
        assert "shard 3 of 3: done; " in log(project)

        again = project.run(*SPREAD)
        assert "nothing to ask: 0 calls" in again.stderr
        assert calls.settled() == CHUNKS * 6
        assert alone(project) == spread


@pytest.mark.parametrize(
    ("function", "most_calls"),
    [("without_duplicates", 2 * CHUNKS), ("with_rules", CHUNKS + 2), ("in_two_passes", 2 * CHUNKS), ("inside", 32)],
)
def test_what_needs_all_documents_is_left_to_the_whole_run(
    function: str, most_calls: int, tmp_path: Path, endpoint: str, calls: CallLog
) -> None:
    project = project_at(tmp_path, endpoint)
    configure(project, function)
    done = project.run(*SPREAD)
    assert done.returncode == 0, done.stderr
    spread = datasets(project)
    assert calls.settled() == most_calls
    assert spread == alone(project)


def test_a_limit_counts_the_rows_of_all_shards(tmp_path: Path, endpoint: str, calls: CallLog) -> None:
    project = project_at(tmp_path, endpoint)
    configure(project, "without_duplicates")
    assert project.run(*SPREAD, "--limit", "7").returncode == 4
    assert calls.settled() == 14
    spread = datasets(project)
    shutil.rmtree(project.output)
    assert project.run("--limit", "7").returncode == 4
    assert datasets(project) == spread


def test_a_killed_process_costs_its_calls_in_flight(tmp_path: Path, slow: str, calls: CallLog) -> None:
    project = project_at(tmp_path, slow, max_in_flight=4)
    configure(project, "without_duplicates")
    process = project.start(*SPREAD)
    shard = project.output / ".shards" / "1-00000"
    wait_for(lambda: calls.started() >= 4 and "pid" in holder_of(shard))
    os.kill(holder_of(shard)["pid"], signal.SIGKILL)
    _, told = process.communicate(timeout=120)
    assert process.returncode == 0, told
    assert "shard 1 of 4 goes on with another process: its process was ended by SIGKILL" in told
    assert [event["shard"] for event in events(project, "shard_lost")] == [1]
    assert calls.settled() <= 2 * CHUNKS + 2
    assert datasets(project) == alone(project)


def test_a_killed_run_leaves_no_process_and_its_shards_answers_count(tmp_path: Path, slow: str, calls: CallLog) -> None:
    project = project_at(tmp_path, slow, max_in_flight=4)
    configure(project, "without_duplicates")
    process = project.start(*SPREAD)
    pids: list[int] = []

    def at_work() -> list[int]:
        found = [holder_of(shard).get("pid") for shard in (project.output / ".shards").glob("1-*")]
        pids[:] = [pid for pid in found if pid is not None]
        return pids

    wait_for(lambda: calls.started() >= 6 and at_work())
    process.kill()
    process.communicate()
    wait_for(lambda: not any(_lives(pid) for pid in pids))
    assert project.run().returncode == 0  # and this one is not spread
    assert calls.settled() <= 2 * CHUNKS + 4
    assert not (project.output / ".shards").exists()
    assert datasets(project) == alone(project)


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except OSError:
        return False


def test_the_first_ctrl_c_drains_every_shard(tmp_path: Path, slow: str, calls: CallLog) -> None:
    project = project_at(tmp_path, slow, max_in_flight=4)
    configure(project, "without_duplicates")
    process = project.start(*SPREAD)
    wait_for(lambda: calls.started() >= 8)
    interrupt(process)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 130, told
    before = calls.settled()
    assert before < 2 * CHUNKS
    assert not any(event["event"] == "abandoned" for event in calls.events())
    assert project.stored_answers() == before
    assert project.manifest()["status"] == "cancelled"
    assert project.run(*SPREAD).returncode == 0
    assert calls.settled() == 2 * CHUNKS
    assert datasets(project) == alone(project)


def test_shards_together_keep_to_the_endpoints_limit(tmp_path: Path, calls: CallLog) -> None:
    with served(latency=0.1, log=calls.path, capacity=3) as base_url:  # a fourth call would get a 429
        project = project_at(tmp_path, base_url, max_in_flight=3)
        configure(project, "without_duplicates")
        done = project.run(*SPREAD)
        assert done.returncode == 0, done.stderr
        assert calls.settled() == 2 * CHUNKS


def test_shards_together_keep_to_the_budget(tmp_path: Path, endpoint: str, calls: CallLog) -> None:
    project = project_at(tmp_path, endpoint, max_in_flight=2)
    configure(project, "without_duplicates")
    whole = project.run(*SPREAD)
    assert whole.returncode == 0
    cost = project.manifest()["cost_usd"]
    shutil.rmtree(project.output)
    part = project.run(*SPREAD, "--budget", f"{cost / 2:.6f}")
    assert part.returncode == 4, part.stderr
    assert 0 < project.manifest()["cost_usd"] <= cost / 2
    rest = project.run(*SPREAD, "--budget", "1")
    assert rest.returncode == 0, rest.stderr
    assert project.manifest()["cost_usd"] == pytest.approx(cost)


def test_what_a_person_must_mend_stops_every_shard_and_is_told_once(tmp_path: Path, calls: CallLog) -> None:
    with served(log=calls.path, key="another") as base_url:
        project = project_at(tmp_path, base_url)
        configure(project, "without_duplicates")
        done = project.run(*SPREAD)
    assert done.returncode == 1
    assert "shard " in done.stderr
    assert "401" in done.stderr
    assert "FAKE_KEY" in done.stderr
    assert calls.started() <= 2


def test_an_authors_mistake_is_told_with_its_shard(tmp_path: Path, endpoint: str) -> None:
    project = project_at(tmp_path, endpoint)
    configure(project, "with_a_fault")
    done = project.run(*SPREAD)
    assert done.returncode == 1
    assert "the author's mistake" in done.stderr
    assert "Traceback" not in done.stderr


def test_no_secret_is_handed_over(tmp_path: Path, slow: str, calls: CallLog) -> None:
    project = project_at(tmp_path, slow)
    configure(project, "without_duplicates")
    seen: list[bytes] = []
    process = project.start(*SPREAD)
    wait_for(lambda: calls.started() >= 2)
    for proc in Path("/proc").glob("[0-9]*"):
        try:
            seen.append((proc / "cmdline").read_bytes())
        except OSError:
            continue
    shards = [path.read_bytes() for path in project.output.rglob("*") if path.is_file()]
    out, told = process.communicate(timeout=120)
    files = [path.read_bytes() for path in project.output.rglob("*") if path.is_file()]
    assert any(b"commands.shard" in line for line in seen)
    for content in (*seen, *shards, *files, out.encode(), told.encode()):
        assert CANARY not in content


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--workers", "2"), "--workers is for runs that are spread"),
        (("--engine", "processes", "--workers", "0"), "--workers 0: at least 1 is needed"),
    ],
)
def test_options_that_mean_nothing_are_refused(words: tuple[str, ...], says: str, tmp_path: Path) -> None:
    project = project_at(tmp_path, "http://127.0.0.1:9/v1")
    configure(project, "without_duplicates")
    done = project.run(*words)
    assert done.returncode == 2
    assert says in done.stderr


def test_batches_are_not_spread(tmp_path: Path) -> None:
    project = project_at(tmp_path, "http://127.0.0.1:9/v1")
    configure(project, "without_duplicates", model={"provider": "openai-batch"})
    done = project.run(*SPREAD)
    assert done.returncode == 2
    assert "asked in batches, which one process collects" in done.stderr
