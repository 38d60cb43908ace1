"""How soon a run that was killed half way asks its first new question.

    python benchmarks/resume.py [--rows 100000] [--rounds 3] [--json FILE]

A run of one call a row is killed (SIGKILL) when half of its calls are answered. Its folder is resumed several times,
each time from a copy. The yardstick is the same start on an empty folder, in turn with it.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.fast_endpoint import serving
from benchmarks.many_rows import ManyRows
from benchmarks.rounds import machine
from tests.fake_endpoint import read_log, served

PATIENCE_S = 120


def kill_half_way(project: ManyRows, rows: int) -> int:
    """Run until half of the calls are answered, then kill it. Gives the calls that were answered."""
    with serving() as endpoint:
        project.configure(endpoint.base_url)
        process = project.start()
        while process.poll() is None and endpoint.stats()["calls"] < rows // 2:
            time.sleep(0.05)
        process.kill()
        process.wait()
        return int(endpoint.stats()["calls"])


def to_first_call(project: ManyRows, log: Path) -> float:
    """Seconds from the start of a process to the first call that reaches the endpoint. The process is killed then."""
    log.unlink(missing_ok=True)
    with served(log=log, models=("fast",)) as base_url:
        project.configure(base_url)
        began = time.time()
        process = project.start()
        while not (log.exists() and log.stat().st_size) and process.poll() is None and time.time() < began + PATIENCE_S:
            time.sleep(0.01)
        process.kill()
        process.wait()
    return float(next(iter(read_log(log)))["at"]) - began


def measure(folder: Path, rows: int, rounds: int) -> dict[str, Any]:
    project = ManyRows.write(folder / "project", rows)
    answered = kill_half_way(project, rows)
    project.output.rename(folder / "killed")
    times: dict[str, list[float]] = {"empty folder": [], "killed half way": []}
    for _ in range(rounds):
        times["empty folder"].append(to_first_call(project, folder / "calls.jsonl"))
        shutil.rmtree(project.output)
        shutil.copytree(folder / "killed", project.output)
        times["killed half way"].append(to_first_call(project, folder / "calls.jsonl"))
        shutil.rmtree(project.output)
    medians = {name: round(statistics.median(values), 3) for name, values in times.items()}
    return {**machine(), "rows": rows, "answered_before": answered, "seconds_to_first_call": medians}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="resume-") as folder:
        figures = measure(Path(folder), given.rows, given.rounds)
    yardstick = figures["seconds_to_first_call"]["empty folder"]
    for name, value in figures["seconds_to_first_call"].items():
        print(f"first call, {name:16} {value:7.3f} s   {value / yardstick:5.2f} x an empty folder")
    if given.json:
        given.json.write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
