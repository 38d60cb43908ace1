"""Every fault of the debug pipeline, from outside: what the command line says, and what the next attempt does."""

from __future__ import annotations

import json
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from generation.core_pipelines.debug.faults import Fault
from generation_functions.errors import ConfigError
from tests.end_to_end.project import Project, interrupt
from tests.running import rows_of


def project(folder: Path, **settings: Any) -> Project:
    folder.mkdir(parents=True, exist_ok=True)
    made = Project(folder, "")
    config = {"pipeline": "debug", "output_dir": str(made.output), "rows": 12, "hit_rows": [3, 7], **settings}
    (folder / "config.yaml").write_text(json.dumps(config))
    return made


def test_an_attempt_that_writes_its_rows_is_not_one_with_nothing_to_do(tmp_path: Path) -> None:
    faulty = project(tmp_path, at="export", times=1)
    assert faulty.run().returncode == 1
    second, third = faulty.run(), faulty.run()
    assert "12 rows in debug" in second.stderr
    assert ["nothing to do" in each.stderr for each in (second, third)] == [False, True]


def test_without_a_fault_it_succeeds_and_a_second_run_changes_nothing(tmp_path: Path) -> None:
    calm = project(tmp_path)
    first = calm.run()
    assert (first.returncode, "12 rows in debug" in first.stderr, "nothing to do" in first.stderr) == (0, True, False)
    dataset = (calm.output / "datasets" / "debug.jsonl").read_bytes()
    assert [json.loads(line)["said"] for line in dataset.splitlines()] == [f"This is row {n}." for n in range(1, 13)]
    assert calm.run().returncode == 0
    assert (calm.output / "datasets" / "debug.jsonl").read_bytes() == dataset


@pytest.mark.parametrize(
    ("settings", "code", "says"),
    [
        ({"at": "start", "how": "error"}, 1, "stopped on demand at the start"),
        ({"at": "source", "how": "bug"}, 1, "a bug on demand in the source of row 3"),
        ({"at": "step", "how": "error"}, 1, "stopped on demand in the step of row 3"),
        ({"at": "export", "how": "bug"}, 1, "a bug on demand in the export of row 3"),
        ({"at": "end", "how": "exit"}, 70, ""),
        ({"at": "step", "how": "kill"}, -signal.SIGKILL, ""),
        ({"at": "source", "how": "memory", "memory_mb": 2}, 1, "out of memory on demand in the source of row 3"),
    ],
)
def test_it_fails_where_and_how_it_is_asked_to_and_goes_on_afterwards(
    tmp_path: Path, settings: dict[str, Any], code: int, says: str
) -> None:
    calm = project(tmp_path / "calm")
    assert calm.run().returncode == 0
    faulty = project(tmp_path / "faulty", times=1, **settings)
    ended = faulty.run()
    assert ended.returncode == code, ended.stderr
    assert says in ended.stderr
    ended = faulty.run()
    assert ended.returncode == 0, ended.stderr
    datasets = [each.output / "datasets" / "debug.jsonl" for each in (calm, faulty)]
    assert datasets[0].read_bytes() == datasets[1].read_bytes()


@pytest.mark.parametrize(("how", "count"), [("drop", "dropped"), ("fail", "failed")])
def test_rows_are_lost_with_their_reason(tmp_path: Path, how: str, count: str) -> None:
    losing = project(tmp_path, at="step", how=how, max_failed_share=0.5)
    ended = losing.run()
    assert ended.returncode == 0, ended.stderr
    step = losing.manifest()["steps"]["work"]
    assert step["out"] == 10
    assert step[count]
    reasons = [row["reason"] for row in rows_of(losing.output, "work", count)]
    assert [reason.partition(" on demand ")[2] for reason in reasons] == [
        "in the step of row 3",
        "in the step of row 7",
    ]


def test_a_hanging_step_ends_at_the_second_signal(tmp_path: Path) -> None:
    hanging = project(tmp_path, at="step", how="hang", hang_s=600)
    process = hanging.start()
    while not (hanging.output / "run.json").exists() or hanging.manifest()["status"] != "running":
        assert process.poll() is None
        time.sleep(0.05)
    time.sleep(0.5)
    interrupt(process)
    time.sleep(0.5)
    interrupt(process)
    _, shown = process.communicate(timeout=20)
    assert process.returncode == 130, shown
    assert hanging.manifest()["status"] == "cancelled"


def test_a_fault_of_rows_outside_a_step_is_a_mistake_of_the_config(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="in a step"):
        Fault("source", "drop", (1,), None, 1.0, 1, tmp_path / "count")
