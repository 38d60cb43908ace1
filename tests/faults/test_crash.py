"""Crashes of real processes: killed at every commit, out of memory, and what a dead process leaves behind."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from generation_functions.run.lock import is_held
from generation_functions.run.manifest import read_manifest
from tests.fake_endpoint import running
from tests.faults.trial import CANARY, Trial, assert_as_if_nothing_happened, undisturbed

ROOT = Path(__file__).parents[2]

VICTIM = """
import asyncio, os, signal, sys
from pathlib import Path
from generation_functions.run.surroundings import Surroundings
from generation_functions.models.clients import ModelClients
from generation_functions.store import Store
from generation_functions.store.writer import GroupCommit
from tests.faults.trial import Hurried, Trial

folder, base_url, at, after = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4] == "after"

class Dies(GroupCommit):
    def _commit(self, connection, batch):
        last = self.commits + 1 == at
        if last and not after:
            os.kill(os.getpid(), signal.SIGKILL)
        super()._commit(connection, batch)
        if last:
            os.kill(os.getpid(), signal.SIGKILL)

opened = lambda path, clean: Store(path, clean=clean, writer=Dies)
trial = Trial(folder, base_url=base_url, surroundings=Surroundings(
    clients=lambda: ModelClients(timing=Hurried()), open_store=opened))
print(asyncio.run(trial.attempt()))
"""


def run_victim(*words: str) -> subprocess.CompletedProcess[str]:
    """Run it to its end, or to its death."""
    return subprocess.run(
        [sys.executable, "-c", VICTIM, *words], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.slow
@pytest.mark.parametrize("moment", ["before", "after"])
async def test_kill_9_at_every_commit_boundary(tmp_path: Path, moment: str) -> None:
    import asyncio

    calm = await undisturbed(tmp_path / "calm")
    trial = Trial(tmp_path / "hit")
    died = 0
    async with running(trial.endpoint) as base_url:
        for boundary in range(1, 13):
            result = await asyncio.to_thread(run_victim, str(trial.folder), base_url, str(boundary), moment)
            trial.statuses.append("crashed")
            if result.returncode == 0:
                assert result.stdout.strip() == "succeeded", result.stderr
                break
            assert result.returncode == -signal.SIGKILL, result.stderr
            died += 1
            if (trial.folder / "run.json").exists():
                assert read_manifest(trial.folder)["status"] in ("crashed", "succeeded")
    assert died >= 3
    await trial.until_finished(1)
    # A crash costs at most the calls in flight: two, and as many that wait for their commit.
    assert_as_if_nothing_happened(trial, calm, lost=4 * died)


HUNGRY = """
import asyncio, resource, sys
from pathlib import Path
from tests.faults import trial

resource.setrlimit(resource.RLIMIT_AS, (2**30, 2**30))
full = []

def greedy(body):
    return trial.answer(body)

original = trial.shout.parse

async def main():
    from dataclasses import replace
    def parse(text):
        if "TIDE" in text:
            full.append(bytearray(2**31))
        return original(text)
    trial.shout = replace(trial.shout, parse=parse)
    print(await trial.Trial(Path(sys.argv[1]), base_url=sys.argv[2]).attempt())

asyncio.run(main())
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs a limit on a process's memory: Linux has one")
async def test_out_of_memory_in_a_row_fails_the_row_and_nothing_else(tmp_path: Path) -> None:
    import asyncio

    calm = await undisturbed(tmp_path / "calm")
    trial = Trial(tmp_path / "hit")
    async with running(trial.endpoint) as base_url:
        result = await asyncio.to_thread(
            subprocess.run, [sys.executable, "-c", HUNGRY, str(trial.folder), base_url], cwd=ROOT,
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
    assert result.stdout.strip() == "succeeded", result.stderr
    reasons = json.dumps(read_manifest(trial.folder)["steps"]["shout"]["failures"])
    assert "MemoryError" in reasons
    trial.statuses.append("succeeded")
    await trial.until_finished(1)
    assert trial.dataset == calm.dataset, "the parser is another one now, and the stored answers are judged again"
    assert CANARY not in result.stderr


def test_a_lock_whose_pid_is_another_programs_holds_nobody_up(tmp_path: Path) -> None:
    # The holder was killed, and its number belongs to someone else by now: to this test.
    (tmp_path / ".lock").write_text(json.dumps({"pid": os.getpid(), "host": "here", "since": 0}))
    (tmp_path / "run.json").write_text('{"status": "running"}')
    assert not is_held(tmp_path)
    assert read_manifest(tmp_path)["status"] == "crashed"


async def test_a_run_killed_earlier_is_taken_over_though_its_pid_lives_on(tmp_path: Path) -> None:
    calm = await undisturbed(tmp_path / "calm")
    trial = Trial(tmp_path / "hit")
    await trial.attempt(limit=2)
    (trial.folder / ".lock").write_text(json.dumps({"pid": os.getpid(), "host": "here", "since": 0}))
    await trial.until_finished(1)
    assert_as_if_nothing_happened(trial, calm)


async def test_what_a_crash_left_half_written_is_cleared_away(tmp_path: Path) -> None:
    trial = Trial(tmp_path)
    await trial.attempt(limit=2)
    for left in (".run.json.4711.tmp", ".config.yaml.4711.tmp", "datasets/.README.md.4711.tmp"):
        (tmp_path / left).write_bytes(b"{half")
    await trial.until_finished(1)
    assert not list(tmp_path.rglob("*.tmp"))


@pytest.mark.parametrize("folder", [".shards/1-00000", ".preview"])
async def test_a_store_that_was_only_begun_holds_nobody_up(tmp_path: Path, folder: str) -> None:
    calm = await undisturbed(tmp_path / "calm")
    trial = Trial(tmp_path / "hit")
    begun = trial.folder / folder / "store.sqlite"
    begun.parent.mkdir(parents=True)
    connection = sqlite3.connect(begun)
    connection.execute("PRAGMA journal_mode = WAL")  # what a store's making begins with
    connection.close()
    await trial.until_finished(1)
    assert_as_if_nothing_happened(trial, calm)
    assert not (trial.folder / ".shards").exists()
