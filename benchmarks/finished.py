"""How long a finished run takes to run again, beside a plain read of its dataset.

    python benchmarks/finished.py [--rows 100000] [--rounds 3] [--json FILE]

A run of one call a row is made once, then run again several times as a user would, in turn with a Python process that
reads every row of its dataset. Afterwards nothing may have changed, and the endpoint must have had no further call.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.fast_endpoint import serving
from benchmarks.many_rows import ManyRows
from benchmarks.rounds import arguments, in_turn, median, positive, save, table, timed

YARDSTICK = "a plain read of the dataset"
READ = "import sys, json; print(sum(1 for line in open(sys.argv[1]) if json.loads(line)))"


def measure(folder: Path, rows: int, rounds: int) -> dict[str, Any]:
    project = ManyRows.write(folder / "project", rows)
    words = [sys.executable, "-c", READ, str(project.dataset)]
    read = partial(subprocess.run, words, check=True, stdout=subprocess.DEVNULL)
    with serving() as endpoint:
        project.configure(endpoint.base_url)
        first = timed(project.run)["seconds"]
        before, calls = project.dataset.stat(), endpoint.stats()["calls"]
        once = {YARDSTICK: partial(timed, read), "the second run": partial(timed, project.run)}
        found = in_turn(rounds, **once)
        assert project.dataset.stat().st_mtime_ns == before.st_mtime_ns, "the dataset was written again"
        further = endpoint.stats()["calls"] - calls
    medians = {name: round(median(each, "seconds"), 3) for name, each in found.items()}
    return {"rows": rows, "first_run_s": round(first, 1), "further_calls": further, "median_s": medians}


def main() -> None:
    parser = arguments(__doc__, rounds=3)
    parser.add_argument("--rows", type=positive, default=100_000, help="rows of the run (%(default)s)")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="finished-") as folder:
        figures = measure(Path(folder), given.rows, given.rounds)
    medians = figures["median_s"]
    lines = [[name, f"{value:.3f}", f"{value / medians[YARDSTICK]:.2f}"] for name, value in medians.items()]
    print(table(["", "seconds", "of a plain read"], lines))
    print(f"calls of the second run: {figures['further_calls']}")
    save(given.json, figures)


if __name__ == "__main__":
    main()
