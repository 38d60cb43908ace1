"""What spreading a run costs, and from which size on it saves time.

    python benchmarks/ray_overhead.py [--rounds 3] [--json FILE]
    python benchmarks/ray_overhead.py --cluster     only what starting and ending a cluster takes

Runs of one call a document are made alone, in processes, and on a Ray cluster of this machine with two workers, in
turn. What a run takes that has next to nothing to ask is overhead, and the difference between many shards and few is
what one more costs. With an endpoint that answers after 200 ms and lets each process have 32 calls open, as many
machines with limits of their own would, the break-even size follows from both.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.many_rows import PIPELINE
from benchmarks.rounds import ROOT, machine
from tests.fake_endpoint import served

LATENCY_S, IN_FLIGHT, FEW, MANY, DOCUMENTS = 0.2, 32, 2, 8, 16
ENGINES = {"alone": [], "processes": ["--engine", "processes"], "ray": ["--engine", "ray"]}


def write(folder: Path, base_url: str) -> None:
    """A project of a few documents."""
    (folder / "inputs").mkdir(parents=True)
    for number in range(DOCUMENTS):
        (folder / "inputs" / f"{number:03}.txt").write_text(f"The lighthouse {number} was built of stone.")
    (folder / "telling.py").write_text(PIPELINE)
    endpoint = {"model": "fake-model", "base_url": base_url, "api_key": "none", "max_in_flight": IN_FLIGHT}
    config = {"pipeline": "telling.py:telling", "input_dir": "inputs", "writer": endpoint}
    (folder / "config.yaml").write_text(json.dumps(config))


def seconds(folder: Path, number: int, words: list[str]) -> float:
    """One run of a user, from the start of its process to its end."""
    command = [sys.executable, str(ROOT / "run_pipeline.py"), "run", "config.yaml", "--quiet"]
    began = time.perf_counter()
    subprocess.run([*command, "--set", f"output_dir=out{number}", *words], cwd=folder, check=True, capture_output=True)
    return time.perf_counter() - began


def measure(folder: Path, rounds: int) -> dict[str, Any]:
    times: dict[str, list[float]] = {}
    number = 0
    with served(latency=LATENCY_S) as base_url:
        write(folder, base_url)
        for _ in range(rounds):
            for name, words in ENGINES.items():
                for shards in (FEW, MANY) if words else (1,):
                    spread = [*words, "--workers", "2", "--shards", str(shards)] if words else []
                    number += 1
                    times.setdefault(f"{name}, {shards}", []).append(seconds(folder, number, spread))
    medians = {name: statistics.median(values) for name, values in times.items()}
    return {**machine(), "rounds": rounds, "seconds": {name: round(value, 2) for name, value in medians.items()},
            **{name: figures(name, medians) for name in ENGINES if ENGINES[name]}}  # fmt: skip


CLUSTER = """
import asyncio, time
from generation_functions.engines.cluster import RayEngine

async def main():
    began = time.perf_counter()
    async with RayEngine(2):
        started = time.perf_counter()
    print(started - began, time.perf_counter() - started)

asyncio.run(main())
"""


def measure_cluster(rounds: int) -> None:
    """Print the median seconds in which a cluster of this machine starts, Ray's import included, and ends."""
    words = [sys.executable, "-c", CLUSTER]
    lines = [subprocess.run(words, cwd=ROOT, check=True, capture_output=True, text=True).stdout for _ in range(rounds)]
    times = [[float(word) for word in line.splitlines()[-1].split()] for line in lines]
    start, end = (statistics.median(values) for values in zip(*times, strict=True))
    print(f"a cluster starts in {start:.1f} s and ends in {end:.1f} s")


def figures(name: str, medians: dict[str, float]) -> dict[str, float]:
    """Overhead of a run and of a shard, and the calls from which on two workers are sooner done than one."""
    few, many, alone = medians[f"{name}, {FEW}"], medians[f"{name}, {MANY}"], medians["alone, 1"]
    rate = IN_FLIGHT / LATENCY_S
    return {
        "overhead_s": round(few - alone, 2), "of_yardstick": round(few / alone, 2),
        "each_further_shard_s": round((many - few) / (MANY - FEW), 2),
        # calls / rate = overhead + calls / (2 rate)
        "break_even_calls_of_two_workers": round(2 * (few - alone) * rate),
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    parser.add_argument("--cluster", action="store_true", help="measure the start and end of a cluster alone")
    given = parser.parse_args()
    if given.cluster:
        measure_cluster(given.rounds)
        return
    with tempfile.TemporaryDirectory(prefix="spread-") as folder:
        found = measure(Path(folder) / "project", given.rounds)
    for name, value in found["seconds"].items():
        print(f"{name + ' shards':<24} {value:6.2f} s")
    for name in ("processes", "ray"):
        print(name, json.dumps(found[name]))
    if given.json:
        given.json.write_text(json.dumps(found, indent=2) + "\n")


if __name__ == "__main__":
    main()
