"""What the programs of this folder share: arguments, child processes taken in turn, medians, a table, a file."""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PACKAGES = ("aiohttp", "orjson", "pydantic", "pyarrow")
Figures = dict[str, float]

_LOAD = round(os.getloadavg()[0], 2)
"""As the program begins: later much of it is the program's own."""


def arguments(description: str | None, *, rounds: int | None = None) -> argparse.ArgumentParser:
    """A parser with what programs have in common: their own text, where figures are kept, perhaps rounds."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--json", type=file_to_be, metavar="FILE", help="keep the figures in this file, with the machine"
    )
    if rounds is not None:
        parser.add_argument("--rounds", type=positive, default=rounds, help="how often each is measured (%(default)s)")
    return parser


def file_to_be(text: str) -> Path:
    """A file whose folder is there, which is better known before an hour of measuring than after it."""
    path = Path(text)
    if not path.parent.is_dir():
        raise argparse.ArgumentTypeError(f"there is no folder {path.parent}")
    return path


def positive(text: str) -> int:
    """How many: one at least."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 1 on")
    return int(text)


def child(program: str, *words: object) -> Figures:
    """Run a program of this folder in a process of its own and give the JSON it prints last."""
    command = [sys.executable, str(ROOT / "benchmarks" / program), *map(str, words)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{program} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    return dict(json.loads(done.stdout.splitlines()[-1]))


def bare_loop(base_url: str, rows: int, in_flight: int) -> Figures:
    """The yardstick, once."""
    return child("bare_loop.py", base_url, "--rows", rows, "--in-flight", in_flight)


def one_step(base_url: str, rows: int, in_flight: int) -> Figures:
    """A whole run, once, in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="millrace-") as folder:
        return child("one_step.py", base_url, Path(folder) / "run", "--rows", rows, "--in-flight", in_flight)


def timed(act: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> Figures:
    """Seconds that pass while something is done, or those of the processor by `time.process_time`."""
    began = clock()
    act()
    return {"seconds": clock() - began}


def in_turn(rounds: int, **what: Callable[[], Figures]) -> dict[str, list[Figures]]:
    """Each once a round, in turn, so that a busy machine slows all of them alike."""
    found: dict[str, list[Figures]] = {name: [] for name in what}
    for _ in range(rounds):
        for name, once in what.items():
            found[name].append(once())
    return found


def median(rounds: Sequence[Figures], name: str) -> float:
    """The middle value of one figure."""
    return statistics.median(figures[name] for figures in rounds)


def median_ratio(rounds: Sequence[Figures], yardstick: Sequence[Figures], name: str) -> float:
    """The middle value of what a figure is of the yardstick's in the same round."""
    return statistics.median(a[name] / b[name] for a, b in zip(rounds, yardstick, strict=True))


def machine() -> dict[str, Any]:
    """Where a result was measured, and with what."""
    names = [line.partition(":")[2].strip() for line in _cpuinfo() if line.startswith("model name")]
    return {
        "date": date.today().isoformat(), "processor": names[0] if names else platform.machine(),
        "cores": len(os.sched_getaffinity(0)), "system": platform.platform(terse=True),
        "load_before": _LOAD, "python": platform.python_version(),
        **{name: importlib.metadata.version(name) for name in PACKAGES},
    }  # fmt: skip


def _cpuinfo() -> list[str]:
    path = Path("/proc/cpuinfo")
    return path.read_text().splitlines() if path.exists() else []


def table(header: Sequence[object], lines: Sequence[Sequence[object]]) -> str:
    """A table in plain text: the first column to the left, the others to the right."""
    cells = [list(map(str, line)) for line in (header, *lines)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(header))]
    return "\n".join(
        "  ".join(cell.rjust(width) if column else cell.ljust(width)
                  for column, (cell, width) in enumerate(zip(line, widths, strict=True))).rstrip()
        for line in cells
    )  # fmt: skip


def verdict(value: float, goal: float, *, at_least: bool) -> str:
    """Whether a figure meets its goal, in a word."""
    met = value >= goal if at_least else value <= goal
    return f"{'met' if met else 'missed'}: {'at least' if at_least else 'at most'} {goal:g}"


def save(path: Path | None, facts: Mapping[str, Any]) -> None:
    """Keep a result with the machine it was measured on, where a file for it was named."""
    if path is not None:
        path.write_text(json.dumps({"machine": machine(), **facts}, indent=2) + "\n")
