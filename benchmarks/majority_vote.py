"""Calls that a vote of five takes, beside a plain vote that asks all five, with the verdicts compared row by row.

    python benchmarks/majority_vote.py [--rows 2000] [--json FILE]

Seven voters of ten say yes. A vote is over as soon as the voters not yet asked cannot change it.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.bare_loop import FACT
from benchmarks.fast_endpoint import serving
from benchmarks.rounds import arguments, positive, save, table, verdict
from generation_functions import MajorityVoteStep, Model, Prompt, Row, Run
from generation_functions.models import ModelSpec
from generation_functions.steps.asking import Calls
from generation_functions.steps.majority_vote import gather_all
from generation_functions.steps.outcome import Outcome

LATENCY_MS, YES_SHARE, IN_FLIGHT, VOTES = 50, 0.7, 256, 5
GOAL = 0.80


def says_yes(answer: str) -> bool:
    """One voter's answer."""
    return answer == "Verdict: yes"


class PlainVoteStep(MajorityVoteStep):
    """The yardstick: every voter is asked, whatever the others said."""

    async def process(self, row: Row, calls: Calls) -> Outcome:
        prompt = calls.filled(self)
        ballots = await gather_all([self._ballot(calls, prompt, sample, {}) for sample in range(self.votes)])
        return Outcome.kept(row, {str(self.into): sum(ballots) >= self.needed})


def step_of(kind: type[MajorityVoteStep]) -> MajorityVoteStep:
    """A vote of that kind; each voter's seed differs, so that each answers for itself."""
    prompt = Prompt.of("Is {name} true? {text}")
    return kind("vote", prompt=prompt, parse=says_yes, votes=VOTES, into="passed", sampling={"seed": 1})


async def verdicts(base_url: str, folder: Path, rows: int, kind: type[MajorityVoteStep]) -> list[bool]:
    """The verdict on each row, in order."""
    model = Model("fast", ModelSpec(model="fast", base_url=base_url, api_key="none", max_in_flight=IN_FLIGHT))
    async with Run(folder) as run:
        stream = run.rows({"name": f"row-{number}", "text": FACT} for number in range(rows))
        return [row["passed"] for row in await stream.through(step_of(kind), model=model).collect()]


def once(rows: int, kind: type[MajorityVoteStep]) -> dict[str, Any]:
    """One vote on every row."""
    with serving(latency=LATENCY_MS, yes=YES_SHARE) as endpoint, tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        found = asyncio.run(verdicts(endpoint.base_url, Path(folder) / "run", rows, kind))
        return {"verdicts": found, "calls": endpoint.stats()["calls"], "seconds": time.perf_counter() - began}


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--rows", type=positive, default=2_000, help="each is voted on twice (%(default)s)")
    given = parser.parse_args()
    plain, early = once(given.rows, PlainVoteStep), once(given.rows, MajorityVoteStep)
    different = sum(a != b for a, b in zip(plain.pop("verdicts"), early.pop("verdicts"), strict=True))
    share = early["calls"] / plain["calls"]
    lines = [[name, f"{found['calls']:,}", f"{found['seconds']:.2f}"]
             for name, found in {"all five": plain, "until it is settled": early}.items()]  # fmt: skip
    print(table(["vote", "calls", "seconds"], lines))
    print(f"calls ÷ the plain vote's: {share:.3f} ({verdict(share, GOAL, at_least=False)}), {different} other verdicts")
    save(given.json, {
        "rows": given.rows, "votes": VOTES, "yes_share": YES_SHARE, "calls": share, "other_verdicts": different,
        "plain": plain, "early": early,
    })  # fmt: skip


if __name__ == "__main__":
    main()
