"""A job: a pipeline with its arguments and how to run it, made of a config and what the command line changes of it."""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generation_functions.config import (
    BoundConfig,
    Override,
    PreparedRun,
    Project,
    RunSettings,
    fingerprint,
    parse_override,
    resolved_yaml,
)
from generation_functions.config.project import SUPER_CONFIG
from generation_functions.config.tree import Location, Node
from generation_functions.errors import ConfigError, Problem
from generation_functions.models.model import Model

if TYPE_CHECKING:
    from generation_functions.config import Pipeline
    from generation_functions.run.options import RunOptions


@dataclass(frozen=True)
class Changes:
    """What a command line changes of a config. `sets` are `key=value`, typed by the pipeline's signature."""

    sets: tuple[str, ...] = ()
    limit: int | None = None
    budget_usd: float | None = None
    fresh: bool = False

    def overrides(self) -> list[Override]:
        """The changes in the config's own words; the last wins. Raises `ConfigError` for a `--set` of no such form."""
        made = [parse_override(text) for text in self.sets]
        if self.limit is not None:
            made.append(_option(("limit",), self.limit, f"--limit {self.limit}"))
        if self.budget_usd is not None:
            made.append(_option(("budget", "usd"), self.budget_usd, f"--budget {self.budget_usd:g}"))
        return made

    def words(self) -> list[str]:
        """The same changes as words of a command line, but for `--fresh`, which only the first of many runs wants."""
        words = [word for text in self.sets for word in ("--set", text)]
        words += [] if self.limit is None else ["--limit", str(self.limit)]
        return words + ([] if self.budget_usd is None else ["--budget", f"{self.budget_usd:g}"])


@dataclass(frozen=True)
class Job:
    """One run to make.

    name      the pipeline, as the config calls it
    bound     the config as it was bound; `config` is its file
    notes     what the reader should know of how the config was read
    command   the exact words that make or resume this run
    """

    name: str
    function: Pipeline
    kwargs: Mapping[str, Any]
    settings: RunSettings
    options: RunOptions
    output_dir: Path
    config: Path
    bound: BoundConfig
    command: str
    notes: tuple[str, ...] = field(default=())

    @property
    def models(self) -> list[Model]:
        """The models its arguments name, each once, in their order."""
        return list({model.name: model for model in models_in(self.kwargs)}.values())


def add_change_arguments(parser: argparse.ArgumentParser, *, fresh: bool = True) -> None:
    """The options that change a config, for every verb that takes one."""
    parser.add_argument(
        "--set", action="append", default=[], dest="sets", metavar="KEY=VALUE",
        help="change a key of the config; may be given again",
    )  # fmt: skip
    parser.add_argument("--limit", type=int, metavar="N", help="read at most N source rows")
    parser.add_argument("--budget", type=float, metavar="USD", help="stop cleanly when this much is spent")
    if fresh:
        parser.add_argument("--fresh", action="store_true", help="set earlier results aside and start over")


def changes_of(arguments: argparse.Namespace) -> Changes:
    """What the options of `add_change_arguments` say."""
    return Changes(tuple(arguments.sets), arguments.limit, arguments.budget, getattr(arguments, "fresh", False))


def this_project() -> Project:
    """The project in the current folder, with this process's environment."""
    return Project(Path(), os.environ)


def load_job(config: Path, changes: Changes = Changes(), *, project: Project | None = None) -> Job:
    """The job of one config. Raises `ConfigError` with everything wrong."""
    prepared = (project or this_project()).prepare(config, changes.overrides())
    return _job(prepared, changes, command_line("run", str(config), *changes.words()))


def load_order(changes: Changes = Changes(), *, project: Project | None = None) -> list[Job]:
    """The jobs of `pipeline_order`, in order. Raises `ConfigError` with everything wrong in any of them."""
    project = project or this_project()
    if not project.super_config.steps:
        raise ConfigError(_nothing_in_order(project))
    prepared = project.prepare_all(changes.overrides())
    problems = [problem for run in prepared for problem in run.bound.problems]
    if problems:
        raise ConfigError(problems)
    return [_job(run, changes, command_line("run", *changes.words())) for run in prepared]


def load_jobs(config: Path | None, changes: Changes, *, project: Project | None = None) -> list[Job]:
    """The job of a config, or of all that a super config names: of the project's own where none is given.

    Those of configs named under `after` stand before it. What the command line changes is not for them.
    """
    from commands.earlier import with_earlier

    project = project or this_project()
    if config is None or config == project.root / SUPER_CONFIG:
        jobs = load_order(changes, project=project)
    else:
        jobs = [load_job(config, changes, project=project)]
    return with_earlier(jobs, lambda path: load_job(path, project=project))


def command_line(*words: str) -> str:
    """The exact command that calls this program with these words, quoted for a shell."""
    program = os.environ.get("MILLRACE_COMMAND")
    start = [program] if program else [shlex.quote(_python()), shlex.quote(_script())]
    return " ".join([*start, *map(shlex.quote, words)])


def models_in(value: Any) -> Iterator[Model]:
    """Every model in a value and what it holds."""
    if isinstance(value, Model):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from models_in(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from models_in(item)


def _job(prepared: PreparedRun, changes: Changes, command: str) -> Job:
    from generation_functions.datasets.split import Shares
    from generation_functions.run.options import RunOptions

    bound = prepared.bound.checked()
    settings = bound.settings
    options = RunOptions(
        pipeline=prepared.entry.name,
        seed=settings.seed,
        limit=settings.limit,
        budget_usd=settings.budget.usd if settings.budget is not None else None,
        prompts=settings.prompts,
        max_failed_share=settings.max_failed_share,
        held_out=Shares(settings.held_out.validation, settings.held_out.test),
        fresh=changes.fresh,
        fingerprint=fingerprint(bound),
        config_text=resolved_yaml(bound),
        redact=bound.secrets.redact,
    )
    config = prepared.config.file or Path()
    return Job(
        prepared.entry.name, prepared.function, bound.kwargs, settings, options, settings.output_dir, config, bound,
        command, tuple(_notes(bound)),
    )  # fmt: skip


def _notes(bound: BoundConfig) -> Iterator[str]:
    """Which of its alternatives each model in use is, and why."""
    for model in {model.name: model for model in models_in(bound.kwargs)}.values():
        if model.name in bound.choices:
            named = "offline rules" if model.spec.provider == "offline" else model.spec.model
            yield f"model {model.name} is {named}: {bound.choices[model.name]}"


def _option(path: tuple[str, ...], value: float, written: str) -> Override:
    at = Location(option=written)
    return Override(path, Node(value, at, at, raw=str(value)))


def _nothing_in_order(project: Project) -> Problem:
    path = project.root / SUPER_CONFIG
    if not path.exists():
        return Problem(
            f"there is no {SUPER_CONFIG} in this folder, so there is nothing to run",
            hint="change to the project's folder, or name a config: run configs/my-config.yaml",
        )
    return Problem("'pipeline_order' names no run", path, hint="add '- config: configs/my-config.yaml' under it")


def _script() -> str:
    script = Path(sys.argv[0])
    return str(script) if script.name == "run_pipeline.py" else "run_pipeline.py"


def _python() -> str:
    # The name a reader can type; a virtual environment that is not activated needs its path.
    for name in ("python", "python3"):
        if shutil.which(name) == sys.executable:
            return name
    path = Path(sys.executable)
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
