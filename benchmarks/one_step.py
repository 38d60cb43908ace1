"""What is measured: a run of one step over so many rows, with its store, lineage, parsing and export.

    python benchmarks/one_step.py BASE_URL FOLDER --rows 20000 --in-flight 256 [--profile FILE]

Prints its seconds and processor seconds, imports apart, as JSON.
"""

from __future__ import annotations

import argparse
import asyncio
import cProfile
import json
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.bare_loop import FACT, SYSTEM
from generation_functions import Model, PipelineStep, Prompt, Row, Run
from generation_functions.models import ModelSpec

ASK = "{name} Say what this tells us of tides.\n\n{text}"


def own_answer(answer: str, row: Row) -> str | None:
    """What is wrong with an answer that is not the row's own."""
    return None if answer.startswith(f"{row['name']} ") else f"an answer about {answer[:20]!r}"


answer_step = PipelineStep("answer", prompt=Prompt.of(ASK, system=SYSTEM), into="answer", validate=own_answer)


def as_conversation(row: Row) -> dict[str, object]:
    """A row as it is written."""
    return {"messages": [{"role": "user", "content": row["text"]}, {"role": "assistant", "content": row["answer"]}]}


async def whole_run(base_url: str, folder: Path, rows: int, in_flight: int) -> None:
    """Ask about every row and write the dataset."""
    model = Model("fast", ModelSpec(model="fast", base_url=base_url, api_key="none", max_in_flight=in_flight))
    async with Run(folder) as run:
        source = run.rows({"name": f"row-{number}", "text": FACT * 9} for number in range(rows))
        dataset = await run.write(source.through(answer_step, model=model), "answers", as_conversation)
    assert dataset.rows == rows, f"{dataset.rows} of {rows} rows were written"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("base_url", metavar="BASE_URL", help="the address of an endpoint, with its /v1")
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="the run's, which is not there yet")
    parser.add_argument("--rows", type=int, default=20_000, help="rows to ask about (%(default)s)")
    parser.add_argument("--in-flight", type=int, default=256, help="calls open at once (%(default)s)")
    parser.add_argument("--profile", type=Path, metavar="FILE", help="write a profile of it here")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:  # once unmeasured: imports happen where they are needed
        asyncio.run(whole_run(given.base_url, Path(folder), 8, 8))
    profile = cProfile.Profile()
    if given.profile:
        profile.enable()
    began, used = time.perf_counter(), time.process_time()
    asyncio.run(whole_run(given.base_url, given.folder, given.rows, given.in_flight))
    print(json.dumps({"seconds": time.perf_counter() - began, "processor_s": time.process_time() - used}))
    if given.profile:
        profile.dump_stats(given.profile)


if __name__ == "__main__":
    main()
