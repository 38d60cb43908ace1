"""One shard of a run, as a process of its own. It is no verb: the run that is spread starts it and tells it its part.

It reads the config itself, and with it its own environment: no secret is handed over.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generation_functions.engines.engine import Task
from generation_functions.engines.outcome import Outcome
from generation_functions.errors import ConfigError, MillraceError

if TYPE_CHECKING:
    from commands.job import Changes, Job
    from generation_functions.engines.spreading import Assignment
    from generation_functions.run.runner import RunResult


_ROOT = str(Path(__file__).parents[1])
_BEGIN = f"import sys; sys.path.insert(0, {_ROOT!r}); from commands.shard import main; sys.exit(main())"


def task_of(job: Job, changes: Changes, config: Path | None, number: int, assignment: Assignment) -> Task:
    """An assignment as a task: the job is the `number`-th that the config and the changes give."""
    message = {
        "config": None if config is None else str(config.absolute()), "number": number, "sets": changes.sets,
        "limit": changes.limit, "budget_usd": changes.budget_usd, "fingerprint": job.options.fingerprint,
        "folder": str(assignment.folder), "known": str(assignment.known), "place": assignment.place,
        "places": assignment.places, "share_usd": assignment.budget_usd, "shard": assignment.shard.index,
        "shards": assignment.shard.count, "replays": assignment.shard.replays,
    }  # fmt: skip
    return Task((sys.executable, "-c", _BEGIN), str(Path.cwd()), message)


def main() -> int:
    """Ask what the message on standard input says; the outcome is the last line of standard output."""
    from generation_functions.engines.process import begin_task

    order = begin_task()
    try:
        outcome = _asked(order)
    except Exception as exc:  # noqa: BLE001  whatever kept the shard from beginning is told to its run
        outcome = Outcome.failed(exc)
    sys.stdout.write(f"{json.dumps(outcome.as_json())}\n")
    sys.stdout.flush()
    return 0


def _asked(order: dict[str, Any]) -> Outcome:
    from generation_functions.run.runner import run_pipeline

    job = _job(order)
    folder = Path(order["folder"])
    if not folder.parent.is_dir():
        raise MillraceError(
            f"{folder.parent} is not seen here", hint="Choose an output_dir on a disk that all machines share."
        )
    result = run_pipeline(job.function, job.kwargs, folder, _options(job, order))
    return _outcome(job, result, folder)


def _job(order: dict[str, Any]) -> Job:
    from commands.job import Changes, load_jobs

    config = None if order["config"] is None else Path(order["config"])
    changes = Changes(tuple(order["sets"]), order["limit"], order["budget_usd"])
    job = load_jobs(config, changes)[order["number"]]
    if job.options.fingerprint != order["fingerprint"]:
        raise ConfigError(
            f"{job.config} says something else here than where the run was started",
            hint="Every machine needs the same files and the same environment.",
        )
    return job


def _options(job: Job, order: dict[str, Any]) -> Any:
    from generation_functions.engines.shares import share_of
    from generation_functions.models.clients import ModelClients
    from generation_functions.run.shard import Shard
    from generation_functions.run.surroundings import Surroundings

    limits = partial(share_of, place=order["place"], places=order["places"])
    return replace(
        job.options, shard=Shard(order["shard"], order["shards"], order["replays"]), config_text=None, fresh=False,
        lenders=(Path(order["known"]),), budget_usd=order["share_usd"],
        surroundings=Surroundings(clients=lambda: ModelClients(limits=limits)),
    )  # fmt: skip


def _outcome(job: Job, result: RunResult, folder: Path) -> Outcome:
    from generation_functions.engines.progress import calls_and_cost

    calls, _ = calls_and_cost(folder)
    ended = Outcome(result.ending.status, job.options.redact(result.ending.message))
    if isinstance(result.error, Exception):
        failed = Outcome.failed(result.error)
        ended = replace(failed, status=ended.status, message=job.options.redact(failed.message))
    return replace(ended, calls=calls)
