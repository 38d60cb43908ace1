"""Pipelines that need more than their part of the documents: what a shard must leave to the whole run."""

from __future__ import annotations

from pathlib import Path

from generation_functions import Dataset, Model, OneOffStep, PipelineStep, Prompt, Row, Run

ask = PipelineStep("ask", prompt=Prompt.of("Ask of: {text}"), into="asked", sampling={"max_tokens": 50})
judge = PipelineStep("judge", prompt=Prompt.of("Judge: {text}"), into="judged")
rules = OneOffStep("rules", prompt=Prompt.of("Rules for {subject}."))
follow = PipelineStep("follow", prompt=Prompt.of("{rules}\n\nSay: {text}"), into="said")


async def without_duplicates(run: Run, *, input_dir: Path, writer: Model) -> Dataset:
    """Steps before and after what gathers the whole stream."""
    chunks = run.read(input_dir).chunk(max_tokens=110)
    return await run.write(
        chunks.through(ask, model=writer).deduplicate().through(judge, model=writer), "kept"
    )  # fmt: skip


async def with_rules(run: Run, *, input_dir: Path, writer: Model) -> Dataset:
    """One call for the whole run before the first row, and one after the last."""
    house = await run.once(rules, model=writer, subject="lighthouses")
    chunks = run.read(input_dir).chunk(max_tokens=110)
    await run.write(chunks.through(follow, model=writer, rules=house), "said")
    last = await run.once(rules, model=writer, subject="the end")
    return await run.write(run.rows([{"text": last}]), "end")


async def in_two_passes(run: Run, *, input_dir: Path, writer: Model) -> Dataset:
    """Rows that depend on how many there were of others."""
    first = await run.read(input_dir).chunk(max_tokens=110).through(ask, model=writer).collect()
    seconds = run.rows([{"text": f"{number} of {len(first)}"} for number in range(len(first))])
    return await run.write(seconds.through(judge, model=writer), "counted")


async def inside(run: Run, *, input_dir: Path, writer: Model) -> Dataset:
    """A run inside a run, and given rows."""
    child = run.child("inner")
    await child.write(child.read(input_dir).chunk(max_tokens=110).through(ask, model=writer), "asked")
    given = run.rows([{"text": f"number {number}"} for number in range(12)])
    return await run.write(given.through(judge, model=writer), "judged")


async def with_a_fault(run: Run, *, input_dir: Path, writer: Model) -> Dataset:
    """An author's function that breaks."""

    def breaks(row: Row) -> dict[str, str]:
        raise ValueError("the author's mistake")

    chunks = run.read(input_dir).chunk(max_tokens=110)
    return await run.write(chunks.through(ask, model=writer).map(breaks), "never")
