"""A project whose runs are spread: what it wrote, what its shards were, and what a run alone would have made."""

from __future__ import annotations

from typing import Any

import yaml

from generation_functions.run.events import read_events
from tests.end_to_end.project import Project


def configure(project: Project, function: str, **changes: Any) -> None:
    """A config for one of this folder's pipelines."""
    model = {
        "model": "fake-model", "base_url": project.base_url, "api_key": "${FAKE_KEY}",
        "max_in_flight": project.max_in_flight, "price": {"input": 1.0, "output": 2.0},
    }  # fmt: skip
    model |= changes.pop("model", {})
    config = {
        "pipeline": f"tests/engines/pipelines.py:{function}", "output_dir": str(project.output),
        "models": {"fake": model}, "input_dir": str(project.inputs), "writer": "fake", **changes,
    }  # fmt: skip
    (project.folder / "config.yaml").write_text(yaml.safe_dump(config))


def datasets(project: Project) -> dict[str, bytes]:
    """Every dataset of the run and of runs inside it."""
    files = project.output.rglob("datasets/*.jsonl")
    return {str(path.relative_to(project.output)): path.read_bytes() for path in files}


def events(project: Project, kind: str) -> list[dict[str, Any]]:
    """The run's events of one kind."""
    return [event for event in read_events(project.output / "events.jsonl") if event["event"] == kind]


def log(project: Project) -> str:
    """The run's log."""
    return (project.output / "log.txt").read_text()
