"""What a failed call used is counted: it will be billed."""

from __future__ import annotations

from pathlib import Path

from generation_functions import Run
from generation_functions.models.model import Model, ModelSpec, Price
from tests.fake_endpoint import FakeEndpoint, Fault, running
from tests.running import echo_step, manifest_of

CUT_OFF = Fault.edited(finish_reason="length")
EMPTY = Fault.edited(content="")


async def cost_of(folder: Path, plan: list[Fault | None]) -> tuple[float, int]:
    endpoint = FakeEndpoint(plan=plan)
    async with running(endpoint) as base_url:
        spec = ModelSpec(model="fake-model", base_url=base_url, api_key="x", price=Price(input=1e6, output=0))
        async with Run(folder) as run:
            await run.rows([{"text": "hello"}]).through(echo_step(retries=1), model=Model("m", spec)).collect()
    return manifest_of(folder)["cost_usd"], endpoint.finished


async def test_cut_off_and_empty_answers_cost_what_they_used(tmp_path: Path) -> None:
    once, calls = await cost_of(tmp_path / "fine", [])
    assert calls == 1
    assert once > 0
    assert await cost_of(tmp_path / "cut off", [CUT_OFF]) == (2 * once, 2)
    assert await cost_of(tmp_path / "empty", [EMPTY]) == (2 * once, 2)
    assert await cost_of(tmp_path / "both cut off", [CUT_OFF, CUT_OFF]) == (2 * once, 2)
