"""Faults of the disk, on real ones: full, read-only, failing, damaged, in another program's hands, moved."""

from __future__ import annotations

import errno
import gc
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from generation_functions.errors import StoreDamaged, StoreError
from generation_functions.run.events import read_events
from tests.faults.trial import Trial, assert_as_if_nothing_happened, undisturbed
from tests.permissions import permissions_count

ROOM_KB = 2048
WHY_SKIPPED = "a full disk needs a small file system: run as root on Linux, where tmpfs can be mounted"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of two megabytes."""
    place = tmp_path / "small"
    place.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", f"size={ROOM_KB}k", "tmpfs", str(place)]
    if not sys.platform.startswith("linux") or shutil.which("mount") is None:
        pytest.skip(WHY_SKIPPED)
    if subprocess.run(words, capture_output=True, check=False).returncode != 0:
        pytest.skip(WHY_SKIPPED)
    yield place
    gc.collect()
    subprocess.run(["umount", str(place)], check=True)


@pytest.mark.parametrize("free_kb", [0, 4, 8, 16, 32, 64, 96, 128, 160, 200, 256, 320, 400])
async def test_a_full_disk(small_disk: Path, tmp_path: Path, free_kb: int) -> None:
    calm = await undisturbed(tmp_path / "calm")
    ballast = small_disk / "ballast"
    ballast.write_bytes(b"x" * 1024 * (ROOM_KB - free_kb))
    trial = Trial(small_disk / "run")
    try:
        status = await trial.attempt()
    except StoreError:
        status = "failed"
    if status == "failed":
        assert isinstance(trial.errors[0], StoreError)
        assert trial.errors[0].hint is not None
    ballast.unlink()
    await trial.until_finished(1)
    assert_as_if_nothing_happened(trial, calm, lost=4)
    assert not list(trial.folder.rglob("*.tmp"))


@pytest.mark.skipif(os.name == "nt", reason="needs the modes of files")
async def test_a_read_only_folder(tmp_path: Path) -> None:
    calm = await undisturbed(tmp_path / "calm")
    trial = Trial(tmp_path / "hit")
    trial.folder.mkdir()
    trial.folder.chmod(0o555)
    with permissions_count():
        assert await trial.attempt() == "failed"
    assert "cannot be written" in str(trial.errors[0])
    assert trial.endpoint.started == 0
    trial.folder.chmod(0o755)
    await trial.until_finished(1)
    trial.statuses.pop(0)  # that attempt never began
    assert_as_if_nothing_happened(trial, calm)


async def test_an_output_folder_that_is_a_file(tmp_path: Path) -> None:
    trial = Trial(tmp_path / "hit")
    trial.folder.write_text("in the way")
    assert await trial.attempt() == "failed"
    assert "cannot be made: a file stands there" in str(trial.errors[0])


@pytest.mark.parametrize("keep", [0, 50, 5000])
async def test_a_truncated_store(tmp_path: Path, keep: int) -> None:
    trial = Trial(tmp_path)
    await trial.until_finished(1)
    made = trial.endpoint.started
    store = tmp_path / "store.sqlite"
    store.write_bytes(store.read_bytes()[:keep])
    if keep == 0:  # nothing is left that could be saved: an empty file is no store yet
        await trial.until_finished(1)
        return
    assert await trial.attempt() == "failed"
    assert isinstance(trial.errors[-1], StoreDamaged)
    assert "set aside" in str(trial.errors[-1])
    assert trial.endpoint.started == made
    assert await trial.attempt() == "failed", "a second try does not start over in silence"
    assert trial.endpoint.started == made
    assert await trial.attempt(fresh=True) == "succeeded"


async def test_a_store_with_damaged_pages(tmp_path: Path) -> None:
    trial = Trial(tmp_path)
    await trial.until_finished(1)
    store = tmp_path / "store.sqlite"
    content = bytearray(store.read_bytes())
    content[4096:-4096] = b"\xa5" * (len(content) - 8192)
    store.write_bytes(bytes(content))
    assert await trial.attempt() == "failed"
    assert isinstance(trial.errors[-1], StoreDamaged)


async def test_a_foreign_store_is_left_alone(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "store.sqlite") as other:
        other.execute("CREATE TABLE photographs (name TEXT)")
    other.close()
    before = (tmp_path / "store.sqlite").read_bytes()
    trial = Trial(tmp_path)
    assert await trial.attempt() == "failed"
    assert "another program" in str(trial.errors[0])
    assert (tmp_path / "store.sqlite").read_bytes() == before
    assert trial.endpoint.started == 0


@pytest.mark.slow
async def test_a_folder_that_cannot_be_locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fcntl = pytest.importorskip("fcntl")

    def no_locks(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    trial = Trial(tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr(fcntl, "flock", no_locks)
        await trial.attempt()
    error = trial.errors[-1]
    assert isinstance(error, StoreError)
    assert error.message == f"{trial.folder} cannot be locked: No locks available"
    assert trial.endpoint.started == 0
    await trial.until_finished(1)


async def test_a_store_locked_by_another_program(tmp_path: Path) -> None:
    calm = await undisturbed(tmp_path / "calm")
    trial = Trial(tmp_path / "hit")
    await trial.attempt(limit=1)
    other = sqlite3.connect(trial.folder / "store.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert await trial.attempt() == "failed"
    assert "locked" in str(trial.errors[-1])
    other.execute("ROLLBACK")
    other.close()
    await trial.until_finished(1)
    # While a commit waits for the lock, all rows in progress get as far as their own: ten of them.
    assert_as_if_nothing_happened(trial, calm, lost=10)


async def test_a_torn_last_line(tmp_path: Path) -> None:
    calm = await undisturbed(tmp_path / "calm")
    trial = Trial(tmp_path / "hit")
    await trial.attempt(limit=2)
    for name in ("events.jsonl", "log.txt"):
        with (trial.folder / name).open("ab") as file:
            file.write(b'{"n": 99, "event": "tor')
    await trial.until_finished(1)
    assert_as_if_nothing_happened(trial, calm)
    numbers = [event["n"] for event in read_events(trial.folder / "events.jsonl")]
    assert numbers == list(range(1, len(numbers) + 1))


async def test_a_torn_manifest(tmp_path: Path) -> None:
    calm = await undisturbed(tmp_path / "calm")
    trial = Trial(tmp_path / "hit")
    await trial.attempt(limit=2)
    manifest = trial.folder / "run.json"
    manifest.write_bytes(manifest.read_bytes()[:100])
    await trial.until_finished(1)
    assert_as_if_nothing_happened(trial, calm)


async def test_a_folder_that_moved(tmp_path: Path) -> None:
    calm = await undisturbed(tmp_path / "calm")
    trial = Trial(tmp_path / "hit")
    await trial.attempt(limit=3)
    trial.folder = trial.folder.rename(tmp_path / "elsewhere")
    await trial.until_finished(1)
    assert_as_if_nothing_happened(trial, calm)
