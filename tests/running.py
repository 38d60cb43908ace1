"""Small parts for tests that run pipelines: documents, an offline model, and a run in a temporary folder."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import orjson

from generation_functions import Model, PipelineStep, Prompt, Run
from generation_functions.store import StoreReader

OFFLINE = Model.offline()


def echo_step(name: str = "echo", **settings: Any) -> PipelineStep:
    """A step whose offline answer is the row's text in capitals."""
    defaults: dict[str, Any] = {
        "prompt": Prompt.of("Say it loud: {text}", system="You shout."),
        "into": "loud",
        "offline": lambda values, rng: values["text"].upper(),
    }
    return PipelineStep(name, **{**defaults, **settings})


def rows_of(folder: Path, step: str, status: str = "kept") -> list[dict[str, Any]]:
    """What a step is on record for, in source order."""
    reader = StoreReader(folder / "store.sqlite")
    try:
        found = reader.query(
            "SELECT fields, reason FROM rows WHERE step = ? AND status = ? ORDER BY place", (step, status)
        )
        return [{**orjson.loads(fields), **({"reason": reason} if reason else {})} for fields, reason in found]
    finally:
        reader.close()


def exchanges_of(run: Run) -> list[dict[str, Any]]:
    """The exchanges of an open run, in the order they were stored."""
    store = run.folder.store
    found = [store.exchange(key) for (key,) in store.query("SELECT key FROM exchanges ORDER BY id")]
    return [exchange for exchange in found if exchange is not None]


def manifest_of(folder: Path) -> dict[str, Any]:
    """A run's manifest."""
    return dict(orjson.loads((folder / "run.json").read_bytes()))


async def run_through(folder: Path, texts: Iterable[str], step: Any, *, model: Model = OFFLINE, **settings: Any) -> Run:
    """Send texts through one step and write the dataset `out`."""
    async with Run(folder, **settings) as run:
        await run.write(run.rows([{"text": text} for text in texts]).through(step, model=model), "out")
    return run
