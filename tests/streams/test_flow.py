"""The scheduler: deepest rows first, no more in progress than its width, source order at the end, errors kept apart."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from generation_functions import DepthFirst, Run
from generation_functions.errors import MillraceError
from generation_functions.rows import Row
from generation_functions.streams.flow import Flow, StopSignal
from tests.running import manifest_of


class Silent:
    def record(self, *_: object) -> None: ...


def visiting(name: str, visit) -> DepthFirst:
    async def act(row: Row, do):
        return await visit(row)

    return DepthFirst(name, act)


def numbered(count: int) -> list[dict[str, int]]:
    return [{"n": n} for n in range(count)]


async def flow_through(run: Run, count: int, steps: list[DepthFirst], width: int) -> list[Row]:
    stream = run.rows(numbered(count))
    for step in steps:
        stream = stream.through(step)
    arrived: list[Row] = []
    for stage in (*stream.source_stages, *stream.stages):
        run.begin(stage)
    await Flow(
        stream.source(), list(stream.stages), recorder=run, arrive=arrived.append, width=width, stop=StopSignal()
    ).run()
    return arrived


async def order_of(folder: Path, count: int) -> list[str]:
    """In which order one worker takes rows through three steps."""
    order: list[str] = []

    def note(name: str) -> DepthFirst:
        async def visit(row: Row) -> Row:
            order.append(f"{name}{row['n']}")
            return row

        return visiting(name, visit)

    async with Run(folder) as run:
        await flow_through(run, count, [note("a"), note("b"), note("c")], width=1)
    return order


async def test_a_row_is_finished_before_another_is_begun(tmp_path: Path) -> None:
    order = await order_of(tmp_path, 70)
    assert order[: 3 * 68] == [f"{step}{n}" for n in range(68) for step in "abc"]


async def test_the_last_rows_are_begun_together_and_end_in_single_calls(tmp_path: Path) -> None:
    order = await order_of(tmp_path, 70)
    assert order[3 * 68 :] == ["a68", "a69", "b68", "b69", "c68", "c69"]


async def test_no_more_rows_are_in_progress_than_the_width_allows(tmp_path: Path) -> None:
    now = most = 0

    async def visit(row: Row) -> Row:
        nonlocal now, most
        now += 1
        most = max(most, now)
        await asyncio.sleep(0.001)
        now -= 1
        return row

    async with Run(tmp_path) as run:
        arrived = await flow_through(run, 200, [visiting("a", visit), visiting("b", visit)], width=7)
    assert len(arrived) == 200
    assert most == 7


async def test_the_source_is_read_only_as_fast_as_rows_are_worked_on(tmp_path: Path) -> None:
    read = 0
    release = asyncio.Event()

    def source() -> Iterator[dict[str, int]]:
        nonlocal read
        for n in range(10_000):
            read = n + 1
            yield {"n": n}

    async def visit(row: Row) -> Row:
        await release.wait()
        return row

    async with Run(tmp_path) as run:
        collecting = asyncio.create_task(run.rows(source()).through(visiting("a", visit)).collect())
        await asyncio.sleep(0.3)
        assert read < 500
        collecting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await collecting


async def test_what_is_collected_is_in_source_order_whatever_finished_first(tmp_path: Path) -> None:
    async def visit(row: Row) -> Row:
        await asyncio.sleep((17 * row["n"] % 10) / 1000)
        return row

    async with Run(tmp_path) as run:
        rows = await run.rows(numbered(50)).through(visiting("a", visit)).collect()
    assert [row["n"] for row in rows] == list(range(50))


async def test_an_error_ends_the_stream_and_lets_what_is_under_way_finish(tmp_path: Path) -> None:
    finished: list[int] = []

    async def visit(row: Row) -> Row:
        if row["n"] == 3:
            raise MillraceError("the endpoint is gone")
        await asyncio.sleep(0.05)
        finished.append(row["n"])
        return row

    with pytest.raises(MillraceError, match="the endpoint is gone"):
        async with Run(tmp_path) as run:
            await run.rows(numbered(1000)).through(visiting("a", visit)).collect()
    assert {0, 1, 2} <= set(finished)
    assert len(finished) < 200
    assert manifest_of(tmp_path)["status"] == "failed"


async def test_an_empty_source_is_an_empty_stream(tmp_path: Path) -> None:
    async with Run(tmp_path) as run:
        assert await run.rows([]).group(into="all").sample(3).collect() == []


async def test_a_group_lists_only_the_fields_asked_for(tmp_path: Path) -> None:
    async with Run(tmp_path) as run:
        rows = run.rows([{"text": "long " * 9, "n": n} for n in range(3)])
        (group,) = await rows.group(by="text", into="numbers", fields=["n"]).collect()
    assert group["numbers"] == [{"n": 0}, {"n": 1}, {"n": 2}]
    counts = manifest_of(tmp_path)["steps"]["group"]
    assert (counts["in"], counts["out"]) == (3, 1)
    assert group["text"] == "long " * 9


async def test_a_group_of_a_field_that_is_not_there_names_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(MillraceError, match="no field 'number' to put into 'rows'") as caught:
        async with Run(tmp_path) as run:
            await run.rows(numbered(2)).group(fields=["number"]).collect()
    assert "The row has n." in str(caught.value.hint)


async def test_no_more_of_the_source_is_read_while_rows_wait_for_the_disk(tmp_path: Path) -> None:
    read, full = 0, asyncio.Event()
    room: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def source() -> Iterator[dict[str, int]]:
        nonlocal read
        for n in range(1_000):
            read = n + 1
            yield {"n": n}

    def asked() -> asyncio.Future[None] | None:
        if read < 64 or room.done():
            return None
        full.set()
        return room

    async def visit(row: Row) -> Row:
        return row

    async with Run(tmp_path) as run:
        stream = run.rows(source()).through(visiting("a", visit))
        for stage in (*stream.source_stages, *stream.stages):
            run.begin(stage)
        arrived: list[Row] = []
        flow = Flow(
            stream.source(), list(stream.stages), recorder=run, arrive=arrived.append, width=8, stop=StopSignal(),
            room=asked,
        )  # fmt: skip
        running = asyncio.create_task(flow.run())
        await full.wait()
        await asyncio.sleep(0.05)
        assert read == 64
        room.set_result(None)
        await running
    assert len(arrived) == 1_000
