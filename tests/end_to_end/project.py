"""A project of its own in a temporary folder: documents, a config, and `run_pipeline.py` run as a user runs it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import yaml

from generation_functions.store import StoreReader

ROOT = Path(__file__).parents[2]


@dataclass
class Project:
    """Documents and one config, with the real code: commands run in the repository's root, files lie in `folder`."""

    folder: Path
    base_url: str
    pipeline: str = "factual-qa"
    max_in_flight: int = 32
    settings: dict[str, Any] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=lambda: {"FAKE_KEY": "canary-secret-7Q"})

    @property
    def inputs(self) -> Path:
        """The documents' folder."""
        return self.folder / "inputs"

    @property
    def output(self) -> Path:
        """The run's folder."""
        return self.folder / "out"

    @property
    def dataset(self) -> bytes:
        """The dataset's bytes."""
        return (self.output / "datasets" / "factual_qa.jsonl").read_bytes()

    def write_documents(self, count: int, paragraphs: int, *, first: int = 0) -> None:
        """Documents whose every paragraph is a chunk of its own and speaks of its own number."""
        self.inputs.mkdir(parents=True, exist_ok=True)
        for d in range(first, first + count):
            text = "\n\n".join(paragraph(d, p) for p in range(paragraphs))
            (self.inputs / f"document{d:04}.txt").write_text(text)

    def write_config(self, **changes: Any) -> Path:
        """The config, with the given keys in place of its own."""
        model = {
            "model": "fake-model", "base_url": self.base_url, "api_key": "${FAKE_KEY}",
            "max_in_flight": self.max_in_flight, "price": {"input": 1.0, "output": 2.0},
        }  # fmt: skip
        config = {
            "pipeline": self.pipeline, "output_dir": str(self.output), "models": {"fake": model},
            "input_dir": str(self.inputs), "writer": "fake", "judge": "fake", "chunk_tokens": 110, "votes": 1,
        }  # fmt: skip
        path = self.folder / "config.yaml"
        path.write_text(yaml.safe_dump({**config, **self.settings, **changes}))
        return path

    def command(self, *words: str) -> list[str]:
        """The words of a `run_pipeline.py` call."""
        return [sys.executable, str(ROOT / "run_pipeline.py"), *words]

    def call(self, *words: str, timeout: float = 120) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return subprocess.run(
            self.command(*words), cwd=ROOT, env=self._environment(), capture_output=True, text=True, timeout=timeout,
            check=False,
        )  # fmt: skip

    def run(self, *words: str, timeout: float = 300) -> subprocess.CompletedProcess[str]:
        """Run the config to its end."""
        return self.call("run", str(self.folder / "config.yaml"), *words, timeout=timeout)

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start a run of the config and give its process."""
        return subprocess.Popen(
            self.command("run", str(self.folder / "config.yaml"), *words), cwd=ROOT, env=self._environment(),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def kill_once(self, it_is_time: Callable[[], bool]) -> None:
        """Start a run of the config, and kill it as soon as it is time."""
        process = self.start()
        while process.poll() is None and not it_is_time():
            time.sleep(0.01)
        assert process.poll() is None, "it ended before it could be killed"
        process.kill()
        process.communicate()

    def _environment(self) -> dict[str, str]:
        return {**os.environ, **self.environment, "NO_COLOR": "1"}

    def manifest(self) -> dict[str, Any]:
        """The run's manifest."""
        return dict(orjson.loads((self.output / "run.json").read_bytes()))

    def stored_answers(self) -> int:
        """Answers that are safe on disk."""
        path = self.output / "store.sqlite"
        if not path.exists():
            return 0
        reader = StoreReader(path)
        try:
            return int(reader.query("SELECT COUNT(*) FROM exchanges WHERE error IS NULL")[0][0])
        finally:
            reader.close()


def paragraph(document: int, number: int) -> str:
    """Sixty to eighty tokens of prose that no other paragraph has: no two fit into one chunk."""
    n = document * 1000 + number
    return (
        f"The lighthouse numbered {n} was built in {1700 + n % 300} by the engineer Anna Berg{n}. Its tower is "
        f"{20 + n % 60} metres high and stands on the coast of the island of Halm{n}. In {1800 + n % 200} the keeper "
        f"of lighthouse {n} counted {n * 7 + 3} ships. The lamp of lighthouse {n} burns oil of rape and olive."
    )


@dataclass(frozen=True)
class CallLog:
    """The fake endpoint's own record of the calls it got."""

    path: Path

    def events(self) -> list[dict[str, Any]]:
        """One mapping for each call started, finished or abandoned."""
        if not self.path.exists():
            return []
        whole, _, _ = self.path.read_text().rpartition("\n")  # the last line may be in the midst of being written
        return [json.loads(line) for line in whole.splitlines()]

    def started(self) -> int:
        """Calls that reached the endpoint."""
        return sum(event["event"] == "started" for event in self.events())

    def settled(self, *, patience: float = 10.0) -> int:
        """Calls started, once the endpoint has noticed that no caller is left."""
        end = time.monotonic() + patience
        while time.monotonic() < end:
            events = self.events()
            started = sum(event["event"] == "started" for event in events)
            if started == len(events) - started:
                break
            time.sleep(0.05)
        return self.started()


def interrupt(process: subprocess.Popen[str], number: signal.Signals = signal.SIGINT) -> None:
    """Send a signal, as Ctrl-C does."""
    process.send_signal(number)
