"""Show every step of a few rows before paying for all: what is asked, what is answered, what is kept. Nothing is lost:
the run takes over the answers."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from commands import summary
from commands.job import add_change_arguments, changes_of, load_job
from commands.past_run import PastRun
from commands.terminal import counted, display_width, money, number, paint, say, width_of
from commands.transcript import SHORT_KEY, Transcript, exchanges_of, place_of, record_json
from commands.trial import Trial, at_least_one, tell_error, try_out
from generation_functions.rows import Json
from generation_functions.store import RowRecord
from generation_functions.store.history import DATASET_PREFIX


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this verb."""
    parser.add_argument("config", type=Path, metavar="CONFIG", help="a config")
    parser.add_argument("-n", type=at_least_one, default=3, metavar="N", help="source rows to try (3)")
    parser.add_argument("--full", action="store_true", help="show example turns, repeated prompts and whole values")
    add_change_arguments(parser, fresh=False)
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument("--quiet", action="store_true", help="show no progress and no summary")


def execute(arguments: argparse.Namespace) -> int:
    """Try a few rows and show them. Exit code 0, or that of the error which ended the trial."""
    job = load_job(arguments.config, changes_of(arguments))
    trial = try_out(job, limit=arguments.n, quiet=arguments.quiet)
    with trial.runs() as runs:
        if arguments.json:
            print(json.dumps(_as_json(runs, trial), ensure_ascii=False))
        else:
            _show(runs, Transcript(full=arguments.full))
    tell_error(job, trial, debug=getattr(arguments, "debug", False))
    if not arguments.quiet:
        _tell_summary(trial)
    return trial.exit_code


def _as_json(runs: list[PastRun], trial: Trial) -> dict[str, Json]:
    calls, reused = summary.calls_of(trial.manifest)
    return {
        "rows": [_row_json(run, root) for run in runs for root in run.history.roots()],
        "status": trial.manifest["status"], "message": trial.manifest.get("message", ""),
        "calls": calls, "reused": reused, "cost_usd": trial.cost_usd, "models": trial.manifest["models"],
    }  # fmt: skip


def _row_json(run: PastRun, root: str) -> dict[str, Json]:
    source, steps = _told(run, root)
    return {
        "key": root,
        "source": source,
        "steps": [record_json(record, exchanges_of(run.history, record)) for record in steps],
        "dataset": [record.fields for record in steps if record.step.startswith(DATASET_PREFIX)],
    }


def _told(run: PastRun, root: str) -> tuple[dict[str, Json], list[RowRecord]]:
    """A source row's fields, and the records of all steps that followed."""
    story = run.history.story(root)
    is_source = bool(story) and story[0].key == root and not story[0].exchanges and len(story) > 1
    return (story[0].fields, story[1:]) if is_source else ({}, story)


def _show(runs: list[PastRun], transcript: Transcript) -> None:
    for run in runs:
        roots = run.history.roots()
        for position, root in enumerate(roots, 1):
            source, steps = _told(run, root)
            print(
                _rule(f"row {position} of {len(roots)}", source, root, within="" if run is runs[0] else run.folder.name)
            )
            shown = {name: value for name, value in source.items() if name == "text" or "source" not in source}
            print("\n".join([*transcript.fields(shown, mark=""), ""]))
            for record in steps:
                print("\n".join([*transcript.record(record, exchanges_of(run.history, record)), ""]))


def _rule(title: str, source: Mapping[str, Json], key: str, within: str) -> str:
    place = place_of(source) if "source" in source else ""
    text = " · ".join(filter(None, (within, title, place, key[:SHORT_KEY])))
    line = "─" * max(0, width_of(sys.stdout) - display_width(text) - 5)
    return f"── {paint(text, 'bold', stream=sys.stdout)} {line}"


def _tell_summary(trial: Trial) -> None:
    calls, reused = summary.calls_of(trial.manifest)
    models: Mapping[str, Any] = trial.manifest["models"]
    tokens = sum(account["input_tokens"] + account["output_tokens"] for account in models.values())
    lost = [f"{number(count)} {what}" for what, count in _lost(trial.manifest) if count]
    written = sum(step["out"] for name, step in trial.manifest["steps"].items() if name.startswith(DATASET_PREFIX))
    rows = ", ".join([f"{counted(written, 'row')} for the dataset", *lost])
    known = f", {counted(reused, 'answer')} known already" if reused else ""
    say(f"{rows}; {counted(calls, 'call')}{known}; {number(tokens)} tokens, {money(trial.cost_usd)}")


def _lost(manifest: Mapping[str, Any]) -> list[tuple[str, int]]:
    steps = manifest["steps"].values()
    return [
        ("dropped", sum(sum(step["dropped"].values()) for step in steps)),
        ("failed", sum(step["failed"] for step in steps)),
    ]
