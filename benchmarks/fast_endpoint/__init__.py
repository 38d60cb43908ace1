"""A chat endpoint in C, compiled where it is needed and run in a process of its own."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).with_name("endpoint.c")


@dataclass(frozen=True)
class FastEndpoint:
    """One that runs. `base_url` ends in /v1."""

    base_url: str
    pid: int

    def stats(self) -> dict[str, Any]:
        """What it served so far: calls, refusals, and the seconds that calls took in all."""
        with urllib.request.urlopen(self.base_url.removesuffix("/v1") + "/stats") as answer:
            return dict(json.load(answer))


@contextmanager
def serving(**options: float) -> Iterator[FastEndpoint]:
    """Serve until the block ends. `options` are those of `endpoint.c`, without their dashes."""
    words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
    process = subprocess.Popen([compiled(), *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        port = int(process.stdout.readline())
        yield FastEndpoint(f"http://127.0.0.1:{port}/v1", process.pid)
    finally:
        process.stdin.close()
        process.wait(10)
        process.stdout.close()


@cache
def compiled() -> str:
    """The program's path, compiled once for as long as this process lives."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        raise SystemExit("the fast endpoint needs a C compiler: install gcc (apt-get install gcc libc6-dev)")
    folder = tempfile.TemporaryDirectory(prefix="fast-endpoint-")
    _FOLDERS.append(folder)
    program = str(Path(folder.name) / "endpoint")
    subprocess.run([compiler, "-O2", "-o", program, SOURCE, "-lm"], check=True)
    return program


_FOLDERS: list[tempfile.TemporaryDirectory[str]] = []
