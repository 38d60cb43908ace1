"""Peak memory of a run of many small rows through three steps, beside the same run of few.

    python benchmarks/memory.py [--rows 1000000] [--few 10000] [--json FILE]

Each run is `run_pipeline.py run` in a process of its own, with the offline writer: store, lineage, parsing, export,
card and report of sources included. Its peak is the largest resident set the kernel saw.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.many_rows import ManyRows
from benchmarks.rounds import machine

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
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--few", type=int, default=10_000)
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    given = parser.parse_args()
    figures: dict[str, Any] = {**machine(), "steps": STEPS, "runs": {}}
    with tempfile.TemporaryDirectory(prefix="memory-") as folder:
        for rows in (given.few, given.rows):
            found = figures["runs"][f"{rows:,} rows"] = peak(Path(folder), rows)
            share = found["peak_mb"] / figures["runs"][f"{given.few:,} rows"]["peak_mb"]
            print(f"{rows:>12,} rows {found['peak_mb']:8.1f} MB {share:6.2f} x the few")
    if given.json:
        given.json.write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
