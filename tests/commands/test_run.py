"""`run`: what it does, what it says where, and the exit code of every way it can end."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from commands.progress import PLAIN_EVERY_S, PlainProgress, live_lines
from commands.terminal import display_width
from tests.commands.calling import compose
from tests.commands.small_project import CONFIG, DOCUMENTS, ROOT, call, environment_of, write_project
from tests.fake_endpoint.process import served

GOOD = {"river.txt": DOCUMENTS["river.txt"]}
REAL = CONFIG.replace(
    "{provider: offline}",
    '{model: fake-model, base_url: "${FAKE_URL}", api_key: "${FAKE_KEY}", price: {input: 1000, output: 1000}}',
)


def poem(body: dict[str, object]) -> str:
    """What the fake endpoint answers to either step."""
    return "yes" if "good?" in str(body["messages"]) else "<poem>a poem</poem>"


POEM = f"{__name__}:poem"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write_project(tmp_path)


def test_a_run_ends_with_a_summary_on_stderr_and_its_files_on_stdout(project: Path) -> None:
    (project / "config.yaml").write_text(f"{CONFIG}max_failed_share: 0.5\n")
    told = call(project, "run", "config.yaml")
    assert told.code == 0
    assert told.out.splitlines()[0] == "out/datasets/poems.jsonl"
    assert all((project / line).is_file() for line in told.out.splitlines())
    assert re.search(r"write_poem +3 +2 +· +1 +3 +0\n", told.err)
    assert re.search(r"judge +2 +1 +1 +· +\d+ +0\n", told.err)
    assert "1  judge: not a good poem" in told.err
    assert "1  write_poem: " in told.err
    assert re.search(r"retry out\n", told.err)
    assert re.search(r"rows out --status failed\n", told.err)
    assert "offline writer" in told.err
    assert "train on this" not in told.err
    assert "\x1b" not in told.out + told.err


def test_a_finished_run_says_so_and_keeps_its_bytes(tmp_path: Path) -> None:
    project = write_project(tmp_path, documents=GOOD)
    first = call(project, "run", "config.yaml")
    dataset = (project / "out/datasets/poems.jsonl").read_bytes()
    told = call(project, "config.yaml")
    assert (first.code, told.code) == (0, 0)
    assert "nothing to do: 0 calls; 1 row already there" in told.err
    assert told.out == first.out
    assert (project / "out/datasets/poems.jsonl").read_bytes() == dataset


def test_a_change_that_asks_nothing_says_what_it_wrote(tmp_path: Path) -> None:
    project = write_project(tmp_path, documents=GOOD)
    call(project, "run", "config.yaml")
    told = call(project, "run", "config.yaml", "--set", "chunk_tokens=150")
    assert "nothing to ask: 0 calls; 1 row written" in told.err
    assert "nothing to do" not in told.err


def test_a_run_goes_on_when_nobody_reads_what_it_tells(tmp_path: Path) -> None:
    project = write_project(tmp_path, documents=GOOD)
    reader, writer = os.pipe()
    os.close(reader)
    program = [sys.executable, str(ROOT / "run_pipeline.py"), "run", "config.yaml"]
    done = subprocess.run(program, cwd=project, env=environment_of(), stdout=subprocess.PIPE, stderr=writer, timeout=60)
    os.close(writer)
    assert done.returncode == 0
    assert done.stdout
    assert json.loads((project / "out/run.json").read_text())["status"] == "succeeded"


def test_json_is_one_object_on_stdout(tmp_path: Path) -> None:
    project = write_project(tmp_path, documents=GOOD)
    told = call(project, "run", "config.yaml", "--json", "--quiet")
    assert told.err == ""
    result = json.loads(told.out)
    assert (result["status"], result["exit_code"], result["output_dir"]) == ("succeeded", 0, "out")
    assert result["datasets"]["poems"]["rows"] == 1
    assert result["files"][0] == "out/datasets/poems.jsonl"
    assert result["calls"] > 0


@pytest.mark.parametrize(
    ("words", "config", "code", "message"),
    [
        ((), CONFIG, 3, "failed in 'write_poem'"),
        (("--limit", "1"), CONFIG, 1, "no row reached a dataset"),
        (("--limit", "0"), CONFIG, 2, "--limit 0: 'limit' must be at least 1"),
        (("--set", "chunk_tokens=abc"), CONFIG, 2, "--set chunk_tokens=abc: 'chunk_tokens' must be a whole number"),
        (("--set", "chunk_tokns=50"), CONFIG, 2, "did you mean 'chunk_tokens'?"),
        ((), CONFIG.replace("writer: small", "writer: smal"), 2, "config.yaml:8: 'writer' names a model"),
    ],
)
def test_each_ending_has_its_exit_code_and_its_reason(
    tmp_path: Path, words: tuple[str, ...], config: str, code: int, message: str
) -> None:
    told = call(write_project(tmp_path, config=config), "run", "config.yaml", *words)
    assert (told.code, message in told.err) == (code, True), told.err


def test_six_mistakes_are_six_errors_with_lines_and_no_run(tmp_path: Path) -> None:
    config = (
        "pipeline: poems.py:poems\noutptu_dir: out\nmodels:\n  small: {provider: ofline}\ndocuments:\n"
        "  chunk_tokens: 5\n  chunk_tokenz: 6\nwriter: smal\nseed: x\n"
    )
    told = call(write_project(tmp_path, config=config), "run", "config.yaml")
    assert told.code == 2
    assert len(re.findall(r"^error: config\.yaml:\d+: ", told.err, re.MULTILINE)) >= 6
    assert told.err.count("  hint: ") >= 5
    assert not (tmp_path / "out").exists()


def test_a_run_that_came_out_empty_shows_where_its_rows_went(tmp_path: Path) -> None:
    project = write_project(tmp_path, documents={"drops.txt": DOCUMENTS["drops.txt"]})
    told = call(project, "run", "config.yaml")
    assert told.code == 1
    assert "no row reached a dataset: 1 in 'judge' (not a good poem)" in told.err
    assert re.search(r"rows out --status dropped$", told.err, re.MULTILINE)
    assert "go on where it stopped" not in told.err


def test_an_end_that_cannot_be_written_down_is_told_as_it_is(tmp_path: Path) -> None:
    project = write_project(tmp_path, config="pipeline: poems.py:spoils\noutput_dir: out\nname: x\n")
    told = call(project, "run", "config.yaml")
    assert told.code == 1
    assert "error: out/run.json cannot be written" in told.err


def test_a_limit_that_leaves_rows_out_exits_4(tmp_path: Path) -> None:
    project = write_project(tmp_path, documents={f"{i}.txt": f"The mill number {i} stands there." for i in range(3)})
    told = call(project, "run", "config.yaml", "--limit", "2")
    assert told.code == 4
    assert "stopped after 2 source rows" in told.err


def test_a_function_without_a_run_is_a_pipeline_too(tmp_path: Path) -> None:
    project = write_project(tmp_path, config="pipeline: poems.py:plain\noutput_dir: out\nname: you\n")
    told = call(project, "run", "config.yaml")
    assert told.code == 0
    assert "succeeded" in told.err


def test_a_dry_run_shows_the_plan_and_writes_nothing(project: Path) -> None:
    told = call(project, "run", "config.yaml", "--dry-run", "--limit", "2")
    assert told.code == 0
    assert told.out == ""
    assert re.search(r"input_dir +docs: 3 files", told.err)
    assert re.search(r"model small +offline", told.err)
    assert re.search(r"limit +2 source rows", told.err)
    assert not (project / "out").exists()
    plan = json.loads(call(project, "run", "config.yaml", "--dry-run", "--json").out)
    assert plan["inputs"] == {"input_dir": 3}
    assert set(plan["prompts"]) == {"write_poem", "judge"}


def test_fresh_starts_over_and_a_changed_config_is_said(tmp_path: Path) -> None:
    project = write_project(tmp_path, documents=GOOD)
    call(project, "run", "config.yaml")
    fresh = json.loads(call(project, "run", "config.yaml", "--fresh", "--json").out)
    assert (fresh["calls"] > 0, fresh["reused"], fresh["attempt"]) == (True, 0, 1)
    told = call(project, "run", "config.yaml", "--set", "chunk_tokens=50")
    assert "the config has changed" in told.err


def test_super_config_runs_its_configs_in_order_and_stops_at_a_failure(tmp_path: Path) -> None:
    project = write_project(tmp_path, documents=GOOD)
    (project / "other.yaml").write_text("pipeline: poems.py:plain\noutput_dir: other\nname: you\n")
    (project / "bad.yaml").write_text("pipeline: poems.py:broken\noutput_dir: bad\nname: you\n")
    order = "pipeline_order:\n  - config: config.yaml\n    overrides: {output_dir: first}\n  - config: other.yaml\n"
    (project / "super_config.yaml").write_text(order)
    told = call(project, "--json")
    assert told.code == 0
    assert [json.loads(line)["output_dir"] for line in told.out.splitlines()] == ["first", "other"]
    (project / "super_config.yaml").write_text(order.replace("config.yaml", "bad.yaml", 1))
    told = call(project)
    assert told.code == 1
    assert "not run" in told.err
    assert "plain" in told.err


def test_without_a_super_config_there_is_nothing_to_run(tmp_path: Path) -> None:
    told = call(tmp_path)
    assert told.code == 2
    assert "there is no super_config.yaml in this folder" in told.err


def test_a_wrong_key_stops_after_one_call_and_is_never_shown(tmp_path: Path) -> None:
    log = tmp_path / "calls"
    with served(key="the-right-key", log=log) as url:
        project = write_project(tmp_path, config=REAL.replace("${FAKE_URL}", url))
        told = call(project, "run", "config.yaml", FAKE_KEY="canary-wrong-key")
    assert told.code == 1
    assert url in told.err
    assert "FAKE_KEY" in told.err
    assert (log.read_text().count('"start') if log.exists() else 0) <= 1
    written = "".join(path.read_text(errors="replace") for path in (project / "out").rglob("*") if path.is_file())
    assert "canary-wrong-key" not in written + told.err + told.out


def test_a_budget_stops_the_run_and_says_how_to_go_on(tmp_path: Path) -> None:
    project = write_project(tmp_path, config=REAL)
    with served(key="the-right-key", answer=POEM) as url:
        told = call(project, "run", "config.yaml", "--budget", "0.001", FAKE_URL=url, FAKE_KEY="the-right-key")
    assert told.code == 4
    assert "budget" in told.err
    lines = told.err.splitlines()
    stopped = next(number for number, line in enumerate(lines) if line.startswith("partial · the budget of $"))
    assert lines[stopped + 1].startswith("  hint: Raise it with --budget")


def _wait_for(path: Path, patience_s: float = 30.0) -> None:
    until = time.monotonic() + patience_s
    while not path.exists() and time.monotonic() < until:
        time.sleep(0.02)
    assert path.exists()


@pytest.fixture
def running(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """A run whose calls take some seconds, caught in its first call."""
    project = write_project(tmp_path, config=REAL)
    log = tmp_path / "calls"
    with served(answer=POEM, latency=4.0, log=log) as url:
        run = subprocess.Popen(
            [sys.executable, str(ROOT / "run_pipeline.py"), "run", "config.yaml", "--set", "chunk_tokens=90"],
            cwd=project, env=environment_of(FAKE_URL=url, FAKE_KEY="some-key-or-other"), text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        try:
            _wait_for(log)
            yield run, project
        finally:
            run.kill()
            run.communicate()


def test_an_interrupted_run_drains_exits_130_and_prints_what_resumes_it(
    running: tuple[subprocess.Popen[str], Path],
) -> None:
    run, project = running
    run.send_signal(signal.SIGINT)
    _, err = run.communicate(timeout=60)
    assert run.returncode == 130
    assert "stopping: calls in flight come in" in err
    assert re.search(r"run_pipeline\.py run config\.yaml --set chunk_tokens=90$", err, re.MULTILINE)
    assert json.loads((project / "out/run.json").read_text())["status"] == "cancelled"


def test_a_second_run_on_the_same_folder_exits_5_and_names_the_first(
    running: tuple[subprocess.Popen[str], Path],
) -> None:
    run, project = running
    told = call(project, "run", "config.yaml", FAKE_URL="http://127.0.0.1:9/v1", FAKE_KEY="some-key-or-other")
    assert told.code == 5
    assert f"process {run.pid}" in told.err
    run.send_signal(signal.SIGINT)
    run.send_signal(signal.SIGINT)
    run.communicate(timeout=60)
    assert run.returncode == 130


# Progress, pure


def manifest(**changes: object) -> dict[str, object]:
    step = {"in": 3, "out": 2, "failed": 1, "dropped": {"bad": 1}, "failures": {}, "calls": 4, "reused": 5}
    return {
        "status": "running", "pipeline": "poems", "started": 100.0, "updated": 104.0, "cost_usd": 0.5,
        "budget_usd": 2.0, "steps": {"a_step_with_a_long_name": step, "dataset:poems": step}, **changes,
    }  # fmt: skip


@pytest.mark.parametrize("width", [20, 60, 200])
def test_live_lines_fit_the_terminal(width: int) -> None:
    lines = live_lines(manifest(), width)
    assert len(lines) == 3
    assert all(display_width(line) <= width for line in lines)


def test_the_run_s_line_tells_calls_rate_and_money() -> None:
    assert live_lines(manifest(), 200)[0] == "running poems · 4.0 s · 8 calls (2.0/s) · 10 reused · $0.5000 of $2.00"


def test_plain_lines_come_now_and_then_and_not_at_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    now = 0.0
    progress = PlainProgress(sys.stderr, clock=lambda: now)
    for second in range(12):
        now = float(second)
        progress.show(manifest())
    progress.show(manifest(ended=200.0))
    assert len(capsys.readouterr().err.splitlines()) == int(11 // PLAIN_EVERY_S)


@pytest.mark.parametrize("verb", ["report", "export"])
def test_of_a_run_with_runs_inside_one_of_those_is_to_be_named(project: Path, verb: str) -> None:
    compose(project)
    ended = call(project, "run", "config.yaml")
    assert "retry out\n    try the 2 failed rows again" in ended.err
    assert "report out/one" in ended.err
    told = call(project, verb, "out")
    assert told.code == 1
    assert "out has no dataset of its own, only runs inside it" in told.err
    assert "Name one of those: out/one, out/two" in told.err
    assert call(project, verb, "out/one").code == 0
