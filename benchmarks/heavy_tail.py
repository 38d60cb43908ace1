"""Five steps over calls of very different lengths: how near a run comes to the least time its calls can take.

    python benchmarks/heavy_tail.py [--rounds 3] [--chunks 5000] [--latency 1000] [--sigma 0.6] [--json FILE]

The shape is factual-qa's: chunks are judged, each becomes two pairs, and each pair passes three checks. Latencies are
lognormal: the mean is a second, one call in a hundred takes 3.4 s, one in ten thousand 7.8 s. The yardstick is the
time all calls took, by the endpoint's own clock, divided by the calls in flight. No order of calls can reach it, for at
the end fewer and fewer calls are left, and the longest ones last: the second yardstick is what as many calls take that
need not wait for one another, each begun as soon as another ends. Takes about three minutes a round.
"""

from __future__ import annotations

import asyncio
import math
import sys
import tempfile
import time
from heapq import heapreplace
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.bare_loop import FACT
from benchmarks.fast_endpoint import serving
from benchmarks.rounds import Figures, arguments, in_turn, median, positive, save, table, verdict
from generation_functions import Model, OneToManyStep, PipelineStep, Prompt, Run
from generation_functions.models import ModelSpec

IN_FLIGHT, PAIRS = 256, 2
GOAL = 1.05


def pairs_of(answer: str) -> list[str]:
    """Two pairs from one answer, each with words of its own."""
    return [f"{answer[:40]} {number}" for number in range(PAIRS)]


judge = PipelineStep("judge", prompt=Prompt.of("Is {name} fit to ask about? {text}"), into="judged")
ask = OneToManyStep("ask", prompt=Prompt.of("Ask about {name}. {text}"), parse=pairs_of, into="pair")
check_question = PipelineStep("check_question", prompt=Prompt.of("A good question? {pair} {text}"), into="question")
check_answer = PipelineStep("check_answer", prompt=Prompt.of("A true answer? {pair} {text}"), into="true")
repair = PipelineStep("repair", prompt=Prompt.of("Mend what is wrong: {pair} {text}"), into="mended")


async def run_all(base_url: str, folder: Path, chunks: int) -> int:
    """All five steps over so many chunks; gives the rows written."""
    model = Model("fast", ModelSpec(model="fast", base_url=base_url, api_key="none", max_in_flight=IN_FLIGHT))
    async with Run(folder) as run:
        stream = run.rows({"name": f"row-{number}", "text": FACT * 9} for number in range(chunks))
        for step in (judge, ask, check_question, check_answer, repair):
            stream = stream.through(step, model=model)
        return (await run.write(stream, "pairs", lambda row: {"text": row["pair"]})).rows


def once(chunks: int, latency_ms: int, sigma: float, seed: int) -> Figures:
    """One run: its time, and the least its calls can take."""
    with serving() as quick, tempfile.TemporaryDirectory() as folder:  # once unmeasured: imports happen late
        asyncio.run(run_all(quick.base_url, Path(folder) / "run", 4))
    with serving(latency=latency_ms, sigma=sigma, seed=seed) as endpoint, tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        rows = asyncio.run(run_all(endpoint.base_url, Path(folder) / "run", chunks))
        seconds = time.perf_counter() - began
        stats = endpoint.stats()
    assert rows == chunks * PAIRS, f"{rows} rows were written"
    least = stats["taken_s"] / IN_FLIGHT
    unordered = seconds_unordered(stats["calls"], latency_ms, sigma, seed)
    return {
        "rows": rows, "calls": stats["calls"], "seconds": seconds, "least_s": least, "unordered_s": unordered,
        "ratio": seconds / least, "ratio_unordered": seconds / unordered,
    }  # fmt: skip


def seconds_unordered(calls: int, latency_ms: int, sigma: float, seed: int) -> float:
    """What so many calls of such lengths take with no order between them, the next begun as soon as one ends."""
    rng, mean = Random(seed), math.log(latency_ms / 1000) - sigma**2 / 2
    free_at = [0.0] * IN_FLIGHT
    for _ in range(calls):
        heapreplace(free_at, free_at[0] + rng.lognormvariate(mean, sigma))
    return max(free_at)


def main() -> None:
    parser = arguments(__doc__, rounds=3)
    parser.add_argument("--chunks", type=positive, default=5_000, help="of eight calls and two rows each (%(default)s)")
    parser.add_argument(
        "--latency", type=positive, default=1000, help="milliseconds that a call takes, the mean (%(default)s)"
    )
    parser.add_argument("--sigma", type=float, default=0.6, help="how much their logarithms vary (%(default)s)")
    given = parser.parse_args()
    seeds = iter(range(1, given.rounds + 1))
    found = in_turn(given.rounds, run=lambda: once(given.chunks, given.latency, given.sigma, next(seeds)))["run"]
    lines = [[n, f"{f['calls']:,.0f}", f"{f['seconds']:.2f}", f"{f['least_s']:.2f}", f"{f['ratio']:.3f}",
              f"{f['unordered_s']:.2f}"]
             for n, f in enumerate(found, 1)]  # fmt: skip
    print(table(["round", "calls", "seconds", "least", "ratio", "unordered"], lines))
    ratio = median(found, "ratio")
    print(f"time ÷ as many calls without an order: {median(found, 'ratio_unordered'):.3f}")
    print(f"time ÷ least possible: {ratio:.3f} ({verdict(ratio, GOAL, at_least=False)})")
    save(given.json, {
        "latency_ms": given.latency, "sigma": given.sigma, "in_flight": IN_FLIGHT, "rows": found[0]["rows"],
        "calls": found[0]["calls"], "ratio": ratio,
        "ratio_unordered": median(found, "ratio_unordered"), "rounds": found,
    })  # fmt: skip


if __name__ == "__main__":
    main()
