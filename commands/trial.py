"""A trial: a few source rows sent through the whole pipeline, in a folder of their own inside the run's.

The run takes over what a trial paid for, and a trial what the run has paid for: nothing is paid twice.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from commands.job import Job
from commands.past_run import PastRun, past_run
from commands.progress import progress_for
from commands.terminal import print_error
from generation_functions.run.lenders import PREVIEW_FOLDER
from generation_functions.run.manifest import read_manifest, runs_within
from generation_functions.run.runner import RunResult, run_pipeline


@dataclass(frozen=True)
class Trial:
    """How a trial ended, and where it stands."""

    folder: Path
    result: RunResult
    manifest: dict[str, Any]

    @property
    def exit_code(self) -> int:
        """0 unless an error ended it: that a few rows made no dataset, or failed, is what a trial is there to show."""
        return self.result.ending.exit_code if self.result.error is not None else 0

    @property
    def cost_usd(self) -> float:
        """What was paid for this trial, beside the answers that were there already."""
        return float(sum(account["cost_usd"] for account in self.manifest["models"].values()))

    @contextmanager
    def runs(self) -> Iterator[list[PastRun]]:
        """The trial's runs opened for reading: its own, and those made inside it this time."""
        with ExitStack() as stack:
            runs = [stack.enter_context(past_run(path)) for path in (self.folder, *runs_within(self.folder))]
            yield [run for run in runs if run.manifest["started"] >= self.manifest["started"]]


def try_out(job: Job, *, limit: int | None = None, sample: int | None = None, quiet: bool = False) -> Trial:
    """Run the job on its first rows, or on a sample of all. Raises `RunLocked`, `StoreError`."""
    progress = progress_for(sys.stderr, quiet=quiet)
    options = replace(
        job.options, limit=_least(job.options.limit, limit), sample=sample, fresh=False, max_failed_share=1.0,
        on_progress=progress.show, on_log=None,
    )  # fmt: skip
    folder = job.output_dir / PREVIEW_FOLDER
    try:
        result = run_pipeline(job.function, job.kwargs, folder, options)
    finally:
        progress.close()
    return Trial(folder, result, read_manifest(folder))


def tell_error(job: Job, trial: Trial, *, debug: bool) -> None:
    """The error that ended a trial, if one did."""
    if trial.result.error is not None:
        print_error(trial.result.error, debug=debug, redact=job.options.redact)


def at_least_one(text: str) -> int:
    """Reads a number of rows from a command line."""
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of 1 or more")
    return int(text)


def _least(*limits: int | None) -> int | None:
    return min((limit for limit in limits if limit is not None), default=None)
