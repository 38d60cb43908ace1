"""Peak memory of a run of many small rows through three steps, beside the same run of few.

    python benchmarks/memory.py [--rows 1000000] [--few 10000] [--json FILE]

Each run is `run_pipeline.py run` in a process of its own, with the offline writer: store, lineage, parsing, export,
card and report of sources included. Its peak is the largest resident set the kernel saw. Takes over an hour.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.many_rows import ManyRows
from benchmarks.rounds import arguments, positive, save, table

STEPS = 3
KIB_IN_MB = 1_000_000 / 1024


def peak(folder: Path, rows: int) -> dict[str, float]:
    """Peak in MB and seconds of one run."""
    project = ManyRows.write(folder / str(rows), rows)
    project.configure(steps=STEPS)
    began = time.perf_counter()
    _, status, used = os.wait4(project.start().pid, 0)
    if status:
        raise SystemExit(f"the run of {rows:,} rows ended with status {status}")
    return {"peak_mb": round(used.ru_maxrss / KIB_IN_MB, 1), "seconds": round(time.perf_counter() - began, 1)}


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--rows", type=positive, default=1_000_000, help="rows of the large run (%(default)s)")
    parser.add_argument("--few", type=positive, default=10_000, help="rows of the small one (%(default)s)")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="memory-") as folder:
        runs = {f"{rows:,} rows": peak(Path(folder), rows) for rows in (given.few, given.rows)}
    few = runs[f"{given.few:,} rows"]["peak_mb"]
    lines = [
        [name, found["peak_mb"], f"{found['peak_mb'] / few:.2f}", found["seconds"]] for name, found in runs.items()
    ]
    print(table(["a run of", "peak MB", "of the few", "seconds"], lines))
    save(given.json, {"steps": STEPS, "runs": runs})


if __name__ == "__main__":
    main()
