"""Runs that others use: the configs that a config names under `after`, each before what comes after it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from commands.job import Job
from generation_functions.errors import ConfigError, Problem


def with_earlier(jobs: Sequence[Job], load: Callable[[Path], Job]) -> list[Job]:
    """The jobs in their order, each behind those that it comes after. A config that several name runs once.

    Raises `ConfigError` where configs come after each other in a circle, or one cannot be read.
    """
    found: list[Job] = []
    for job in jobs:
        _add(job, (), found, load)
    return found


def _add(job: Job, waiting: tuple[Path, ...], found: list[Job], load: Callable[[Path], Job]) -> None:
    waiting = (*waiting, job.config)
    for config in job.settings.after or ():
        if any(_same(config, other) for other in waiting):
            raise ConfigError(_circle(job, config, waiting))
        if not any(_same(config, other.config) for other in found):
            _add(load(config), waiting, found, load)
    found.append(job)


def _circle(job: Job, config: Path, waiting: Sequence[Path]) -> Problem:
    way = " → ".join(map(str, (*waiting, config)))
    return Problem(f"configs come after each other in a circle: {way}", job.config, hint="take one out of its 'after'")


def _same(one: Path, other: Path) -> bool:
    return one.resolve() == other.resolve()
