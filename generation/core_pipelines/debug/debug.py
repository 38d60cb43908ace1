"""A run that needs no model and fails on demand, for testing what surrounds pipelines."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import Field

from generation.core_pipelines.debug.faults import COUNT, At, Fault, How
from generation_functions import Dataset, DepthFirst, Row, Run
from generation_functions.steps.asking import Doing


async def _work(row: Row, do: Doing, *, fault: Fault, row_s: float) -> Mapping[str, Any]:
    await asyncio.sleep(row_s)
    await fault.strike_in_step(row["number"])
    return {"said": f"This is row {row['number']}."}


work = DepthFirst("work", _work)


async def debug(
    run: Run,
    *,
    rows: Annotated[int, Field(ge=0, le=10_000_000, description="Rows of the run.")] = 20,
    row_s: Annotated[float, Field(ge=0, description="Seconds that each row takes.")] = 0.0,
    at: Annotated[At, Field(description="Where it fails.")] = "nowhere",
    how: Annotated[How, Field(description="What happens there.")] = "error",
    hit_rows: Annotated[
        tuple[int, ...], Field(description="Rows it happens to, counted from 1; at source, step and export.")
    ] = (10,),
    times: Annotated[int | None, Field(ge=0, description="Attempts that fail; without it, every one.")] = None,
    hang_s: Annotated[float, Field(gt=0, le=86_400, description="Longest hang or freeze, in seconds.")] = 3600.0,
    memory_mb: Annotated[int, Field(ge=1, description="Most memory that is taken, in MiB.")] = 256,
) -> Dataset:
    """Write numbered rows with no model, and fail where and how the config asks."""
    fault = Fault(at, how, hit_rows, times, hang_s, memory_mb, run.output_dir / COUNT)

    def numbered() -> Iterator[dict[str, int]]:
        for number in range(1, rows + 1):
            fault.strike("source", number)
            yield {"number": number}

    def as_line(row: Row) -> dict[str, Any]:
        fault.strike("export", row["number"])
        return {"number": row["number"], "said": row["said"]}

    fault.strike("start")
    dataset = await run.write(run.rows(numbered()).through(work, fault=fault, row_s=row_s), "debug", as_line)
    fault.strike("end")
    return dataset
