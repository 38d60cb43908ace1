"""Nothing is asked twice: not at the same time, not in the next run, not after a failure that was already told."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from pathlib import Path
from typing import Any

import pytest

from generation_functions import Model, Prompt, Run
from generation_functions.errors import RunStopped
from generation_functions.models.model import ModelSpec
from generation_functions.run.surroundings import Surroundings
from generation_functions.store import Store
from generation_functions.store.writer import GroupCommit
from tests.fake_endpoint import FakeEndpoint, Fault, running
from tests.models.eventually import until
from tests.running import echo_step, manifest_of, rows_of


def model_at(base_url: str, **settings) -> Model:
    spec = {"model": "fake-model", "base_url": base_url, "api_key": "x", "max_retries": 0, **settings}
    return Model("fake", ModelSpec(**spec))


async def test_equal_questions_at_the_same_time_are_one_call(tmp_path: Path) -> None:
    endpoint = FakeEndpoint(latency=0.05)
    step = echo_step(prompt=Prompt.of("Always the same, {kind}"))
    async with running(endpoint) as base_url, Run(tmp_path) as run:
        rows = run.rows([{"kind": "a", "n": n} for n in range(20)])
        made = await rows.through(step, model=model_at(base_url)).collect()
    assert len(made) == 20
    assert endpoint.finished == 1
    assert manifest_of(tmp_path)["steps"]["echo"] | {"in": 20} == manifest_of(tmp_path)["steps"]["echo"]
    assert manifest_of(tmp_path)["steps"]["echo"]["reused"] == 19


async def test_another_address_is_not_another_question(tmp_path: Path) -> None:
    for calls in (1, 0):
        endpoint = FakeEndpoint()
        async with running(endpoint) as base_url, Run(tmp_path) as run:
            await run.rows([{"text": "a"}]).through(echo_step(), model=model_at(base_url)).collect()
        assert endpoint.finished == calls


async def test_other_sampling_or_another_model_is_another_question(tmp_path: Path) -> None:
    endpoint = FakeEndpoint(models=("fake-model", "other"))
    async with running(endpoint) as base_url:
        for settings in ({}, {"temperature": 0.1}, {"temperature": 0.2}, {"model": "other"}):
            async with Run(tmp_path) as run:
                await run.rows([{"text": "a"}]).through(echo_step(), model=model_at(base_url, **settings)).collect()
    assert endpoint.finished == 4


async def fails_once(folder: Path, base_url: str) -> None:
    async with Run(folder, max_failed_share=1.0) as run:
        await run.rows([{"text": "a"}]).through(echo_step(retries=0), model=model_at(base_url)).collect()


async def test_a_finished_runs_failures_are_not_asked_again_until_a_person_asks(tmp_path: Path) -> None:
    # The first call is let through, so that the endpoint is known to be well and the second failure is the row's own.
    endpoint = FakeEndpoint(plan=lambda number, body: Fault.error(400, "not like this") if number < 1 else None)
    async with running(endpoint) as base_url:
        await fails_once(tmp_path, base_url)
        assert "not like this" in rows_of(tmp_path, "echo", "failed")[0]["reason"]
        await fails_once(tmp_path, base_url)
        assert endpoint.started == 1

        with Store(tmp_path / "store.sqlite") as store:
            ((key,),) = store.query("SELECT key FROM rows WHERE status = 'failed'")
            store.ask_again("echo", key)
        await fails_once(tmp_path, base_url)
        assert endpoint.started == 2
        assert rows_of(tmp_path, "echo", "failed") == []


async def test_a_call_given_up_as_the_budget_ended_is_asked_again(tmp_path: Path) -> None:
    # The second call fails once while the third finds no money left: with tries left, that says nothing of its row.
    endpoint = FakeEndpoint(plan=lambda number, body: Fault.error(500) if "slow" in str(body) and number < 5 else None)
    price = {"price": {"input": 0, "output": 1_000_000}, "max_tokens": 20, "max_retries": 8}
    texts = [{"text": "slow"}, *({"text": f"row {n}"} for n in range(6))]
    async with running(endpoint) as base_url:
        model = model_at(base_url, **price)
        with pytest.raises(RunStopped, match="budget"):
            async with Run(tmp_path, budget_usd=30.0) as run:
                await run.rows(texts).through(echo_step(), model=model).collect()
        async with Run(tmp_path) as run:
            made = await run.rows(texts).through(echo_step(), model=model).collect()
    assert len(made) == len(texts)


async def test_who_waits_for_another_rows_call_can_be_cancelled(tmp_path: Path) -> None:
    endpoint = FakeEndpoint(plan=[None, Fault(hang=True)])
    step = echo_step(prompt=Prompt.of("The same, {kind}"))
    async with running(endpoint) as base_url, Run(tmp_path) as run:
        model = model_at(base_url)
        await run.rows([{"kind": "first"}]).through(step, model=model).collect()
        waiting = asyncio.create_task(
            run.rows([{"kind": "a", "n": n} for n in range(5)]).through(step, model=model).collect()
        )
        await until(lambda: endpoint.started == 2)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asyncio.wait_for(waiting, 5)
    assert endpoint.started == 2


async def test_a_run_stopped_while_its_endpoint_is_tried_out_makes_no_call(tmp_path: Path) -> None:
    endpoint = FakeEndpoint(models_fault=Fault(status=500, delay=0.3))
    async with running(endpoint) as base_url:
        with pytest.raises(RunStopped):
            async with Run(tmp_path) as run:
                stopped = RunStopped("interrupted", "stopped")
                asyncio.get_running_loop().call_later(0.1, run.folder.stop.request, stopped)
                await run.rows([{"text": "a"}]).through(echo_step(), model=model_at(base_url)).collect()
    assert endpoint.started == 0


class SlowDisk(GroupCommit):
    """Commits that take long, and how many answers they brought to the disk."""

    saved = 0

    def _commit(self, connection: sqlite3.Connection, batch: Any) -> None:
        if batch.exchanges:
            time.sleep(0.05)
        super()._commit(connection, batch)
        self.saved += len(batch.exchanges)


async def test_a_slow_disk_keeps_calls_back_that_a_crash_would_cost(tmp_path: Path) -> None:
    lost: list[int] = []

    def counted(number: int, body: dict[str, Any]) -> None:
        lost.append(endpoint.started - disks[0].saved)

    def slow_store(path: Path, *, clean: bool) -> Store:
        return Store(path, clean=clean, writer=lambda connect: disks.append(SlowDisk(connect)) or disks[-1])

    disks: list[SlowDisk] = []
    endpoint = FakeEndpoint(plan=counted)
    async with running(endpoint) as base_url:
        async with Run(tmp_path, surroundings=Surroundings(open_store=slow_store)) as run:
            rows = run.rows([{"text": f"row {n}"} for n in range(60)])
            await rows.through(echo_step(), model=model_at(base_url, max_in_flight=4)).collect()
    assert endpoint.finished == 60
    assert 4 < max(lost) <= 8


async def test_a_call_waits_while_only_what_others_may_cost_leaves_no_room_for_it(tmp_path: Path) -> None:
    # Sixty calls at once may cost far more than the budget; what they do cost fits in easily.
    endpoint = FakeEndpoint(answer=lambda body: "ok", latency=0.05)
    price = {"price": {"input": 0, "output": 1_000_000}, "max_tokens": 20, "max_in_flight": 60}
    texts = [{"text": f"row {n}"} for n in range(60)]
    async with running(endpoint) as base_url, Run(tmp_path, budget_usd=200.0) as run:
        made = await run.rows(texts).through(echo_step(), model=model_at(base_url, **price)).collect()
    assert len(made) == 60
    assert manifest_of(tmp_path)["cost_usd"] <= 200
    assert endpoint.most_in_flight >= 2


async def test_a_budget_is_used_up_when_nothing_fits_beside_what_is_spent(tmp_path: Path) -> None:
    endpoint = FakeEndpoint(answer=lambda body: "ok")
    price = {"price": {"input": 0, "output": 1_000_000}, "max_tokens": 20, "max_in_flight": 60}
    async with running(endpoint) as base_url:
        model = model_at(base_url, **price)
        with pytest.raises(RunStopped, match=r"\(\$0.0000 spent, the next call may cost \$20.0000\)"):
            async with Run(tmp_path / "none", budget_usd=19.0) as run:
                await run.rows([{"text": "a"}]).through(echo_step(), model=model).collect()
        assert endpoint.started == 0
        with pytest.raises(RunStopped, match="budget"):
            async with Run(tmp_path / "some", budget_usd=25.0) as run:
                await run.rows([{"text": f"row {n}"} for n in range(60)]).through(echo_step(), model=model).collect()
    assert 5 < manifest_of(tmp_path / "some")["cost_usd"] <= 25, "20 did not fit in beside it any more"


async def test_a_run_stopped_while_calls_wait_for_money_lets_them_go(tmp_path: Path) -> None:
    endpoint = FakeEndpoint(latency=0.3)
    price = {"price": {"input": 0, "output": 1_000_000}, "max_tokens": 20, "max_in_flight": 60}
    async with running(endpoint) as base_url:
        with pytest.raises(RunStopped, match="enough"):
            async with Run(tmp_path, budget_usd=45.0) as run:
                asyncio.get_running_loop().call_later(0.1, run.folder.stop.request, RunStopped("interrupted", "enough"))
                rows = run.rows([{"text": f"row {n}"} for n in range(20)])
                await rows.through(echo_step(), model=model_at(base_url, **price)).collect()
    assert endpoint.started == 2
