"""Damage found in the middle of a run is as loud as damage found at its start."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from generation_functions import Run
from generation_functions.errors import StoreDamaged
from tests.running import OFFLINE, echo_step, manifest_of


async def shout(folder: Path, **settings) -> None:
    async with Run(folder, **settings) as run:
        await run.rows([{"text": "one"}, {"text": "two"}]).through(echo_step(), model=OFFLINE).collect()


async def test_a_changed_answer_stops_the_run_and_the_store_is_set_aside(tmp_path: Path) -> None:
    await shout(tmp_path)
    with sqlite3.connect(tmp_path / "store.sqlite") as raw:
        raw.execute("UPDATE exchanges SET text = 'changed' WHERE text = 'ONE'")
    raw.close()

    with pytest.raises(StoreDamaged, match=r"set aside as store\.damaged-1\.sqlite"):
        await shout(tmp_path)
    assert manifest_of(tmp_path)["status"] == "failed"
    assert (tmp_path / "store.damaged-1.sqlite").exists()
    assert not (tmp_path / "store.sqlite").exists()

    with pytest.raises(StoreDamaged, match="was damaged and set aside"):
        await shout(tmp_path)
    await shout(tmp_path, fresh=True)
    assert manifest_of(tmp_path)["status"] == "succeeded"
    assert list(tmp_path.glob("store.before-*damaged*.sqlite"))


async def test_a_preview_already_paid_counts_against_the_budget(tmp_path: Path) -> None:
    await shout(tmp_path / ".preview")
    with sqlite3.connect(tmp_path / ".preview" / "store.sqlite") as raw:
        raw.execute("UPDATE exchanges SET cost = 0.5")
    raw.close()
    await shout(tmp_path)
    assert manifest_of(tmp_path)["cost_usd"] == 1.0
    assert manifest_of(tmp_path)["steps"]["echo"]["calls"] == 0
    assert manifest_of(tmp_path)["paid"]["offline"]["cost_usd"] == 1.0
