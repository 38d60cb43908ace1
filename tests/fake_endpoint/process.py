"""The fake endpoint as a process of its own, which always ends: with its block, and with whoever started it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

_ROOT = Path(__file__).parents[2]
_PATIENCE_S = 10


@contextmanager
def served(
    *,
    answer: str | None = None,
    plan: str | None = None,
    latency: float = 0.0,
    key: str | None = None,
    capacity: int | None = None,
    models: tuple[str, ...] = ("fake-model",),
    log: Path | None = None,
    port: int = 0,
    batch_takes: float = 0.0,
    pauses: Mapping[str, float] | None = None,
) -> Iterator[str]:
    """Serve from another process; gives the base URL. `answer` and `plan` are `module:name`, seen from the root."""
    options = {"answer": answer, "plan": plan, "key": key, "capacity": capacity, "log": log}
    command = [sys.executable, "-m", "tests.fake_endpoint", "--until-eof", f"--port={port}", f"--latency={latency}"]
    command += [f"--{name}={value}" for name, value in options.items() if value is not None]
    command += [f"--model={name}" for name in models] + [f"--batch-takes={batch_takes}"]
    command += [f"--pause={stage}={seconds}" for stage, seconds in (pauses or {}).items()]
    process = subprocess.Popen(command, cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            raise RuntimeError(f"the fake endpoint ended at once, with {process.wait(_PATIENCE_S)}")
        yield json.loads(line)["base_url"]
    finally:
        _end(process)


def _end(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.close()
    process.terminate()
    try:
        process.wait(_PATIENCE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    process.stdout.close()
