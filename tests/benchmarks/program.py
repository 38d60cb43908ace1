"""A program of `benchmarks/`, run as its user runs it, with what it printed and the figures it kept."""

from __future__ import annotations

import json
import math
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
MAIN = 'if __name__ == "__main__":'
PROGRAMS = sorted(path.stem for path in BENCHMARKS.glob("*.py") if MAIN in path.read_text(encoding="utf-8"))
COLUMNS = 100
PATIENCE_S = 300

needs_linux = pytest.mark.skipif(
    sys.platform != "linux", reason="benchmarks ask Linux for memory, threads and processors: run them there"
)
needs_compiler = pytest.mark.skipif(
    not (shutil.which("cc") or shutil.which("gcc")),
    reason="the fast endpoint needs a C compiler: apt-get install gcc libc6-dev",
)


@dataclass(frozen=True)
class Ended:
    """What is left of one: the lines it printed, and the figures of `--json`."""

    lines: Sequence[str]
    figures: Mapping[str, Any]


def started(program: str, words: Sequence[str], folder: Path) -> list[str]:
    """Run one to its end in a folder of its own; gives the lines it printed. It leaves nothing behind."""
    before = kept()
    command = [sys.executable, str(BENCHMARKS / f"{program}.py"), *words]
    with tempfile.TemporaryDirectory() as scratch:  # a short path: Ray's sockets have theirs below it
        place = {**os.environ, "TMPDIR": scratch}
        done = subprocess.run(command, cwd=folder, env=place, capture_output=True, text=True, timeout=PATIENCE_S)
        left = list(Path(scratch).iterdir())
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert left == [], "temporary files are left"
    assert kept() == before, "benchmarks/results is written only where --json names it"
    return done.stdout.splitlines()


def ended(program: str, words: Sequence[str], folder: Path) -> Ended:
    """The same of one that measures, with its figures."""
    path = folder / "figures.json"
    lines = started(program, [*words, "--json", str(path)], folder)
    figures = json.loads(path.read_text())
    assert {"date", "processor", "cores", "load_before", "python", "aiohttp"} <= set(figures["machine"])
    assert all(map(math.isfinite, numbers_in(figures)))
    return Ended(lines, figures)


def kept() -> dict[str, int]:
    """When each result of the repository was written."""
    return {path.name: path.stat().st_mtime_ns for path in (BENCHMARKS / "results").iterdir()}


def numbers_in(value: Any) -> Iterator[float]:
    """All numbers of some figures."""
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from numbers_in(each)
    elif isinstance(value, int | float):
        yield value
