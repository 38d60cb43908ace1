"""What scattered refusals cost: a run whose every fiftieth call is answered 429, beside the same run without.

    python benchmarks/refusals.py [--rounds 3] [--every 50]

A lone refusal is tried again after a moment, and tells nothing of the endpoint's capacity: the number in flight stays.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.fast_endpoint import serving
from benchmarks.rounds import Figures, in_turn, median, median_ratio, one_step, save, table, verdict

LATENCY_MS, IN_FLIGHT, ROWS = 200, 256, 10_000
GOAL = 1.15


def run(every: int) -> Figures:
    """One run; `every` 0 refuses nothing."""
    with serving(latency=LATENCY_MS, refuse=every) as endpoint:
        figures = one_step(endpoint.base_url, ROWS, IN_FLIGHT)
        stats = endpoint.stats()
    return {**figures, "calls": stats["calls"], "refused": stats["refused"]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--every", type=int, default=50)
    given = parser.parse_args()
    found = in_turn(given.rounds, without=lambda: run(0), refused=lambda: run(given.every))
    ratio = median_ratio(found["refused"], found["without"], "seconds")
    lines = [
        [name, f"{median(each, 'seconds'):.2f}", f"{median(each, 'calls'):,.0f}", f"{median(each, 'refused'):,.0f}"]
        for name, each in found.items()
    ]
    print(table(["run", "seconds", "calls", "refused"], lines))
    print(f"time with refusals ÷ time without: {ratio:.3f} ({verdict(ratio, GOAL, at_least=False)})")
    save("refusals", {
        "rows": ROWS, "in_flight": IN_FLIGHT, "latency_ms": LATENCY_MS, "every": given.every, "time": ratio,
        "seconds": {name: median(each, "seconds") for name, each in found.items()},
        "refused": median(found["refused"], "refused"),
    })  # fmt: skip


if __name__ == "__main__":
    main()
