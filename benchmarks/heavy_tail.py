"""Five steps over calls of very different lengths: how near a run comes to the least time its calls can take.

    python benchmarks/heavy_tail.py [--rounds 3] [--chunks 2000]

The shape is factual-qa's: chunks are judged, each becomes five pairs, and each pair passes three checks. Latencies are
lognormal: the mean is 200 ms, one call in a hundred takes 1.2 s, one in ten thousand 5 s. The yardstick is the time all
calls took, by the endpoint's own clock, divided by the calls in flight: no order of calls can be faster.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.bare_loop import FACT
from benchmarks.fast_endpoint import serving
from benchmarks.rounds import Figures, in_turn, median, save, table, verdict
from generation_functions import Model, OneToManyStep, PipelineStep, Prompt, Run
from generation_functions.models import ModelSpec

LATENCY_MS, SIGMA, IN_FLIGHT, PAIRS = 200, 1.0, 256, 5
GOAL = 1.05


def pairs_of(answer: str) -> list[str]:
    """Five pairs from one answer, each with words of its own."""
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


def once(chunks: int, seed: int) -> Figures:
    """One run: its time, and the least its calls can take."""
    with serving(latency=LATENCY_MS, sigma=SIGMA, seed=seed) as endpoint, tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        rows = asyncio.run(run_all(endpoint.base_url, Path(folder) / "run", chunks))
        seconds = time.perf_counter() - began
        stats = endpoint.stats()
    assert rows == chunks * PAIRS, f"{rows} rows were written"
    least = stats["taken_s"] / IN_FLIGHT
    return {"rows": rows, "calls": stats["calls"], "seconds": seconds, "least_s": least, "ratio": seconds / least}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--chunks", type=int, default=2_000)
    given = parser.parse_args()
    seeds = iter(range(1, given.rounds + 1))
    found = in_turn(given.rounds, run=lambda: once(given.chunks, next(seeds)))["run"]
    lines = [[n, f"{f['calls']:,.0f}", f"{f['seconds']:.2f}", f"{f['least_s']:.2f}", f"{f['ratio']:.3f}"]
             for n, f in enumerate(found, 1)]  # fmt: skip
    print(table(["round", "calls", "seconds", "least", "ratio"], lines))
    ratio = median(found, "ratio")
    print(f"time ÷ least possible: {ratio:.3f} ({verdict(ratio, GOAL, at_least=False)})")
    save("heavy_tail", {
        "latency_ms": LATENCY_MS, "sigma": SIGMA, "in_flight": IN_FLIGHT, "rows": found[0]["rows"],
        "calls": found[0]["calls"], "ratio": ratio, "rounds": found,
    })  # fmt: skip


if __name__ == "__main__":
    main()
