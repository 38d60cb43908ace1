"""How soon a run that was killed half way asks its first new question.

    python benchmarks/resume.py [--rows 100000] [--rounds 3] [--latency 0] [--json FILE]

A run of one call a row is killed (SIGKILL) when half of its calls are answered. Its folder is resumed several times,
each time from a copy. The yardstick is the same start on an empty folder, in turn with it.
"""

from __future__ import annotations

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
from benchmarks.rounds import arguments, positive, save, table
from tests.fake_endpoint import read_log, served

YARDSTICK, PATIENCE_S = "empty folder", 120


def kill_half_way(project: ManyRows, rows: int, latency_ms: int) -> int:
    """Run until half of the calls are answered, then kill it. Gives the calls that were answered."""
    with serving(latency=latency_ms) as endpoint:
        project.configure(endpoint.base_url)
        process = project.start()
        while process.poll() is None and endpoint.stats()["calls"] < rows // 2:
            time.sleep(0.05)
        process.kill()
        if (code := process.wait()) >= 0:
            raise SystemExit(f"the run ended with {code} before it was killed: take more --rows, or a longer --latency")
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


def measure(folder: Path, rows: int, rounds: int, latency_ms: int) -> dict[str, Any]:
    project = ManyRows.write(folder / "project", rows)
    answered = kill_half_way(project, rows, latency_ms)
    project.output.rename(folder / "killed")
    times: dict[str, list[float]] = {YARDSTICK: [], "killed half way": []}
    for _ in range(rounds):
        times[YARDSTICK].append(to_first_call(project, folder / "calls.jsonl"))
        shutil.rmtree(project.output)
        shutil.copytree(folder / "killed", project.output)
        times["killed half way"].append(to_first_call(project, folder / "calls.jsonl"))
        shutil.rmtree(project.output)
    medians = {name: round(statistics.median(values), 3) for name, values in times.items()}
    return {"rows": rows, "answered_before": answered, "seconds_to_first_call": medians}


def main() -> None:
    parser = arguments(__doc__, rounds=3)
    parser.add_argument("--rows", type=positive, default=100_000, help="rows of the run (%(default)s)")
    parser.add_argument("--latency", type=int, default=0, help="ms that a call takes before the kill (%(default)s)")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="resume-") as folder:
        figures = measure(Path(folder), given.rows, given.rounds, given.latency)
    medians = figures["seconds_to_first_call"]
    lines = [[name, f"{value:.3f}", f"{value / medians[YARDSTICK]:.2f}"] for name, value in medians.items()]
    print(table(["first call", "seconds", "of an empty folder"], lines))
    print(f"answered before the kill: {figures['answered_before']:,} of {given.rows:,}")
    save(given.json, figures)


if __name__ == "__main__":
    main()
