"""Rows a second and processor a row of a whole run, beside a bare aiohttp loop that makes the same calls.

    python benchmarks/throughput.py [--rows 20000] [--rounds 3] [--only SETTING] [--json FILE]

A run stores every answer and row durably, keeps lineage, parses, validates and exports; the loop keeps nothing. Both
ask a fast endpoint in a process of its own, which is first loaded by `wrk`, where there is one, to show that it is not
what limits them. Imports are not counted. Takes about four minutes.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.bare_loop import question
from benchmarks.fast_endpoint import serving
from benchmarks.rounds import (
    arguments,
    bare_loop,
    in_turn,
    median,
    median_ratio,
    one_step,
    positive,
    save,
    table,
    verdict,
)

SETTINGS: dict[str, tuple[int, int, float]] = {
    "0ms-256": (0, 256, 0.50),
    "200ms-256": (200, 256, 0.97),
    "200ms-2048": (200, 2048, 0.85),
}
"""Latency in milliseconds, calls in flight, and the least share of the loop's speed that is good enough."""
MOST_PROCESSOR = 2.2


def measured(latency: int, in_flight: int, rows: int, rounds: int) -> dict[str, Any]:
    """One setting's figures."""
    with serving(latency=latency) as endpoint:
        found = in_turn(
            rounds,
            bare=partial(bare_loop, endpoint.base_url, rows, in_flight),
            run=partial(one_step, endpoint.base_url, rows, in_flight),
        )
    bare, run = found["bare"], found["run"]
    return {
        "rows": rows, "in_flight": in_flight, "latency_ms": latency, "rounds": rounds,
        "bare_rows_s": rows / median(bare, "seconds"), "run_rows_s": rows / median(run, "seconds"),
        "speed": 1 / median_ratio(run, bare, "seconds"),
        "bare_processor_ms": median(bare, "processor_s") / rows * 1000,
        "run_processor_ms": median(run, "processor_s") / rows * 1000,
        "processor": median_ratio(run, bare, "processor_s"),
    }  # fmt: skip


def endpoint_capacity(seconds: int) -> float | None:
    """Calls a second that the endpoint answers to `wrk`, or None without it."""
    if not seconds or shutil.which("wrk") is None:
        return None
    body = question(1).replace("\n", "\\n")
    script = f"""wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = '{{"model":"fast","messages":[{{"role":"user","content":"{body}"}}]}}'
"""
    with serving() as endpoint, tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        file.write(script)
        file.flush()
        command = ["wrk", "-t1", "-c256", f"-d{seconds}", "-s", file.name, f"{endpoint.base_url}/chat/completions"]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = re.search(r"Requests/sec:\s*([\d.]+)", said)
    assert found is not None, said
    return float(found[1])


def main() -> None:
    parser = arguments(__doc__, rounds=3)
    parser.add_argument("--rows", type=positive, default=20_000, help="rows of a run (%(default)s)")
    parser.add_argument("--only", choices=SETTINGS, help="one setting: its latency and its calls in flight")
    parser.add_argument("--load", type=int, default=3, help="seconds that wrk loads the endpoint (%(default)s)")
    given = parser.parse_args()
    capacity = endpoint_capacity(given.load)
    if capacity is not None:
        print(f"the endpoint alone answers {capacity:,.0f} calls a second\n")
    figures: dict[str, dict[str, Any]] = {}
    lines = []
    for name, (latency, in_flight, goal) in SETTINGS.items():
        if given.only in (None, name):
            found = figures[name] = measured(latency, in_flight, given.rows, given.rounds)
            lines.append(_line(name, found, goal))
    print(table(["setting", "bare rows/s", "run rows/s", "speed", "", "ms a row", "processor"], lines))
    for name, found in figures.items():
        if found["latency_ms"] == 0:
            said = verdict(found["processor"], MOST_PROCESSOR, at_least=False)
            print(f"processor ÷ the bare loop's, {name}: {found['processor']:.3f} ({said})")
    save(given.json, {"endpoint_calls_s": capacity, "settings": figures})


def _line(name: str, found: dict[str, Any], goal: float) -> list[object]:
    return [
        name, f"{found['bare_rows_s']:,.0f}", f"{found['run_rows_s']:,.0f}", f"{found['speed']:.3f}",
        verdict(found["speed"], goal, at_least=True), f"{found['run_processor_ms']:.3f}", f"{found['processor']:.2f}",
    ]  # fmt: skip


if __name__ == "__main__":
    main()
