"""How often a run's true cost lies in the range that `estimate` gave before it.

    python benchmarks/estimate.py [--corpora 40] [--first 0] [--samples 12 30] [--json FILE]

Each corpus is estimated from a few of its chunks and then run whole, both as a user would, against an endpoint whose
answers depend on the question alone: a third of the chunks is dropped by vote, completions differ in length (nine of
ten by a factor of five, or of twenty-seven), and some answers cannot be parsed and are asked for again. The range is
meant to hold nine of ten.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
import tempfile
from hashlib import blake2b
from itertools import product
from pathlib import Path
from random import Random
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import run_pipeline
from benchmarks.rounds import arguments, positive, save, table
from benchmarks.sentences import sentence
from tests.fake_endpoint import served

MEASURES = ("calls", "input_tokens", "output_tokens", "cost_usd")
STATED = 0.9
PIPELINE = """
from pathlib import Path
from generation_functions import Dataset, MajorityVoteStep, Model, PipelineStep, Prompt, Run
from generation_functions.parsing import tag, verdict

keep = MajorityVoteStep("keep", prompt=Prompt.of("Keep? {text}"), parse=verdict(yes="yes", no="no"), votes=3)
tell = PipelineStep("tell", prompt=Prompt.of("Tell: {text}"), parse=tag("told"), into="told")

async def telling(run: Run, *, input_dir: Path, writer: Model) -> Dataset:
    chunks = run.read(input_dir).chunk(max_tokens=200)
    told = chunks.through(keep, model=writer).through(tell, model=writer)
    return await run.write(told, "told", lambda row: {"text": row["told"]})
"""


def even(body: dict[str, Any]) -> str:
    """The answer of a model whose completions differ moderately in length."""
    return answered(body, spread=0.5)


def uneven(body: dict[str, Any]) -> str:
    """The answer of a model that now and then writes very much."""
    return answered(body, spread=1.0)


def answered(body: dict[str, Any], *, spread: float) -> str:
    """An endpoint's answer; a question asked again (with another seed) may get another. Lengths are log-normal."""
    rng = Random(blake2b(json.dumps(body, sort_keys=True).encode(), digest_size=8).digest())
    asked = body["messages"][-1]["content"]
    if asked.startswith("Keep?"):
        own = Random(blake2b(asked.encode(), digest_size=8).digest())
        return f"Reason: {sentence(rng)}\nVerdict: {'yes' if own.random() < 0.67 else 'no'}"
    told = " ".join(["and so on"] * int(rng.lognormvariate(3, spread)))
    return f"<told>It is {told}.</told>" if rng.random() > 0.1 else "I would rather not."


def write_project(folder: Path, base_url: str, seed: int) -> Path:
    """A corpus of 60 to 240 chunks of uneven length, and its config."""
    rng = Random(seed)
    for document in range(rng.randint(4, 10)):
        paragraphs = (" ".join(sentence(rng) for _ in range(rng.randint(1, 9))) for _ in range(rng.randint(15, 40)))
        path = folder / "inputs" / f"{document:02}.txt"
        path.parent.mkdir(exist_ok=True)
        path.write_text("\n\n".join(paragraphs))
    code = folder / "telling.py"
    code.write_text(PIPELINE)
    model = {"model": "fake-model", "base_url": base_url, "api_key": "${FAKE_KEY}", "seed": seed,
             "price": {"input": 1, "output": 4}}  # fmt: skip
    config = {"pipeline": f"{code}:telling", "output_dir": str(folder / "out"), "seed": seed,
              "models": {"fake": model}, "input_dir": str(folder / "inputs"), "writer": "fake"}  # fmt: skip
    path = folder / "config.yaml"
    path.write_text(json.dumps(config))
    return path


def called(*words: str) -> dict[str, Any]:
    """The JSON that a command prints."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(io.StringIO()) as said:
        code = run_pipeline.main([*words, "--json", "--quiet"])
    if code:
        raise RuntimeError(said.getvalue())
    found: dict[str, Any] = json.loads(printed.getvalue())
    return found


def held(base_url: str, seed: int, sample: int) -> dict[str, tuple[bool, float]]:
    """For each measure: whether its range held the truth, and the likely value's share of the truth."""
    with tempfile.TemporaryDirectory() as name:
        config = str(write_project(Path(name), base_url, seed))
        spans = called("estimate", config, "--sample", str(sample))["models"]["fake"]
        run = called("run", config)
    paid = run["paid"]["fake"]
    truth = {**paid, "calls": paid["answers"]}
    return {m: (spans[m]["low"] <= truth[m] <= spans[m]["high"], spans[m]["likely"] / truth[m]) for m in MEASURES}


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--corpora", type=positive, default=40, help="how many for each line (%(default)s)")
    parser.add_argument("--first", type=int, default=0, help="the seed of the first corpus (%(default)s)")
    parser.add_argument(
        "--samples", type=positive, nargs="+", default=[12, 30], metavar="N", help="chunks tried (12 and 30)"
    )
    given = parser.parse_args()
    os.environ["FAKE_KEY"] = "a-key"
    seeds = range(given.first, given.first + given.corpora)
    ranges: dict[str, dict[str, float]] = {}
    likely: dict[str, dict[str, list[float]]] = {}
    for lengths, sample in product(("even", "uneven"), given.samples):
        with served(answer=f"benchmarks.estimate:{lengths}") as base_url:
            tries = [held(base_url, seed, sample) for seed in seeds]
        name = f"{lengths} lengths, {sample} chunks tried"
        ranges[name] = {m: sum(t[m][0] for t in tries) / len(tries) for m in MEASURES}
        off = {m: sorted(t[m][1] for t in tries) for m in MEASURES}
        likely[name] = {m: [round(off[m][0], 3), round(off[m][-1], 3)] for m in MEASURES}
    shares = [[name, *(f"{share:.0%}" for share in of.values())] for name, of in ranges.items()]
    print(table(["ranges that held", *MEASURES], shares))
    print()
    spans = [[name, *(f"{low:.2f} to {high:.2f}" for low, high in of.values())] for name, of in likely.items()]
    print(table(["likely ÷ true", *MEASURES], spans))
    counted = {"corpora": given.corpora, "first": given.first, "stated": STATED}
    save(given.json, {**counted, "held": ranges, "likely_over_truth": likely})


if __name__ == "__main__":
    main()
