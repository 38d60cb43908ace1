"""What a local embedding model costs: one text at a time, as a run asks it, beside batches of the same library.

    python benchmarks/local_embedding.py FOLDER ... [--texts 114] [--rounds 3] [--json FILE]

Processor seconds on one thread, medians of the rounds. A text's vector should not depend on what is asked beside it:
`changed` is the share of the stored 16-bit numbers that a batch gives otherwise than the text alone.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np

from benchmarks.retrieval import passages
from benchmarks.rounds import arguments, in_turn, median, positive, save, table, timed
from generation_functions import ModelSpec
from generation_functions.models.local.engines import load_engine
from generation_functions.models.local.folder import read_folder

BATCHES = (8, 32)


def measured(folder: str, texts: Sequence[str], rounds: int) -> dict[str, Any]:
    """Seconds to load, and to embed the texts alone and in batches, in turn after a round that does not count."""
    spec = ModelSpec(provider="local", mode="embedding", model=folder)
    before = time.process_time()
    engine = load_engine(read_folder(spec), None)
    loading = time.process_time() - before
    engine.begin()
    ways: dict[int, Callable[[], Any]] = {1: lambda: np.stack([engine.embed(text).vector for text in texts])}
    ways |= {size: partial(_batched, engine, texts, size) for size in BATCHES}
    vectors = {size: way() for size, way in ways.items()}
    found = in_turn(rounds, **{str(size): partial(timed, way, time.process_time) for size, way in ways.items()})
    seconds = {size: round(median(found[str(size)], "seconds"), 3) for size in ways}
    changed = {size: round(float((_stored(vectors[size]) != _stored(vectors[1])).mean()), 5) for size in BATCHES}
    batches = {size: {"seconds": seconds[size], "changed": changed[size]} for size in BATCHES}
    return {"loading_s": round(loading, 2), "alone_s": seconds[1], "batches": batches}


def _stored(vectors: Any) -> Any:
    return vectors.astype("<f2")


def _batched(engine: Any, texts: Sequence[str], size: int) -> Any:
    """As the library does it by itself: sorted by length, padded to the longest of a batch."""
    model = engine._model
    if hasattr(model, "preprocess"):
        return model.encode(list(texts), batch_size=size, show_progress_bar=False)
    return model.encode(list(texts), batch_size=size, use_multiprocessing=False)


async def main() -> None:
    """Measure, and print the table."""
    parser = arguments(__doc__, rounds=3)
    parser.add_argument("folders", nargs="+", metavar="FOLDER", help="local embedding models")
    parser.add_argument("--texts", type=positive, default=114, help="passages of the sample documents (%(default)s)")
    given = parser.parse_args()
    own = [passage.text for passage in await passages()]
    texts = [own[number % len(own)] for number in range(given.texts)]
    results = {Path(folder).name: measured(folder, texts, given.rounds) for folder in given.folders}
    lines = [
        (name, of["loading_s"], of["alone_s"], *(each[what] for each in of["batches"].values() for what in each))
        for name, of in results.items()
    ]
    header = [
        "",
        "load, s",
        "alone, s",
        *(head for size in BATCHES for head in (f"in batches of {size}, s", f"changed by {size}")),
    ]
    print(table(header, lines))
    save(given.json, {"texts": len(texts), "rounds": given.rounds, "models": results})


if __name__ == "__main__":
    asyncio.run(main())
