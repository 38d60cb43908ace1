"""A shipped pipeline, run by its own config as a user runs it, against the fake endpoint: killed, resumed, repeated."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.end_to_end.project import ROOT, CallLog, Project
from tests.fake_endpoint.process import served

BY_RULES = "tests.answering_by_rules:by_rules"
IN_FLIGHT = 8


@dataclass
class Shipped(Project):
    """A pipeline or composition by its shipped config, with the fake endpoint for every model in it."""

    max_in_flight: int = IN_FLIGHT

    def write_shipped(self, **changes: Any) -> None:
        """The shipped config, with its models and output folder replaced, and these keys in place of its own."""
        (place,) = (ROOT / "generation").glob(f"core_*/{self.pipeline.replace('-', '_')}/config.yaml")
        shipped = yaml.safe_load(place.read_text(encoding="utf-8"))
        model = {
            "model": "fake-model", "base_url": self.base_url, "api_key": "${FAKE_KEY}",
            "max_in_flight": self.max_in_flight,
        }  # fmt: skip
        models = {name: dict(model) for name in shipped["models"]}  # YAML would write one mapping as an alias
        config = {**_without(shipped, set(changes)), "models": models, "output_dir": str(self.output), **changes}
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")

    def datasets(self) -> dict[str, bytes]:
        """The bytes of every dataset by its name; of those of runs inside it, by `part/name`."""
        found = sorted(self.output.glob("**/datasets/*.jsonl"))
        return {str(path.parents[1].relative_to(self.output) / path.name): path.read_bytes() for path in found}


def check_kill_and_resume(tmp_path: Path, pipeline: str, *, answer: str = BY_RULES, **changes: Any) -> Shipped:
    """A run that is killed half way and resumed ends like one that was not; repeated, it asks nothing at all.

    Nothing is asked twice but what was in flight. Gives the undisturbed project.
    """
    log = CallLog(tmp_path / "calls.jsonl")
    with served(answer=answer, latency=0.01, log=log.path) as base_url:
        calm = _project(tmp_path / "calm", base_url, pipeline, changes)
        ended = calm.run()
        assert ended.returncode == 0, ended.stderr
        needed = log.settled()
        assert needed > 2 * IN_FLIGHT, "too few calls to kill it half way"

        killed = _project(tmp_path / "killed", base_url, pipeline, changes)
        killed.kill_once(lambda: log.started() >= needed + needed // 2)
        ended = killed.run()
        assert ended.returncode == 0, ended.stderr
        assert killed.datasets() == calm.datasets()
        total = log.settled()
        # Lost with the process: calls that were open, and at most as many whose answers waited for the disk.
        assert needed <= total - needed <= needed + 2 * IN_FLIGHT
        assert killed.run().returncode == 0
        assert log.settled() == total
        assert killed.datasets() == calm.datasets()
    return calm


def _project(folder: Path, base_url: str, pipeline: str, changes: dict[str, Any]) -> Shipped:
    project = Shipped(folder, base_url, pipeline)
    project.write_shipped(**changes)
    return project


def _without(config: dict[str, Any], names: set[str]) -> dict[str, Any]:
    """The config without these keys, wherever a section has them."""
    kept = {name: value for name, value in config.items() if name not in names}
    inner = {name: _without(value, names) for name, value in kept.items() if isinstance(value, dict)}
    return {name: inner.get(name, value) for name, value in kept.items() if inner.get(name) != {} or value == {}}
