"""What scattered refusals cost: a run of which one call in fifty is answered 429, beside the same run without.

    python benchmarks/refusals.py [--rows 10000] [--rounds 3] [--every 50] [--latency 200] [--json FILE]

A lone refusal is tried again after a moment, and tells nothing of the endpoint's capacity: the number in flight stays.
"""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.fast_endpoint import serving
from benchmarks.rounds import (
    Figures,
    arguments,
    in_turn,
    median,
    median_ratio,
    one_step,
    positive,
    save,
    table,
    verdict,
)

IN_FLIGHT = 256
GOAL = 1.15


def run(rows: int, latency_ms: int, every: int) -> Figures:
    """One run; `every` 0 refuses nothing."""
    with serving(latency=latency_ms, refuse=every) as endpoint:
        figures = one_step(endpoint.base_url, rows, IN_FLIGHT)
        stats = endpoint.stats()
    return {**figures, "calls": stats["calls"], "refused": stats["refused"]}


def main() -> None:
    parser = arguments(__doc__, rounds=3)
    parser.add_argument("--rows", type=positive, default=10_000, help="rows of a run (%(default)s)")
    parser.add_argument("--every", type=positive, default=50, help="one call in so many is refused (%(default)s)")
    parser.add_argument("--latency", type=int, default=200, help="milliseconds that a call takes (%(default)s)")
    given = parser.parse_args()
    once = partial(run, given.rows, given.latency)
    found = in_turn(given.rounds, without=partial(once, 0), refused=partial(once, given.every))
    ratio = median_ratio(found["refused"], found["without"], "seconds")
    lines = [
        [name, f"{median(each, 'seconds'):.2f}", f"{median(each, 'calls'):,.0f}", f"{median(each, 'refused'):,.0f}"]
        for name, each in found.items()
    ]
    print(table(["run", "seconds", "calls", "refused"], lines))
    print(f"time with refusals ÷ time without: {ratio:.3f} ({verdict(ratio, GOAL, at_least=False)})")
    save(given.json, {
        "rows": given.rows, "in_flight": IN_FLIGHT, "latency_ms": given.latency, "every": given.every, "time": ratio,
        "seconds": {name: median(each, "seconds") for name, each in found.items()},
        "refused": median(found["refused"], "refused"),
    })  # fmt: skip


if __name__ == "__main__":
    main()
