"""What a config would ask of its models, were its run to go on from another's answers. No model is called.

Rows go as far as stored answers carry them. A row whose next answer is in no store stops there, so the calls counted
are the fewest there can be: what follows from answers not yet given is not known.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from commands.job import Job
from generation_functions.run.lenders import PREVIEW_FOLDER
from generation_functions.run.manifest import read_manifest, runs_within
from generation_functions.run.runner import run_pipeline


@dataclass(frozen=True, slots=True)
class StepEffect:
    """One step: rows that came to it, questions with a stored answer, and questions that a model would be asked."""

    came_in: int
    known: int
    to_ask: int


@dataclass(frozen=True)
class Effect:
    """Every step that asks a model, by name. `cut_short` says why the pipeline could not be followed to its end."""

    steps: dict[str, StepEffect]
    cut_short: str | None = None

    @property
    def to_ask(self) -> int:
        """Calls that are sure to be made."""
        return sum(step.to_ask for step in self.steps.values())


def lenders_of(folder: Path) -> tuple[Path, ...]:
    """The folders whose stored answers a run in `folder` would take: its own, and its preview's."""
    return folder, folder / PREVIEW_FOLDER


def effect_of(job: Job, lender: Path) -> Effect:
    """Follow a job through the answers stored in the run folder `lender`, which is only read."""
    options = replace(
        job.options, lenders=lenders_of(lender), ask_no_model=True, fresh=False, budget_usd=None, max_failed_share=1.0,
        on_progress=None, on_log=None,
    )  # fmt: skip
    with TemporaryDirectory(prefix="millrace-diff-") as scratch:
        folder = Path(scratch) / "dry"
        result = run_pipeline(job.function, job.kwargs, folder, options)
        steps = _steps(read_manifest(folder), "")
        for inner in runs_within(folder):
            steps |= _steps(read_manifest(inner), f"{inner.relative_to(folder)}/")
    return Effect(steps, str(result.error) if result.error is not None else None)


def _steps(manifest: dict[str, Any], prefix: str) -> dict[str, StepEffect]:
    return {
        f"{prefix}{name}": StepEffect(step["in"], step["reused"], step["calls"])
        for name, step in manifest["steps"].items()
        if step["reused"] or step["calls"]
    }
