"""What a run would do, told without a call and without a folder: pipeline, models, documents, limits."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from commands.job import Job
from commands.pipeline_steps import prompts_of
from commands.terminal import counted, money, paint, say, table
from generation_functions.models.model import Model


def show_plan(jobs: Sequence[Job], *, as_json: bool) -> int:
    """Show what each job would run. Raises `ConfigError` for prompts that cannot be used."""
    for job in jobs:
        plan = plan_of(job)
        if as_json:
            print(json.dumps(plan, ensure_ascii=False))
        else:
            _tell(job, plan)
    if not as_json:
        say("dry run: no call was made and nothing was written")
    return 0


def plan_of(job: Job) -> dict[str, Any]:
    """What a job would run, as JSON."""
    prompts = prompts_of(job.function, job.settings.prompts)
    return {
        "pipeline": job.name,
        "config": str(job.config),
        "output_dir": str(job.output_dir),
        "resumes": (job.output_dir / "run.json").exists() and not job.options.fresh,
        "models": [{"name": model.name, "provider": model.spec.provider, "model": model.spec.model,
                    "endpoint": endpoint_of(model)} for model in job.models],
        "inputs": {name: _files_in(path) for name, path in _input_paths(job).items()},
        "prompts": {name: prompt.version for name, prompt in prompts.items()},
        "limit": job.options.limit,
        "budget_usd": job.options.budget_usd,
        "command": job.command,
    }  # fmt: skip


def endpoint_of(model: Model) -> str:
    """Where a model is asked: its address, or who stands in for it."""
    if model.spec.provider == "offline":
        return "offline rules, no key and no cost"
    if model.spec.provider == "local":
        return "in this process, no key and no cost"
    return ", ".join(spec.base_url or "https://api.openai.com/v1" for spec in model.spec.at_endpoints())


def _tell(job: Job, plan: dict[str, Any]) -> None:
    rows = [("config", plan["config"]), ("output", plan["output_dir"] + (", goes on" if plan["resumes"] else ", new"))]
    rows += [(f"model {m['name']}", " · ".join(filter(None, (m["model"], m["endpoint"])))) for m in plan["models"]]
    rows += [(name, f"{job.kwargs[name]}: {_found(count)}") for name, count in plan["inputs"].items()]
    rows.append(("prompts", ", ".join(plan["prompts"]) or "none"))
    if plan["limit"] is not None:
        rows.append(("limit", counted(plan["limit"], "source row")))
    if plan["budget_usd"] is not None:
        rows.append(("budget", money(plan["budget_usd"])))
    say(paint(plan["pipeline"], "bold"))
    for line in (*table(rows), *(f"  {note}" for note in job.notes)):
        say(line)


def _found(count: int | None) -> str:
    return paint("nothing is there", "yellow") if count is None else counted(count, "file")


def _input_paths(job: Job) -> dict[str, Path]:
    return {name: value for name, value in job.kwargs.items() if isinstance(value, Path)}


def _files_in(path: Path) -> int | None:
    from generation_functions.documents.walk import Found, walk

    if not path.exists():
        return None
    return sum(isinstance(item, Found) for item in walk(path)) if path.is_dir() else 1
