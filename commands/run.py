"""Run a pipeline from its config, or all of super_config.yaml. The same command again goes on where a run stopped."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from commands import summary
from commands.job import Job, add_change_arguments, changes_of, command_line, load_jobs
from commands.progress import progress_for
from commands.prompt_sets import prompt_set_notes, prompt_set_warnings
from commands.spread import add_spread_arguments, cut_of, spread_jobs
from commands.status import lines_of_runs_inside
from commands.terminal import counted, money, paint, print_error, print_warning, say
from generation_functions.errors import RunStopped

if TYPE_CHECKING:
    from generation_functions.run.runner import RunResult


@dataclass(frozen=True)
class Voice:
    """How much a run says, and in which form its result goes to stdout."""

    json: bool = False
    quiet: bool = False
    debug: bool = False


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `run`."""
    parser.add_argument(
        "config", nargs="?", type=Path, metavar="CONFIG", help="a config; without it, super_config.yaml"
    )
    add_change_arguments(parser)
    parser.add_argument("--dry-run", action="store_true", help="check everything, show what would run, and stop there")
    add_spread_arguments(parser)
    parser.add_argument("--json", action="store_true", help="a JSON object for each run on stdout")
    parser.add_argument("--quiet", action="store_true", help="no progress and no summary")


def execute(arguments: argparse.Namespace) -> int:
    """Run what was asked for. The exit code of the first run that did not succeed, else 0."""
    from generation_functions.run.watch import watch_process

    watch_process()  # before any pipeline is imported: what its module reads counts as well
    changes = changes_of(arguments)
    jobs = load_jobs(arguments.config, changes)
    voice = Voice(arguments.json, arguments.quiet, arguments.debug)
    if arguments.dry_run:
        from commands.dry_run import show_plan

        return show_plan(jobs, as_json=voice.json)
    return run_jobs(spread_jobs(jobs, cut_of(arguments), arguments.config, changes), voice)


def run_jobs(jobs: Sequence[Job], voice: Voice = Voice()) -> int:
    """Run jobs in order, each to its end. One that does not come to its end keeps the next from starting."""
    code = 0
    for index, job in enumerate(jobs):
        if len(jobs) > 1 and not voice.quiet:
            say(paint(f"[{index + 1} of {len(jobs)}] {job.name} from {job.config}", "bold"))
        result = run_job(job, voice)
        code = code or result.ending.exit_code
        if result.ending.status not in ("succeeded", "partial") or result.error is not None:
            _tell_left_out(jobs[index + 1 :])
            break
    return code


def run_job(job: Job, voice: Voice = Voice()) -> RunResult:
    """Run one job: progress while it runs, a summary at its end, its files on stdout.

    Raises what kept it from starting: `RunLocked`, `StoreError`.
    """
    from generation_functions.run.manifest import read_manifest
    from generation_functions.run.runner import run_pipeline

    if not voice.quiet:
        _tell_beforehand(job)
    progress = progress_for(sys.stderr, quiet=voice.quiet)
    options = replace(job.options, on_progress=progress.show, on_log=_only_news(progress.log))
    try:
        result = run_pipeline(job.function, job.kwargs, job.output_dir, options)
    finally:
        progress.close()
    manifest = read_manifest(job.output_dir)
    if result.unchanged:
        manifest = summary.as_reused(manifest)
    _tell_end(job, result, manifest, voice)
    _give_data(job, result, manifest, voice)
    return result


def _only_news(log: Any) -> Any:
    # The first and last lines of a run's log say what the command line says in its own way.
    def show(line: str) -> None:
        if not line.startswith(("attempt ", "succeeded: ", "partial: ", "failed: ", "cancelled: ", "not sealed")):
            log(line)

    return show


def _tell_beforehand(job: Job) -> None:
    say(f"{paint(job.name, 'bold')} → {job.output_dir}")
    for note in (*job.notes, *prompt_set_notes(job.function, job.settings.prompts), *_changed_since(job)):
        say(f"  {note}")
    for warning in prompt_set_warnings(job.function, job.settings.prompts):
        print_warning(warning)
    unpriced = [m.name for m in job.models if not m.spec.is_free and m.spec.dearest is None]
    if job.options.budget_usd is not None and unpriced:
        print_warning(f"no price is known for {', '.join(unpriced)}: the budget cannot count what it costs")


def _changed_since(job: Job) -> list[str]:
    from generation_functions.errors import StoreError
    from generation_functions.run.manifest import read_manifest

    try:
        before = read_manifest(job.output_dir)
    except StoreError:
        return []
    if before.get("fingerprint") == job.options.fingerprint or job.options.fresh:
        return []
    return ["the config has changed since this folder's last run: only what the change touches is asked again"]


def _tell_end(job: Job, result: RunResult, manifest: dict[str, Any], voice: Voice) -> None:
    error = result.error
    told = isinstance(error, Exception) and not isinstance(error, RunStopped)
    if error is not None and told:  # a stop that was asked for is told by the summary
        print_error(error, debug=voice.debug, redact=job.options.redact)
    if voice.quiet:
        return
    if result.unchanged or summary.all_reused(manifest):
        _tell_no_calls(job, manifest, unchanged=result.unchanged)
    else:
        _tell_summary(job, manifest, told=told, hint=error.hint if isinstance(error, RunStopped) else None)
    if _is_offline(job) and summary.dataset_rows(manifest):
        say(paint("Written by the offline writer's rules, not by a model: for trying out, not for training.", "yellow"))


def _is_offline(job: Job) -> bool:
    return any(model.spec.provider == "offline" for model in job.models)


def _tell_no_calls(job: Job, manifest: dict[str, Any], *, unchanged: bool) -> None:
    rows = summary.dataset_rows(manifest)
    nothing, done = ("nothing to do", "already there") if unchanged else ("nothing to ask", "written")
    say(f"{paint(nothing, 'green', 'bold')}: 0 calls" + (f"; {counted(rows, 'row')} {done}" if rows else ""))
    files = summary.files(manifest, job.output_dir, for_training=not _is_offline(job))
    for line in files or lines_of_runs_inside(job.output_dir):
        say(line)


def _tell_summary(job: Job, manifest: dict[str, Any], *, told: bool, hint: str | None) -> None:
    say()
    say(summary.status_line(manifest, told=told))
    if hint:
        say(f"  {paint('hint:', 'cyan')} {hint}")
    began = any(summary.calls_of(manifest)) or not told
    sections = (
        ("", summary.funnel(manifest) if began else []),
        ("rows that were lost", summary.reasons(manifest)),
        (_costs_title(manifest), summary.costs(manifest)),
        ("datasets", summary.files(manifest, job.output_dir, for_training=not _is_offline(job))),
        ("runs inside it", lines_of_runs_inside(job.output_dir) if began else []),
        ("next", _next_lines(job, manifest)),
    )
    for title, lines in sections:
        if lines:
            say()
            for line in [paint(title, "bold"), *lines] if title else lines:
                say(line)


def _costs_title(manifest: dict[str, Any]) -> str:
    total = money(manifest["cost_usd"])
    budget = manifest.get("budget_usd")
    title = f"cost: {total}" + (f" of {money(budget)}" if budget is not None else "")
    return title + (", over all attempts" if manifest["attempt"] > 1 else "")


def _next_lines(job: Job, manifest: dict[str, Any]) -> list[str]:
    return [
        line
        for words, why in summary.next_commands(manifest, job.output_dir)
        for line in (f"  {command_line(*words) if words else job.command}", f"    {paint(why, 'dim')}")
    ]


def _tell_left_out(jobs: Sequence[Job]) -> None:
    if jobs:
        print_warning(f"not run, because the one before did not come to its end: {', '.join(j.name for j in jobs)}")


def _give_data(job: Job, result: RunResult, manifest: dict[str, Any], voice: Voice) -> None:
    if voice.json:
        print(json.dumps(_as_json(job, result, manifest), ensure_ascii=False), flush=True)
        return
    for path in summary.dataset_paths(manifest, job.output_dir):
        print(path, flush=True)


def _as_json(job: Job, result: RunResult, manifest: dict[str, Any]) -> dict[str, Any]:
    calls, reused = summary.calls_of(manifest)
    keys = ("status", "message", "steps", "sources", "datasets", "paid", "cost_usd", "attempt", "started", "ended")
    return {
        "pipeline": job.name, "config": str(job.config), "output_dir": str(job.output_dir),
        "exit_code": result.ending.exit_code, **{key: manifest.get(key) for key in keys},
        "calls": calls, "reused": reused,
        "files": [str(path) for path in summary.dataset_paths(manifest, job.output_dir)], "resume": job.command,
    }  # fmt: skip
