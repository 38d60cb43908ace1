"""One dataset out of several, by shares or sizes, with where each row came from and why it is not more."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Literal

from pydantic import Field

from generation.core_pipelines.mix_datasets.amounts import Amount, Wish, amounts, drawn
from generation.core_pipelines.mix_datasets.conversation_changes import Changes
from generation.core_pipelines.mix_datasets.pool import Item, Pool
from generation.core_pipelines.mix_datasets.sources import Source, check_labels
from generation.core_pipelines.mix_datasets.summary import Taken, table, write_summary
from generation_functions import Dataset, Row, Run
from generation_functions.datasets import format_named
from generation_functions.rows import content_key
from generation_functions.steps.outcome import Outcome
from generation_functions.store import KEPT
from generation_functions.streams.stage import Stage
from generation_functions.streams.stream import Stream

Share = Annotated[float, Field(ge=0, le=1)]


async def mix_datasets(
    run: Run,
    *,
    sources: Annotated[list[Source], Field(description="Runs and files to mix: path, share, most, languages.")],
    format: Annotated[str, Field(description="The format of the mixture's rows.")] = "messages",
    total: Annotated[
        int | None, Field(ge=1, description="Size of the mixture; without it, all that shares allow.")
    ] = None,
    unit: Annotated[Literal["tokens", "rows"], Field(description="What total, most and shares count.")] = "tokens",
    generic_share: Annotated[
        float | None, Field(ge=0, lt=1, description="Part of the mixture that generic sources make up together.")
    ] = None,
    shuffle: Annotated[
        bool, Field(description="Whether rows are shuffled; else they keep their sources' order.")
    ] = True,
    drop_system: Annotated[Share, Field(description="Share of system prompts to take out.")] = 0.0,
    system_prompts: Annotated[list[str], Field(description="Prompts for conversations that have none.")] = [],  # noqa: B006
    add_system: Annotated[Share, Field(description="Share of those that get one of system_prompts.")] = 1.0,
    drop_thoughts: Annotated[Share, Field(description="Share of conversations to take thoughts out of.")] = 0.0,
) -> Dataset:
    """Mix datasets into one, by share or by size, and tell what was taken from where and why not more."""
    check_labels(sources)
    changes = Changes(drop_system, system_prompts, add_system, drop_thoughts)
    pools = [Pool(source, format_named(format), changes, run.seed) for source in sources]
    for pool in pools:
        await asyncio.to_thread(pool.weigh)
    wanted = amounts([_wish(pool, unit) for pool in pools], total, generic_share)
    picked = [drawn(_costs(pool, unit), amount.most)[0] for pool, amount in zip(pools, wanted, strict=True)]
    parts = [_part(*each) for each in zip(pools, wanted, picked, strict=True)]
    for line in [*table(parts), *(f"{part.source}: {note}" for part in parts for note in part.notes)]:
        run.log(line)
    run.made(write_summary(run.output_dir, parts))
    return await run.write(_stream(run, pools, wanted, picked, shuffle), "mixture", _content)


def _wish(pool: Pool, unit: str) -> Wish:
    source = pool.source
    there = sum(pool.tokens) if unit == "tokens" else len(pool.tokens)
    return Wish(source.label, there, source.share, source.most, source.generic)


def _costs(pool: Pool, unit: str) -> Iterator[tuple[int, int]]:
    return ((draw, tokens if unit == "tokens" else 1) for draw, tokens in zip(pool.draws, pool.tokens, strict=True))


def _part(pool: Pool, amount: Amount, picked: set[int]) -> Taken:
    tokens = sum(pool.tokens[index] for index in picked)
    sizes = (len(pool.tokens), len(picked), sum(pool.tokens), tokens)
    why = amount.why if picked or not pool.tokens else f"{amount.why}: there is no room for a whole row"
    return Taken(pool.source.label, pool.form.name, pool.source.generic, *sizes, why, tuple(pool.notes))


def _stream(
    run: Run, pools: Sequence[Pool], wanted: Sequence[Amount], picked: Sequence[set[int]], shuffle: bool
) -> Stream:
    """The rows that were drawn; the others are on record with the reason why they were not."""
    mix = Stage("mix")

    def rows() -> Iterator[Row]:
        for number, (pool, amount, chosen) in enumerate(zip(pools, wanted, picked, strict=True)):
            for index, (item, told, against) in enumerate(_judged(pool, amount, chosen)):
                if against is not None:
                    run.record(mix, Row(item.key, told, (number, index)), Outcome.dropped(against, told))
                    continue
                place = (content_key(run.seed, "order", item.key),) if shuffle else (number, index)
                row = _row(item, told, place)
                run.record(mix, row, Outcome(KEPT, [(row, told)]))
                yield row

    return Stream(run, rows, (mix,))


def _judged(pool: Pool, amount: Amount, chosen: set[int]) -> Iterator[tuple[Item, dict[str, Any], str | None]]:
    """A pool's rows, what is told of each, and why it is not in the mixture, if so."""
    weighed = enumerate(pool.tokens)
    for item in pool.items():
        told = {"from": pool.source.label, "row": item.row}
        if item.against is not None:
            yield item, told, item.against
            continue
        index, tokens = next(weighed)
        yield item, {**told, "tokens": tokens}, None if index in chosen else f"not drawn: {amount.why}"


def _row(item: Item, told: dict[str, Any], place: tuple[int | str, ...]) -> Row:
    return Row(item.key, {**told, "content": item.content}, place)


def _content(row: Row) -> dict[str, Any]:
    content: dict[str, Any] = row["content"]
    return content
