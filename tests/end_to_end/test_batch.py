"""The Batch API end to end: processes killed at every stage, against an endpoint that counts what it is asked."""

from __future__ import annotations

import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from generation_functions.run.events import read_events
from tests.end_to_end.project import CallLog, Project, interrupt
from tests.fake_endpoint.process import served

QUICK = "tests.answering:quick"
CANARY = b"canary-secret-7Q"
TWO_STEPS = """
from pathlib import Path
from generation_functions import Dataset, Model, PipelineStep, Prompt, Run

first = PipelineStep("first", prompt=Prompt.of("What is this? {text}"), into="answer")
second = PipelineStep("second", prompt=Prompt.of("Shorter: {answer}"), into="shorter")

async def two_steps(run: Run, *, input_dir: Path, writer: Model) -> Dataset:
    chunks = run.read(input_dir).chunk(max_tokens=110)
    shorter = chunks.through(first, model=writer).through(second, model=writer)
    return await run.write(shorter, "out", lambda row: {"text": row["shorter"]})
"""


class BatchProject(Project):
    """A project whose model is asked through the Batch API."""

    @property
    def written(self) -> bytes:
        """The bytes of the pipeline of two steps' dataset."""
        return (self.output / "datasets" / "out.jsonl").read_bytes()

    def write_batch_config(self, **changes: Any) -> Path:
        """The config of whatever pipeline the project has; `changes` are of the model."""
        model = {
            "provider": "openai-batch", "model": "fake-model", "base_url": self.base_url, "api_key": "${FAKE_KEY}",
            "price": {"input": 1.0, "output": 2.0}, "batch_wait_s": 0.3, "batch_poll_s": 0.1,
        }  # fmt: skip
        return self.write_config(models={"fake": {**model, **changes}})


def two_steps(folder: Path, base_url: str) -> BatchProject:
    """Twelve chunks, each asked about twice, one answer after the other."""
    code = folder / "two_steps.py"
    code.write_text(TWO_STEPS)
    project = BatchProject(folder, base_url, pipeline=f"{code}:two_steps")
    project.write_documents(3, 4)
    config = project.write_batch_config()
    kept = [line for line in config.read_text().splitlines() if not line.startswith(("judge", "votes", "chunk"))]
    config.write_text("\n".join(kept))
    return project


def asked(log: CallLog) -> Counter[str]:
    """How often each request was submitted."""
    return Counter(key for event in log.events() if event["event"] == "batch_made" for key in event["asked"])


def wait_for(process: subprocess.Popen[str], happened: Callable[[], bool], patience: float = 30.0) -> None:
    end = time.monotonic() + patience
    while not happened():
        assert process.poll() is None, process.stderr.read() if process.stderr else ""
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.01)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("undisturbed")
    log = CallLog(folder / "calls.jsonl")
    with served(log=log.path) as base_url:
        project = two_steps(folder, base_url)
        result = project.run()
        assert result.returncode == 0, result.stderr
    counts = asked(log)
    assert (len(counts), set(counts.values())) == (24, {1})
    return project.written


STAGES = {
    "while uploading": ("file_asked", True),
    "uploaded": ("file_kept", True),
    "asked to submit, not yet done": ("batch_asked", True),
    "submitted, the answer not yet there": ("batch_made", True),
    "submitted": ("looked", False),
    "about to collect": ("content_asked", True),
    "collecting": ("content_sent", True),
    "collected": ("batch_collected", False),
}


@pytest.mark.parametrize(("stage", "held"), STAGES.values(), ids=STAGES)
def test_killed_at_any_stage_it_submits_nothing_twice_and_ends_alike(
    stage: str, held: bool, undisturbed: bytes, tmp_path: Path
) -> None:
    log = CallLog(tmp_path / "calls.jsonl")
    with served(log=log.path, batch_takes=0.3, pauses={stage: 60.0} if held else None) as base_url:
        project = two_steps(tmp_path, base_url)
        events = project.output / "events.jsonl"
        process = project.start()
        wait_for(process, lambda: any(e["event"] == stage for e in (*log.events(), *read_events(events))))
        process.kill()
        process.communicate()

        result = project.run()
        assert result.returncode == 0, result.stderr
    counts = asked(log)
    assert (len(counts), set(counts.values())) == (24, {1})
    assert project.written == undisturbed
    assert project.stored_answers() == 24
    endings = [event["event"] for event in read_events(events)]
    assert endings.count("run_ended") == 1
    assert all(CANARY not in path.read_bytes() for path in project.output.rglob("*") if path.is_file())


def test_ctrl_c_leaves_the_batch_running_and_the_same_command_collects_it(undisturbed: bytes, tmp_path: Path) -> None:
    log = CallLog(tmp_path / "calls.jsonl")
    with served(log=log.path, batch_takes=2.0) as base_url:
        project = two_steps(tmp_path, base_url)
        process = project.start()
        wait_for(process, lambda: any(event["event"] == "looked" for event in log.events()))
        interrupt(process, signal.SIGINT)
        _, shown = process.communicate(timeout=20)
        assert process.returncode == 130, shown
        assert "1 batch goes on" in shown
        assert str(project.folder / "config.yaml") in shown
        assert project.manifest()["batches"][0]["requests"] == 12
        assert "batch_0: 12 requests to fake, 0 answered" in project.call("status", str(project.output)).stdout

        result = project.run()
        assert result.returncode == 0, result.stderr
        assert "batches" not in project.manifest()
    assert set(asked(log).values()) == {1}
    assert project.written == undisturbed


def test_answers_of_a_batch_that_the_config_no_longer_wants_are_kept_and_used_when_it_does(
    undisturbed: bytes, tmp_path: Path
) -> None:
    log = CallLog(tmp_path / "calls.jsonl")
    with served(log=log.path, batch_takes=1.5) as base_url:
        project = two_steps(tmp_path, base_url)
        process = project.start()
        wait_for(process, lambda: any(event["event"] == "looked" for event in log.events()))
        process.kill()
        process.communicate()
        moved = tmp_path / "moved.txt"
        (project.inputs / "document0001.txt").rename(moved)

        result = project.run()
        assert result.returncode == 0, result.stderr
        assert project.stored_answers() == 12 + 8  # the first step's answers about the document that is gone, too
        assert project.manifest()["paid"]["fake"]["answers"] == 20

        moved.rename(project.inputs / "document0001.txt")
        assert project.run().returncode == 0
    assert set(asked(log).values()) == {1}
    assert project.written == undisturbed


def test_a_whole_pipeline_in_batches_writes_what_it_writes_without(tmp_path: Path) -> None:
    log = CallLog(tmp_path / "calls.jsonl")
    with served(answer=QUICK, log=log.path) as base_url:
        project = BatchProject(tmp_path, base_url)
        project.write_documents(2, 3)
        project.write_batch_config()
        result = project.run()
        assert result.returncode == 0, result.stderr
        in_batches = project.dataset
        manifest = project.manifest()
        assert manifest["paid"]["fake"]["answers"] == sum(asked(log).values()) == 6 * 6
        assert not any(event["event"] == "started" for event in log.events())

        direct = Project(tmp_path, base_url)
        direct.write_config()
        assert direct.run().returncode == 0
        assert not any(event["event"] == "started" for event in log.events()), "the answers serve both providers"
        direct.write_config(output_dir=str(tmp_path / "direct"))
        assert direct.run().returncode == 0
        assert (tmp_path / "direct" / "datasets" / "factual_qa.jsonl").read_bytes() == in_batches
        assert sum(event["event"] == "started" for event in log.events()) == 6 * 6


def test_a_preview_does_not_wait_for_a_batch(tmp_path: Path) -> None:
    log = CallLog(tmp_path / "calls.jsonl")
    with served(log=log.path, batch_takes=60.0) as base_url:
        project = two_steps(tmp_path, base_url)
        shown = project.call("preview", str(project.folder / "config.yaml"), "-n", "2", "--json")
        assert shown.returncode == 0, shown.stderr
    assert not asked(log)
    assert sum(event["event"] == "started" for event in log.events()) == 2 * 2
