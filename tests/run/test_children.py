"""Pipelines that call pipelines: each inner run has its own folder and status; they share one budget and one stop."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from generation_functions import Model, Run
from generation_functions.errors import RunLocked, RunStopped, StoreError
from generation_functions.models.model import ModelSpec, Price
from generation_functions.run.events import read_events
from generation_functions.run.lock import is_held
from tests.fake_endpoint import FakeEndpoint, running
from tests.running import OFFLINE, echo_step, manifest_of


async def shout(run: Run, texts: list[str], model: Model = OFFLINE) -> None:
    """A pipeline."""
    await run.write(run.rows([{"text": text} for text in texts]).through(echo_step(), model=model), "out")


async def both(run: Run, model: Model = OFFLINE) -> None:
    """A pipeline made of pipelines."""
    await shout(run.child("first"), ["one", "two"], model)
    await shout(run.child("second"), ["three"], model)


async def test_each_child_has_a_folder_of_its_own(tmp_path: Path) -> None:
    for calls in (2, 0):
        async with Run(tmp_path) as run:
            await both(run)
        first = manifest_of(tmp_path / "first")
        assert (first["status"], first["steps"]["echo"]["calls"]) == ("succeeded", calls)
    assert len((tmp_path / "second/datasets/out.jsonl").read_text().splitlines()) == 1
    kinds = [event["event"] for event in read_events(tmp_path / "first/events.jsonl") if event["event"] != "progress"]
    assert kinds == ["run_started", "dataset_written", "run_ended"] * 2


async def test_the_same_child_asked_for_twice_is_one_run(tmp_path: Path) -> None:
    async with Run(tmp_path) as run:
        assert run.child("first") is run.child("first")
        with pytest.raises(RunLocked):
            async with Run(tmp_path / "first"):
                pass


async def test_children_share_the_budget_and_stop_with_their_parent(tmp_path: Path) -> None:
    endpoint = FakeEndpoint()
    async with running(endpoint) as base_url:
        price = Price(input=0, output=1_000_000 / 40)
        spec = ModelSpec(
            model="fake-model", base_url=base_url, api_key="x", price=price, max_tokens=40, max_in_flight=1
        )
        with pytest.raises(RunStopped, match="budget"):
            async with Run(tmp_path, budget_usd=1.2) as run:
                await shout(run.child("first"), ["one"], Model("m", spec))
                await shout(run.child("second"), ["two", "three", "four", "five", "six"], Model("m", spec))
    statuses = {name: manifest_of(tmp_path / name)["status"] for name in (".", "first", "second")}
    assert set(statuses.values()) == {"partial"}
    assert 0 < manifest_of(tmp_path)["cost_usd"] <= 1.2
    assert endpoint.finished < 6


async def test_a_child_of_a_failed_parent_is_not_called_a_success(tmp_path: Path) -> None:
    async def pipeline() -> None:
        async with Run(tmp_path) as run:
            await shout(run.child("first"), ["one"])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await pipeline()
    assert manifest_of(tmp_path)["status"] == "failed"
    assert manifest_of(tmp_path / "first")["status"] == "failed"


async def test_a_child_whose_end_cannot_be_written_fails_its_parent(tmp_path: Path) -> None:
    async def pipeline() -> None:
        async with Run(tmp_path) as run:
            await both(run)
            manifest = tmp_path / "first" / "run.json"
            manifest.unlink()
            manifest.mkdir()

    with pytest.raises(StoreError, match=r"first.run\.json cannot be written"):
        await pipeline()
    assert manifest_of(tmp_path)["status"] == "failed"
    assert manifest_of(tmp_path / "second")["status"] == "failed"
    assert not any(is_held(folder) for folder in (tmp_path, tmp_path / "first", tmp_path / "second"))


async def test_a_run_ended_while_its_child_ends_gives_every_folder_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def pipeline() -> None:
        async with Run(tmp_path) as run:
            await both(run)
            flushed = run.child("first").folder.store.flushed
            monkeypatch.setattr(run.child("first").folder.store, "flushed", lambda: cancelled(flushed))

    async def cancelled(flushed: Callable[[], Awaitable[None]]) -> None:
        await flushed()
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await pipeline()
    assert manifest_of(tmp_path)["status"] == manifest_of(tmp_path / "second")["status"] == "cancelled"
    assert not any(is_held(folder) for folder in (tmp_path, tmp_path / "first", tmp_path / "second"))
    async with Run(tmp_path) as run:
        await both(run)
    assert manifest_of(tmp_path)["status"] == "succeeded"
