"""Check the machine, the packages, the keys, the endpoints and the run folders; say what to do about each fault."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from itertools import chain
from pathlib import Path

from commands.endpoint_health import endpoint_findings
from commands.health import OUTPUTS, Finding, machine_findings
from commands.job import models_in, this_project
from commands.run_health import of_run, run_findings, runs_below
from commands.terminal import counted, paint, say, visible
from generation_functions.config import PreparedRun, Project
from generation_functions.errors import ConfigError, Problem
from generation_functions.models.model import Model
from generation_functions.run.manifest import MANIFEST_FILE

_COLOUR = {"ok": "green", "warning": "yellow", "problem": "red"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this verb."""
    parser.add_argument("configs", nargs="*", type=Path, metavar="CONFIG", help="configs; those of super_config.yaml")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")


def execute(arguments: argparse.Namespace) -> int:
    """Print a line for each check. Exit code 1 where there is a problem, else 0; warnings are no problem."""
    counts: Counter[str] = Counter()
    for finding in findings(this_project(), arguments.configs):
        counts[finding.state] += 1
        print(json.dumps(asdict(finding)) if arguments.json else _line(finding), flush=True)
    say(f"{counts['ok']} ok, {counted(counts['warning'], 'warning')}, {counted(counts['problem'], 'problem')}")
    return 1 if counts["problem"] else 0


def findings(project: Project, configs: Iterable[Path]) -> Iterator[Finding]:
    """Every check in turn: the machine, each config with its endpoints, each run folder."""
    prepared, broken = _prepared(project, list(configs))
    models = _models(prepared)
    in_flight = sum(model.spec.in_flight for model in models if model.spec.provider == "openai")
    yield from machine_findings(project.root, in_flight)
    yield from (_of_problem(problem) for problem in broken)
    for run in prepared:
        yield from of_config(run)
    yield from endpoint_findings(models)
    outputs = project.root / OUTPUTS
    yield from run_findings(runs_below(outputs))
    yield from (of_run(folder) for folder in _other_folders(prepared, outputs))


def of_config(run: PreparedRun) -> Iterator[Finding]:
    """What is wrong with a config, or that nothing is."""
    if run.bound.problems:
        yield from map(_of_problem, run.bound.problems)
    else:
        yield Finding("ok", f"config {run.config.file}", f"{run.entry.name} → {run.bound.settings.output_dir}")


def _of_problem(problem: Problem) -> Finding:
    subject = f"config {problem.place}" if problem.place else "config"
    return Finding("problem", subject, problem.message, problem.hint)


def _prepared(project: Project, configs: list[Path]) -> tuple[list[PreparedRun], list[Problem]]:
    prepared: list[PreparedRun] = []
    problems: list[Problem] = []
    try:
        if not configs:
            return (project.prepare_all() if project.super_config.steps else []), []
    except ConfigError as exc:
        return [], exc.problems
    for config in configs:
        try:
            prepared.append(project.prepare(config))
        except ConfigError as exc:
            problems += exc.problems
    return prepared, problems


def _models(prepared: Iterable[PreparedRun]) -> list[Model]:
    """The models that configs use, each once."""
    used = chain.from_iterable(models_in(run.bound.kwargs) for run in prepared)
    return list(
        {(each.name, each.spec.model_dump_json()): each for model in used for each in _at_endpoints(model)}.values()
    )


def _at_endpoints(model: Model) -> Iterator[Model]:
    """A model that several endpoints serve, once for each of them."""
    return (Model(model.name, spec) for spec in model.spec.at_endpoints())


def _other_folders(prepared: Iterable[PreparedRun], outputs: Path) -> list[Path]:
    folders = dict.fromkeys(run.bound.settings.output_dir for run in prepared if not run.bound.problems)
    return [f for f in folders if not f.resolve().is_relative_to(outputs.resolve()) and (f / MANIFEST_FILE).exists()]


def _line(finding: Finding) -> str:
    state = paint(finding.state.ljust(7), _COLOUR[finding.state], stream=sys.stdout)
    lines = [f"{state}  {visible(finding.subject)}: {visible(finding.message)}"]
    if finding.hint:
        lines.append(f"         {paint('hint:', 'cyan', stream=sys.stdout)} {visible(finding.hint)}")
    return "\n".join(lines)
