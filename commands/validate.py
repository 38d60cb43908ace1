"""Check configs without running them: every problem of every one, with its line and what would mend it."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from commands.job import Changes, Job, load_jobs, this_project
from commands.pipeline_steps import prompts_of, steps_of
from commands.prompt_sets import prompt_set_notes, prompt_set_warnings
from commands.terminal import counted, paint, print_problem, print_warning, say
from generation_functions.errors import ConfigError, Problem


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `validate`."""
    parser.add_argument("configs", nargs="*", type=Path, metavar="CONFIG", help="without one, super_config.yaml")
    parser.add_argument(
        "--set", action="append", default=[], dest="sets", metavar="KEY=VALUE", help="change a key first"
    )
    parser.add_argument("--json", action="store_true", help="a JSON object for each config on stdout")


def execute(arguments: argparse.Namespace) -> int:
    """Check each config. 2 where any has a problem."""
    found = [(config, *_checked(config, arguments.sets)) for config in arguments.configs or [None]]
    for config, jobs, problems in found:
        if arguments.json:
            print(json.dumps(_as_json(config, jobs, problems), ensure_ascii=False))
        else:
            _tell(jobs, problems)
    wrong = sum(len(problems) for _, _, problems in found)
    if wrong and not arguments.json:
        say(paint(counted(wrong, "problem"), "red", "bold"))
    return 2 if wrong else 0


def _checked(config: Path | None, sets: Sequence[str]) -> tuple[list[Job], list[Problem]]:
    try:
        jobs = load_jobs(config, Changes(tuple(sets)), project=this_project())
    except ConfigError as exc:
        return [], exc.problems
    return jobs, [problem for job in jobs for problem in _prompt_problems(job)]


def _prompt_problems(job: Job) -> list[Problem]:
    try:
        prompts_of(job.function, job.settings.prompts)
    except ConfigError as exc:
        return exc.problems
    return []


def _tell(jobs: Sequence[Job], problems: Sequence[Problem]) -> None:
    for problem in problems:
        print_problem(problem.message, problem.hint, place=problem.place)
    for job in () if problems else jobs:
        parts = (counted(len(job.kwargs), "parameter"), counted(len(steps_of(job.function)), "step"))
        say(f"{paint('ok', 'green')} {job.config} ({job.name}, {', '.join(parts)})")
        for note in _notes(job):
            say(f"  {note}")
        for warning in _warnings(job):
            print_warning(warning)


def _notes(job: Job) -> list[str]:
    return prompt_set_notes(job.function, job.settings.prompts)


def _warnings(job: Job) -> list[str]:
    return [*absent_inputs(job), *prompt_set_warnings(job.function, job.settings.prompts)]


def absent_inputs(job: Job) -> list[str]:
    """Inputs of a job that are not there now. Another run may still make them, so this is no problem of the config."""
    nodes = job.bound.nodes
    return [
        f"{nodes[name].at}: '{name}' is {value}, and nothing is there yet"
        for name, value in job.kwargs.items()
        if isinstance(value, Path) and name.startswith("input") and not value.exists() and name in nodes
    ]


def _as_json(config: Path | None, jobs: Sequence[Job], problems: Sequence[Problem]) -> dict[str, Any]:
    return {
        "config": str(config) if config is not None else "super_config.yaml",
        "ok": not problems,
        "pipelines": [job.name for job in jobs],
        "prompts": [note for job in jobs for note in _notes(job)] if not problems else [],
        "warnings": [warning for job in jobs for warning in _warnings(job)],
        "problems": [
            {"message": p.message, "file": str(p.file) if p.file else None, "line": p.line, "hint": p.hint}
            for p in problems
        ],
    }
