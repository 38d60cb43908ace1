"""How long a finished run takes to run again, beside a plain read of its dataset.

    python benchmarks/finished.py [--rows 100000] [--rounds 3] [--json FILE]

A run of one call a row is made once, then run again several times as a user would, in turn with a Python process that
reads every row of its dataset. Afterwards nothing may have changed, and the endpoint must have had no further call.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.fast_endpoint import serving
from benchmarks.many_rows import ManyRows
from benchmarks.rounds import machine

READ = "import sys, json; print(sum(1 for line in open(sys.argv[1]) if json.loads(line)))"


def seconds(act: Callable[[], object]) -> float:
    """How long it takes."""
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def measure(folder: Path, rows: int, rounds: int) -> dict[str, Any]:
    project = ManyRows.write(folder / "project", rows)
    read = [sys.executable, "-c", READ, str(project.dataset)]
    with serving() as endpoint:
        project.configure(endpoint.base_url)
        first = seconds(project.run)
        before, calls = project.dataset.stat(), endpoint.stats()["calls"]
        times: dict[str, list[float]] = {"a plain read of the dataset": [], "the second run": []}
        for _ in range(rounds):
            times["a plain read of the dataset"].append(
                seconds(lambda: subprocess.run(read, check=True, stdout=subprocess.DEVNULL))
            )
            times["the second run"].append(seconds(project.run))
        assert project.dataset.stat().st_mtime_ns == before.st_mtime_ns, "the dataset was written again"
        further = endpoint.stats()["calls"] - calls
    medians = {name: round(statistics.median(values), 3) for name, values in times.items()}
    return {**machine(), "rows": rows, "first_run_s": round(first, 1), "further_calls": further, "median_s": medians}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="finished-") as folder:
        figures = measure(Path(folder), given.rows, given.rounds)
    yardstick = figures["median_s"]["a plain read of the dataset"]
    for name, value in figures["median_s"].items():
        print(f"{name:28} {value:7.3f} s   {value / yardstick:5.2f} x a plain read")
    print(f"calls of the second run: {figures['further_calls']}")
    if given.json:
        given.json.write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
