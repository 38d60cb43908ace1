"""`status`: the truth about a run, and a way out where there is none."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import run_pipeline
from commands.status import follow, page
from generation_functions.run.manifest import read_manifest
from tests.commands.small_project import CONFIG, ROOT, call, environment_of, write_project


@pytest.fixture
def ran(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(write_project(tmp_path, config=f"{CONFIG}max_failed_share: 0.5\n"))
    assert call(tmp_path, "run", "config.yaml").code == 0
    return tmp_path / "out"


def test_status_tells_steps_reasons_sources_money_and_files(ran: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_pipeline.main(["status", "out"]) == 0
    out = capsys.readouterr().out
    assert re.match(r"succeeded · 1 rows? in poems · ", out)
    assert re.search(r"judge +2 +1 +1 +· ", out)
    assert "1 of 3 source rows reached a dataset" in out
    assert "1  judge: not a good poem" in out
    assert re.search(r"1  write_poem: Expected <poem>", out)
    assert "out/datasets/poems.jsonl" in out
    assert "cost: $0" in out


def test_a_run_that_read_nothing_of_its_own_says_nothing_of_source_rows(tmp_path: Path) -> None:
    project = write_project(tmp_path, config="pipeline: poems.py:plain\noutput_dir: out\nname: x\n")
    assert call(project, "run", "config.yaml").code == 0
    told = call(project, "status", "out")
    assert told.out.startswith("succeeded")
    assert "source row" not in told.out


def test_every_source_row_is_accounted_for(ran: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_pipeline.main(["status", "out", "--json"]) == 0
    sources = json.loads(capsys.readouterr().out)["sources"]
    assert sources["rows"] == 3
    assert sources["in_dataset"] + sum(sources["not_in_dataset"].values()) == 3


def test_a_folder_that_is_no_run_is_told_with_the_nearest_run(ran: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_pipeline.main(["status", "ot"]) == 1
    assert capsys.readouterr().err == "error: ot is not a run: it has no run.json\n  hint: did you mean 'out'?\n"
    assert run_pipeline.main(["status", "docs"]) == 1
    assert "out" in capsys.readouterr().err


def test_a_manifest_that_is_damaged_is_told_as_it_is(ran: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (ran / "run.json").write_text("{")
    assert run_pipeline.main(["status", "out"]) == 1
    assert "cannot be read" in capsys.readouterr().err


def test_a_killed_run_is_shown_crashed_with_what_resumes_it(tmp_path: Path) -> None:
    documents = {f"{number}.txt": f"The mill number {number} stands by the river." for number in range(20)}
    project = write_project(tmp_path, documents=documents)
    slow = (project / "poems.py").read_text().replace('rng: "no"', "rng: __import__('time').sleep(0.2) or \"no\"")
    (project / "poems.py").write_text(slow)
    run = subprocess.Popen(
        [sys.executable, str(ROOT / "run_pipeline.py"), "run", "config.yaml"], cwd=project, env=environment_of(),
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        until = time.monotonic() + 30
        while not (project / "out/run.json").exists() and time.monotonic() < until:
            time.sleep(0.02)
        assert read_manifest(project / "out")["status"] == "running"
    finally:
        run.send_signal(signal.SIGKILL)
        run.wait()
    told = call(project, "status", "out")
    assert told.code == 0
    assert told.out.startswith("crashed")
    assert "run out/config.yaml" in told.out


def test_follow_shows_the_run_until_it_ends(ran: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ended = read_manifest(ran)
    states = iter([{**ended, "status": "running"}, {**ended, "status": "cancelling"}, ended])
    monkeypatch.setattr("commands.status.read_manifest", lambda folder: next(states))
    slept: list[float] = []
    assert follow(ran, sleep=slept.append)["status"] == "succeeded"
    assert len(slept) == 2


def test_a_page_says_how_long_ago_a_run_was_heard_of(ran: Path) -> None:
    manifest = {key: value for key, value in read_manifest(ran).items() if key != "ended"} | {"status": "running"}
    lines = list(page(manifest, ran, now=lambda: manifest["updated"] + 5))
    assert any(line.endswith("last heard of 5.0 s ago") for line in lines)
