"""A run whose model is asked in batches: what it counts, keeps and shows."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from generation_functions import Model, ModelSpec, Run
from generation_functions.errors import StoreDamaged
from generation_functions.models.batch.journal import BatchJournal
from generation_functions.models.model import Price
from tests.fake_endpoint import FakeEndpoint, Fault, running
from tests.running import echo_step, manifest_of, rows_of, run_through


def batched(base_url: str, **changes: Any) -> Model:
    fields = {"model": "fake-model", "api_key": "x" * 20, "batch_wait_s": 0.2, "batch_poll_s": 0.05, **changes}
    return Model("large", ModelSpec(provider="openai-batch", base_url=base_url, **fields))


async def test_ten_thousand_rows_go_off_together(tmp_path: Path) -> None:
    fake = FakeEndpoint(keep=False)
    async with running(fake) as url:
        texts = [f"text {n}" for n in range(10_000)]
        await run_through(tmp_path, texts, echo_step(), model=batched(url, batch_wait_s=1.0, batch_max_requests=6_000))
    assert sum(len(batch.lines) for batch in fake.batches.made) == 10_000
    assert len(set(fake.batches.asked)) == 10_000
    assert manifest_of(tmp_path)["steps"]["echo"]["out"] == 10_000
    lines = (tmp_path / "datasets" / "out.jsonl").read_text().splitlines()
    assert len(lines) == 10_000
    assert '"text 0"' in lines[0]
    assert '"text 9999"' in lines[-1]


async def test_money_and_tokens_are_counted_once(tmp_path: Path) -> None:
    fake = FakeEndpoint(plan=[None, Fault.edited(finish_reason="length")])
    async with running(fake) as url:
        model = batched(url, price=Price(input=1e6, output=0))
        await run_through(tmp_path, ["a", "b", "c"], echo_step(retries=0), model=model)
        await run_through(tmp_path, ["a", "b", "c"], echo_step(retries=0), model=model)
    manifest = manifest_of(tmp_path)
    assert manifest["cost_usd"] == manifest["paid"]["large"]["input_tokens"] > 0
    assert manifest["paid"]["large"]["answers"] == 2
    assert len(fake.batches.asked) == 3
    assert len(rows_of(tmp_path, "echo", "failed")) == 1


async def test_a_budget_lets_in_what_was_submitted(tmp_path: Path) -> None:
    fake = FakeEndpoint()
    async with running(fake) as url:
        model = batched(url, price=Price(input=0, output=1_000), max_tokens=100)  # 0.1 USD are set aside for each
        with pytest.raises(Exception, match="budget"):
            await run_through(tmp_path, [f"text {n}" for n in range(50)], echo_step(), model=model, budget_usd=1.05)
    assert len(fake.batches.asked) == 10
    assert len(rows_of(tmp_path, "echo")) == 10


async def test_starting_afresh_sets_the_journal_aside(tmp_path: Path) -> None:
    async with running(FakeEndpoint()) as url:
        for fresh in (False, True):
            await run_through(tmp_path, ["a"], echo_step(), model=batched(url), fresh=fresh)
    assert {path.name for path in tmp_path.glob("batches*.sqlite")} == {"batches.sqlite", "batches.before-1.sqlite"}


async def test_a_damaged_journal_stops_the_run(tmp_path: Path) -> None:
    BatchJournal(tmp_path / "batches.sqlite").close()
    content = (tmp_path / "batches.sqlite").read_bytes()
    (tmp_path / "batches.sqlite").write_bytes(b"not a database" + content[14:])
    async with running(FakeEndpoint()) as url:
        with pytest.raises(StoreDamaged, match=r"batches\.sqlite is damaged"):
            await run_through(tmp_path, ["a"], echo_step(), model=batched(url))


async def test_a_child_run_has_its_own_batches(tmp_path: Path) -> None:
    fake = FakeEndpoint()
    async with running(fake) as url:
        async with Run(tmp_path) as run:
            model = batched(url)
            flows = [
                one.write(one.rows([{"text": f"in {n}"}]).through(echo_step(), model=model), "out")
                for n, one in enumerate((run, run.child("inner")))
            ]
            await asyncio.gather(*flows)
    assert len(fake.batches.made) == 2
    assert (tmp_path / "inner" / "batches.sqlite").exists()
    assert rows_of(tmp_path / "inner", "echo")[0]["loud"].endswith("in 1")
