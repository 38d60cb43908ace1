"""A project of many small rows: a record a line, a pipeline of one to three steps, and its config."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

ROOT = Path(__file__).parents[1]
SYLLABLES = ["ba", "de", "fi", "go", "lu", "mer", "nas", "pol", "rit", "sun", "tor", "ven", "wil"]

PIPELINE = '''
from pathlib import Path
from generation_functions import Dataset, Model, PipelineStep, Prompt, Run

ASKED = ("first", "second", "third")
STEPS = [
    PipelineStep(name, prompt=Prompt.of(f"{name}: {{text}}"), into=name, offline=lambda values, rng: values["text"])
    for name in ASKED
]

async def telling(run: Run, *, input_dir: Path, writer: Model, steps: int = 1) -> Dataset:
    """Say every record again, as often as there are steps."""
    rows = run.read(input_dir).chunk(max_tokens=200)
    for step in STEPS[:steps]:
        rows = rows.through(step, model=writer)
    return await run.write(rows, "told", lambda row: {"text": row[ASKED[steps - 1]]})
'''


@dataclass(frozen=True)
class ManyRows:
    """The project in `folder`."""

    folder: Path

    @classmethod
    def write(cls, folder: Path, rows: int) -> ManyRows:
        """Write its input and code. The same number of rows gives the same bytes."""
        rng = Random(rows)
        words = ["".join(rng.choices(SYLLABLES, k=rng.randint(1, 3))) for _ in range(3_000)]
        (folder / "inputs").mkdir(parents=True)
        with (folder / "inputs" / "records.jsonl").open("w") as file:
            for number in range(rows):
                file.write(json.dumps({"text": f"{number}: {' '.join(rng.choices(words, k=25))}."}) + "\n")
        (folder / "telling.py").write_text(PIPELINE)
        return cls(folder)

    @property
    def output(self) -> Path:
        """The run's folder."""
        return self.folder / "out"

    @property
    def dataset(self) -> Path:
        """What it writes."""
        return self.output / "datasets" / "told.jsonl"

    def configure(self, base_url: str | None = None, **settings: Any) -> None:
        """Write the config: an endpoint, or without one the offline writer."""
        endpoint = {"model": "fast", "base_url": base_url, "api_key": "none", "max_in_flight": 256}
        writer = {"provider": "offline"} if base_url is None else endpoint
        config = {"pipeline": "telling.py:telling", "output_dir": "out", "input_dir": "inputs", "writer": writer}
        (self.folder / "config.yaml").write_text(json.dumps({**config, **settings}))

    def start(self) -> subprocess.Popen[bytes]:
        """Start `run_pipeline.py run` on it, as a user would."""
        command = [sys.executable, str(ROOT / "run_pipeline.py"), "run", "config.yaml", "--quiet"]
        return subprocess.Popen(
            command, cwd=self.folder, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.DEVNULL
        )

    def run(self) -> None:
        """Run it to its end."""
        code = self.start().wait()
        if code:
            raise SystemExit(f"the run ended with exit code {code}")
