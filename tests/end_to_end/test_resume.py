"""What a run costs when things change or go wrong, against a real endpoint over a real socket, in real processes."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import orjson
import pytest

from generation_functions.run.events import read_events
from tests.end_to_end.project import CallLog, Project
from tests.fake_endpoint.process import served

QUICK = "tests.answering:quick"
CANARY = b"canary-secret-7Q"


@pytest.fixture
def log(tmp_path: Path) -> CallLog:
    return CallLog(tmp_path / "calls.jsonl")


@pytest.fixture
def endpoint(log: CallLog) -> Iterator[str]:
    with served(answer=QUICK, latency=0.005, log=log.path) as base_url:
        yield base_url


@pytest.fixture
def project(tmp_path: Path, endpoint: str) -> Project:
    project = Project(tmp_path, endpoint)
    project.write_documents(4, 5)
    project.write_config()
    return project


def steps_called(project: Project) -> dict[str, int]:
    return {name: step["calls"] for name, step in project.manifest()["steps"].items() if step["calls"]}


def test_a_finished_run_costs_nothing_and_keeps_its_bytes(project: Project, log: CallLog) -> None:
    first = project.run()
    assert first.returncode == 0, first.stderr
    assert first.stdout.splitlines()[0] == str(project.output / "datasets" / "factual_qa.jsonl")
    files = {path.name: path.read_bytes() for path in (project.output / "datasets").iterdir()}
    calls = log.settled()
    assert calls == 20 * 6

    second = project.run()
    assert second.returncode == 0, second.stderr
    assert log.settled() == calls
    assert {path.name: path.read_bytes() for path in (project.output / "datasets").iterdir()} == files
    assert "nothing to do" in second.stderr


def test_another_document_is_all_that_another_document_costs(project: Project, log: CallLog) -> None:
    assert project.run().returncode == 0
    calls = log.settled()
    lines = project.dataset.splitlines()
    project.write_documents(2, 3, first=2000)  # one sorts last, the other first
    (project.inputs / "document2001.txt").rename(project.inputs / "a.txt")

    assert project.run().returncode == 0
    assert log.settled() - calls == 6 * 6
    assert set(lines) < set(project.dataset.splitlines())

    for path in project.inputs.glob("document000[012].txt"):
        path.unlink()
    before = log.settled()
    assert project.run().returncode == 0
    assert log.settled() == before
    assert len(project.dataset.splitlines()) == 5 + 6


def test_an_edited_prompt_costs_its_own_step_and_what_follows_from_changed_rows(
    project: Project, log: CallLog, tmp_path: Path
) -> None:
    assert project.run().returncode == 0
    calls = log.settled()
    overrides = tmp_path / "prompts"
    overrides.mkdir()
    shipped = Path("generation/core_pipelines/factual_qa/prompts/check_relevance.yaml").read_text()
    before, _, after = shipped.rpartition("Verdict: relevant")  # in the last example
    (overrides / "check_relevance.yaml").write_text(f"{before}VERDICT: relevant{after}")
    project.write_config(prompts=str(overrides))

    result = project.run()
    changed = steps_called(project)
    assert result.returncode == 0, result.stderr
    assert changed == {"check_relevance": 20}
    assert log.settled() - calls == 20


PARSED = """
import re
from pathlib import Path
from generation_functions import Dataset, Model, PipelineStep, Prompt, Run

def parse(text):
    {parse}

step = PipelineStep("count", prompt=Prompt.of("Count: {{text}}"), parse=parse, into="answer")

async def counting(run: Run, *, input_dir: Path, writer: Model) -> Dataset:
    chunks = run.read(input_dir).chunk(max_tokens=110)
    return await run.write(chunks.through(step, model=writer), "counted", lambda row: {{"text": row["answer"]}})
"""


def test_an_edited_parser_costs_nothing(tmp_path: Path) -> None:
    log = CallLog(tmp_path / "calls.jsonl")
    code = tmp_path / "counting.py"
    with served(latency=0.0, log=log.path) as base_url:
        project = Project(tmp_path, base_url, pipeline=f"{code}:counting")
        project.write_documents(2, 5)
        config = project.write_config()
        kept = [line for line in config.read_text().splitlines() if not line.startswith(("judge", "votes", "chunk"))]
        config.write_text("\n".join(kept))

        code.write_text(PARSED.format(parse="return text.upper()"))
        first = project.run()
        assert first.returncode == 0, first.stderr
        calls = log.settled()
        assert calls == 10
        before = (project.output / "datasets" / "counted.jsonl").read_bytes()

        code.write_text(PARSED.format(parse="return re.sub(r'\\W+', ' ', text)"))
        assert project.run().returncode == 0
        assert log.settled() == calls
        assert (project.output / "datasets" / "counted.jsonl").read_bytes() != before


def test_a_wrong_key_stops_the_run_after_one_call(tmp_path: Path) -> None:
    log = CallLog(tmp_path / "calls.jsonl")
    with served(answer=QUICK, key="the-right-key", log=log.path) as base_url:
        project = Project(tmp_path, base_url)
        project.write_documents(4, 5)
        project.write_config()
        result = project.run()
        assert result.returncode == 1
        assert log.started() == 0  # the endpoint turned the one call away before it counted as work
        assert base_url in result.stderr
        assert "FAKE_KEY" in result.stderr
        assert "401" in result.stderr
        assert project.manifest()["status"] == "failed"


@pytest.mark.parametrize("signals", [[signal.SIGINT], [signal.SIGHUP, signal.SIGHUP]])
def test_the_first_signal_drains_and_the_run_goes_on_where_it_stopped(
    tmp_path: Path, signals: list[signal.Signals]
) -> None:
    log = CallLog(tmp_path / "calls.jsonl")
    with served(answer=QUICK, latency=0.2, log=log.path) as base_url:
        project = Project(tmp_path, base_url, max_in_flight=4)
        project.write_documents(2, 6)
        project.write_config()
        process = project.start()
        while log.started() < 10:
            time.sleep(0.02)
        for number in signals:  # of a terminal that is closed, both the shell and the system may tell
            process.send_signal(number)
            time.sleep(0.05)
        _, shown = process.communicate(timeout=30)
        calls = log.settled()
        assert process.returncode == 130, shown
        assert "run_pipeline.py run" in shown
        assert project.manifest()["status"] == "cancelled"
        assert project.stored_answers() == calls  # calls in flight came in and were saved
        time.sleep(0.3)
        assert log.started() == calls  # and none was made afterwards

        assert project.run().returncode == 0
        assert log.settled() == 12 * 6


def test_the_second_signal_stops_at_once(tmp_path: Path) -> None:
    log = CallLog(tmp_path / "calls.jsonl")
    with served(answer=QUICK, latency=30, log=log.path) as base_url:
        project = Project(tmp_path, base_url)
        project.write_documents(2, 6)
        project.write_config()
        process = project.start()
        while log.started() < 1:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        time.sleep(0.5)
        assert process.poll() is None
        process.send_signal(signal.SIGINT)
        _, shown = process.communicate(timeout=10)
        assert process.returncode == 130, shown
        assert project.manifest()["status"] == "cancelled"


def test_the_budget_stops_the_run_cleanly(project: Project, log: CallLog) -> None:
    result = project.run("--budget", "0.02")
    assert result.returncode == 4, result.stderr
    manifest = project.manifest()
    assert manifest["status"] == "partial"
    assert "budget" in manifest["message"]
    assert 0 < manifest["cost_usd"] <= 0.02
    assert project.stored_answers() == log.settled()

    assert project.run("--budget", "100").returncode == 0
    assert log.settled() == 20 * 6


def test_a_limit_says_that_it_left_something_out(project: Project) -> None:
    result = project.run("--limit", "3")
    assert result.returncode == 4, result.stderr
    assert len(project.dataset.splitlines()) == 3
    assert project.manifest()["status"] == "partial"


def test_no_secret_is_left_anywhere(project: Project) -> None:
    result = project.run()
    assert CANARY.decode() not in result.stdout + result.stderr
    for path in project.output.rglob("*"):
        if path.is_file():
            assert CANARY not in path.read_bytes(), path


def test_every_chunk_that_gave_no_row_has_a_reason(project: Project) -> None:
    (project.inputs / "cover.txt").write_text("THE LIGHTHOUSES\n\nA Novel\n")
    (project.inputs / "binary.txt").write_bytes(b"\x00\x01\x02" * 100)
    assert project.run("--set", "writer={provider: offline}", "--set", "judge={provider: offline}").returncode == 0
    manifest = project.manifest()
    sources = manifest["sources"]
    assert sources["rows"] == manifest["steps"]["chunk"]["out"]
    assert sources["in_dataset"] + sum(sources["not_in_dataset"].values()) == sources["rows"]
    assert any("keep_suitable: unsuitable" in reason for reason in sources["not_in_dataset"])
    assert sum(manifest["steps"]["read"]["dropped"].values()) == 1
    shown = project.call("status", str(project.output))
    assert "unsuitable" in shown.stdout + shown.stderr


@pytest.mark.slow
@pytest.mark.parametrize(("documents", "kills"), [(100, 5)], ids=["2000 chunks"])
def test_killed_again_and_again_it_ends_like_an_undisturbed_run(tmp_path: Path, documents: int, kills: int) -> None:
    undisturbed = tmp_path / "undisturbed"
    undisturbed.mkdir()
    with served(answer=QUICK, latency=0.01, log=undisturbed / "calls.jsonl") as base_url:
        calm = Project(undisturbed, base_url, max_in_flight=64)
        calm.write_documents(documents, 20)
        calm.write_config()
        assert calm.run().returncode == 0
        needed = CallLog(undisturbed / "calls.jsonl").settled()
    assert calm.manifest()["steps"]["chunk"]["out"] == documents * 20

    log = CallLog(tmp_path / "calls.jsonl")
    rng = Random(20_26)
    lost = 0
    with served(answer=QUICK, latency=0.01, log=log.path) as base_url:
        project = Project(tmp_path, base_url, max_in_flight=64)
        project.write_documents(documents, 20)
        project.write_config()
        for kill in range(kills):
            process = project.start()
            aim = needed * (kill + rng.random()) / (kills + 1)
            while process.poll() is None and log.started() < aim:
                time.sleep(rng.random() * 0.05)
            process.kill()
            process.communicate()
            in_flight = log.settled() - lost - project.stored_answers()
            assert 0 <= in_flight <= 2 * 64
            lost += in_flight
        result = project.run()
        assert result.returncode == 0, result.stderr
        assert log.settled() == needed + lost
    assert project.dataset == calm.dataset
    endings = [event["event"] for event in read_events(project.output / "events.jsonl")]
    assert endings.count("run_ended") == 1
    assert len(orjson.loads(project.dataset.splitlines()[0])["messages"]) >= 2
