"""What spreading a run costs, and from which size on it saves time.

    python benchmarks/ray_overhead.py [--rounds 3] [--engines processes ray] [--shards 2 8] [--json FILE]
    python benchmarks/ray_overhead.py --cluster     only what starting and ending a cluster takes

Runs of one call a document are made alone, in processes, and on a Ray cluster of this machine with two workers, in
turn. What a run takes that has next to nothing to ask is overhead, and the difference between many shards and few is
what one more costs. With an endpoint that answers after 200 ms and lets each process have 32 calls open, as many
machines with limits of their own would, the break-even size follows from both.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.many_rows import PIPELINE
from benchmarks.rounds import ROOT, Figures, arguments, in_turn, median, positive, save, table, timed
from tests.fake_endpoint import served

LATENCY_S, IN_FLIGHT, DOCUMENTS = 0.2, 32, 16
ENGINES = ("processes", "ray")
YARDSTICK = "alone"


def write(folder: Path, base_url: str) -> None:
    """A project of a few documents."""
    (folder / "inputs").mkdir(parents=True)
    for number in range(DOCUMENTS):
        (folder / "inputs" / f"{number:03}.txt").write_text(f"The lighthouse {number} was built of stone.")
    (folder / "telling.py").write_text(PIPELINE)
    endpoint = {"model": "fake-model", "base_url": base_url, "api_key": "none", "max_in_flight": IN_FLIGHT}
    config = {"pipeline": "telling.py:telling", "input_dir": "inputs", "writer": endpoint}
    (folder / "config.yaml").write_text(json.dumps(config))


def run_once(folder: Path, words: list[str]) -> None:
    """One run of a user into a folder of its own, from the start of its process to its end."""
    command = [sys.executable, str(ROOT / "run_pipeline.py"), "run", "config.yaml", "--quiet"]
    where = ["--set", f"output_dir={tempfile.mkdtemp(dir=folder)}/out"]
    done = subprocess.run([*command, *where, *words], cwd=folder, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"the run {' '.join(words)} ended with {done.returncode}:\n{done.stderr[-2000:]}")


def measure(folder: Path, rounds: int, engines: Sequence[str], shards: Sequence[int]) -> dict[str, Any]:
    spread = {
        f"{engine}, {count} shards": ["--engine", engine, "--workers", "2", "--shards", str(count)]
        for engine in engines
        for count in shards
    }
    with served(latency=LATENCY_S) as base_url:
        write(folder, base_url)
        runs = {YARDSTICK: [], **spread}
        once = {name: partial(timed, partial(run_once, folder, words)) for name, words in runs.items()}
        found = in_turn(rounds, **once)
    medians = {name: median(each, "seconds") for name, each in found.items()}
    return {"rounds": rounds, "seconds": {name: round(value, 2) for name, value in medians.items()},
            **{engine: figures(engine, shards, medians) for engine in engines}}  # fmt: skip


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


def cluster_once() -> Figures:
    """Seconds in which a cluster of this machine starts, Ray's import included, and ends."""
    words = [sys.executable, "-c", CLUSTER]
    said = subprocess.run(words, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
    start, end = map(float, said.splitlines()[-1].split())
    return {"starts_s": start, "ends_s": end}


def measure_cluster(rounds: int) -> dict[str, Any]:
    found = in_turn(rounds, cluster=cluster_once)["cluster"]
    return {"rounds": rounds, "cluster": {name: round(median(found, name), 1) for name in ("starts_s", "ends_s")}}


def figures(engine: str, shards: Sequence[int], medians: dict[str, float]) -> dict[str, float]:
    """Overhead of a run and of a shard, and the calls from which on two workers are sooner done than one."""
    few, many = (medians[f"{engine}, {count} shards"] for count in shards)
    alone = medians[YARDSTICK]
    rate = IN_FLIGHT / LATENCY_S
    return {
        "overhead_s": round(few - alone, 2), "of_yardstick": round(few / alone, 2),
        "each_further_shard_s": round((many - few) / (shards[1] - shards[0]), 2),
        # calls / rate = overhead + calls / (2 rate)
        "break_even_calls_of_two_workers": round(2 * (few - alone) * rate),
    }  # fmt: skip


def main() -> None:
    parser = arguments(__doc__, rounds=3)
    parser.add_argument(
        "--engines", nargs="+", choices=ENGINES, default=list(ENGINES), metavar="NAME", help="processes, ray, or both"
    )
    parser.add_argument(
        "--shards", nargs=2, type=positive, default=[2, 8], metavar=("FEW", "MANY"), help="shards of the runs (2 and 8)"
    )
    parser.add_argument("--cluster", action="store_true", help="only what starting and ending a cluster takes")
    given = parser.parse_args()
    if given.shards[0] >= given.shards[1]:
        parser.error("--shards takes two numbers, the smaller one first")
    if given.cluster:
        found = measure_cluster(given.rounds)
        print(table(["a cluster", "starts in, s", "ends in, s"], [["of this machine", *found["cluster"].values()]]))
        save(given.json, found)
        return
    with tempfile.TemporaryDirectory(prefix="spread-") as folder:
        found = measure(Path(folder) / "project", given.rounds, given.engines, given.shards)
    print(table(["a run", "seconds"], [[name, f"{value:.2f}"] for name, value in found["seconds"].items()]))
    print()
    header = ["engine", "overhead, s", "of a run alone", "each further shard, s", "break-even, calls"]
    print(table(header, [[engine, *found[engine].values()] for engine in given.engines]))
    save(given.json, found)


if __name__ == "__main__":
    main()
