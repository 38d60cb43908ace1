"""Where the processor time of a row goes: by thread, in Python or in the kernel, and by part of the run.

    python benchmarks/row_cost.py [--rows 20000] [--rounds 3] [--json FILE]

The run is that of `throughput.py` at no latency, 256 in flight, where nothing is hidden behind waiting. Each thread is
asked for its own time, so that another program's load changes the figures little. The round of middle total is shown.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.fast_endpoint import serving
from benchmarks.one_step import whole_run
from benchmarks.rounds import arguments, child, positive, save, table
from generation_functions.run.folder import RunFolder
from generation_functions.run.run import Run
from generation_functions.store.writer import GroupCommit
from generation_functions.streams.flow import Flow

PARTS = {"rows flow": (Flow, "run"), "the dataset is written": (Run, "_finish"), "the end": (RunFolder, "conclude")}


def used(who: int) -> tuple[float, float]:
    """Seconds of processor in Python and other libraries, and in the kernel."""
    found = resource.getrusage(who)
    return found.ru_utime, found.ru_stime


def watched(seconds: dict[str, float], writer: list[tuple[float, float]]) -> None:
    """Have each part tell how long it took, and the writing thread what it used."""
    for part, (owner, name) in PARTS.items():
        setattr(owner, name, _timed(getattr(owner, name), part, seconds))
    run = GroupCommit._run

    def counted(self: GroupCommit) -> None:
        run(self)
        writer.append(used(resource.RUSAGE_THREAD))

    GroupCommit._run = counted  # type: ignore[method-assign]


def _timed(method: Any, part: str, seconds: dict[str, float]) -> Any:
    async def timed(*given: Any, **named: Any) -> Any:
        began = time.perf_counter()
        try:
            return await method(*given, **named)
        finally:
            seconds[part] = time.perf_counter() - began

    return timed


def once(base_url: str, rows: int) -> dict[str, float]:
    """One run in this process: milliseconds of processor a row, and the share of its time that each part took."""
    seconds: dict[str, float] = {}
    writer: list[tuple[float, float]] = []
    watched(seconds, writer)
    with tempfile.TemporaryDirectory(prefix="millrace-") as folder:
        asyncio.run(whole_run(base_url, Path(folder) / "first", 8, 8))
        began, loop, all_of_it = time.perf_counter(), used(resource.RUSAGE_THREAD), used(resource.RUSAGE_SELF)
        asyncio.run(whole_run(base_url, Path(folder) / "run", rows, 256))
        took = time.perf_counter() - began
        loop, all_of_it = _since(loop, resource.RUSAGE_THREAD), _since(all_of_it, resource.RUSAGE_SELF)
    others = tuple(a - b - c for a, b, c in zip(all_of_it, loop, writer[-1], strict=True))
    threads = {"event loop": loop, "thread that writes": writer[-1], "other threads": others}
    costs = {
        f"{name}, {where}": value / rows * 1000
        for name, pair in threads.items()
        for where, value in zip(("Python and libraries", "kernel"), pair, strict=True)
    }
    return {**costs, **{part: value / took for part, value in seconds.items()}}


def _since(before: tuple[float, float], who: int) -> tuple[float, float]:
    now = used(who)
    return now[0] - before[0], now[1] - before[1]


def main() -> None:
    parser = arguments(__doc__, rounds=3)
    parser.add_argument("--rows", type=positive, default=20_000, help="rows of a run (%(default)s)")
    parser.add_argument("--at", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.at:
        print(json.dumps(once(given.at, given.rows)))
        return
    with serving() as endpoint:
        rounds = [child("row_cost.py", "--at", endpoint.base_url, "--rows", given.rows) for _ in range(given.rounds)]
    costs = [name for name in rounds[0] if name not in PARTS]
    middle = sorted(rounds, key=lambda each: sum(each[name] for name in costs))[len(rounds) // 2]
    whole = sum(middle[name] for name in costs)
    lines = [[name, f"{middle[name]:.3f}", f"{middle[name] / whole:.0%}"] for name in costs]
    print(table(["processor of a row", "ms", "share"], [*lines, ["all", f"{whole:.3f}", "100%"]]))
    print()
    print(table(["part of the run", "of its time"], [[part, f"{middle[part]:.0%}"] for part in PARTS]))
    save(given.json, {"rows": given.rows, "rounds": given.rounds, "ms_a_row": whole, **middle})


if __name__ == "__main__":
    main()
