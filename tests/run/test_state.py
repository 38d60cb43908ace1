"""The state of a run: one writer, numbered events, a manifest that tells the truth."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from generation_functions import OneOffStep, Prompt, Run
from generation_functions.errors import RunLocked, StoreError
from generation_functions.run.events import Events, read_events
from generation_functions.run.lock import FolderLock, is_held
from generation_functions.run.manifest import read_manifest, write_manifest
from tests.running import OFFLINE, echo_step, manifest_of

HOLDER = """
import sys, time
from pathlib import Path
from generation_functions.run.lock import FolderLock
lock = FolderLock(Path(sys.argv[1])); lock.acquire()
print("held", flush=True); time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path: Path):
    """Another process that holds the folder."""
    with subprocess.Popen([sys.executable, "-c", HOLDER, str(tmp_path)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == "held"
        yield process
        process.kill()


def test_a_second_writer_fails_at_once_and_names_the_first(tmp_path: Path, holder) -> None:
    began = time.monotonic()
    with pytest.raises(RunLocked, match=f"process {holder.pid}"):
        FolderLock(tmp_path).acquire()
    assert time.monotonic() - began < 1
    assert is_held(tmp_path)


def test_a_dead_writers_lock_is_free_and_its_run_crashed(tmp_path: Path, holder) -> None:
    write_manifest(tmp_path, {"status": "running"})
    assert read_manifest(tmp_path)["status"] == "running"
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    assert read_manifest(tmp_path)["status"] == "crashed"
    lock = FolderLock(tmp_path)
    lock.acquire()
    lock.release()
    assert not is_held(tmp_path)


async def test_two_runs_on_one_folder(tmp_path: Path) -> None:
    async with Run(tmp_path):
        with pytest.raises(RunLocked):
            async with Run(tmp_path):
                pass
    async with Run(tmp_path):
        pass


def test_a_folder_that_is_no_run_is_said_to_be_none(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="is not a run"):
        read_manifest(tmp_path)


def test_events_are_numbered_on_across_attempts_and_torn_lines(tmp_path: Path) -> None:
    events = Events(tmp_path, clock=lambda: 1.5)
    assert [events.emit("a"), events.emit("b", x=1)] == [1, 2]
    events.close()
    with events.path.open("ab") as file:
        file.write(b'{"n": 3, "event": "to')
    again = Events(tmp_path, clock=lambda: 2.5)
    assert again.emit("c") == 3
    again.close()
    assert [(event["n"], event["event"]) for event in read_events(events.path)] == [(1, "a"), (2, "b"), (3, "c")]
    assert [event["n"] for event in read_events(events.path, after=2)] == [3]


def test_secrets_do_not_reach_events(tmp_path: Path) -> None:
    events = Events(tmp_path, redact=lambda text: text.replace("sk-canary", "${KEY}"))
    events.emit("oops", message="the key sk-canary was refused")
    events.close()
    assert b"sk-canary" not in events.path.read_bytes()


async def test_exactly_one_ending_per_attempt(tmp_path: Path) -> None:
    for _ in range(3):
        async with Run(tmp_path) as run:
            await run.rows([{"text": "a"}]).through(echo_step(), model=OFFLINE).collect()
    kinds = [event["event"] for event in read_events(tmp_path / "events.jsonl") if event["event"] != "progress"]
    assert kinds == ["run_started", "run_ended"] * 3
    assert manifest_of(tmp_path)["status"] == "succeeded"


async def test_a_read_only_folder_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match="cannot be made"):
        async with Run(tmp_path / "file" / "run"):
            pass


async def test_what_is_asked_once_for_the_run_is_no_source(tmp_path: Path) -> None:
    rules = OneOffStep("rules", prompt=Prompt.of("Rules?"), offline=lambda values, rng: "Be brief.")
    async with Run(tmp_path) as run:
        assert await run.once(rules, model=OFFLINE) == "Be brief."
        await run.write(run.rows([{"text": "a"}]).through(echo_step(), model=OFFLINE), "out")
    assert manifest_of(tmp_path)["sources"] == {"rows": 1, "in_dataset": 1, "not_in_dataset": {}}
