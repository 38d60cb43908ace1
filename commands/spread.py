"""Which engine asks the questions of a run, and the run's job made ready for it."""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from commands.job import Changes, Job
from commands.shard import task_of
from generation_functions.errors import ConfigError

if TYPE_CHECKING:
    from generation_functions.engines.engine import Engine

ENGINES = ("local", "processes", "ray")


@dataclass(frozen=True)
class Cut:
    """How a run is spread: the engine's name, how many shards are asked at once, and how many there are."""

    engine: str = "local"
    workers: int | None = None
    shards: int | None = None


def add_spread_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `run` that say where questions are asked from."""
    parser.add_argument(
        "--engine", choices=ENGINES, default="local",
        help="where questions are asked from: this process (local), processes of this machine, or a Ray cluster",
    )  # fmt: skip
    parser.add_argument("--workers", type=int, metavar="N", help="shards asked at once; one for each processor")
    parser.add_argument("--shards", type=int, metavar="N", help="parts the documents are cut into; two for each worker")


def cut_of(arguments: argparse.Namespace) -> Cut:
    """What those options say. Raises `ConfigError` for numbers below 1, or for numbers without an engine."""
    for name, number in (("--workers", arguments.workers), ("--shards", arguments.shards)):
        if number is not None and number < 1:
            raise ConfigError(f"{name} {number}: at least 1 is needed")
        if number is not None and arguments.engine == "local":
            raise ConfigError(f"{name} is for runs that are spread", hint="Add --engine processes, or --engine ray.")
    return Cut(arguments.engine, arguments.workers, arguments.shards)


def spread_jobs(jobs: list[Job], cut: Cut, config: Path | None, changes: Changes) -> list[Job]:
    """The jobs, each with what will spread it. Raises `ConfigError` for what cannot be spread."""
    if cut.engine == "local":
        return jobs
    return [_spread(job, cut, config, changes, number) for number, job in enumerate(jobs)]


def _spread(job: Job, cut: Cut, config: Path | None, changes: Changes, number: int) -> Job:
    from generation_functions.engines.spreading import Spreading

    for model in job.models:
        if model.spec.provider == "openai-batch":
            raise ConfigError(
                f"model {model.name!r} is asked in batches, which one process collects",
                hint="Leave --engine out: a batch waits for the endpoint, not for this machine.",
            )
    task = partial(task_of, job, changes, config, number)
    spreading = Spreading(_engine(cut), task, tuple(job.models), cut.shards)
    return replace(job, options=replace(job.options, spread=spreading))


def _engine(cut: Cut) -> Engine:
    if cut.engine == "processes":
        from generation_functions.engines.local import LocalEngine

        return LocalEngine(cut.workers)
    from generation_functions.engines.cluster import RayEngine

    return RayEngine(cut.workers)
