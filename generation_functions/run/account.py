"""What a store can tell of a finished attempt: which sources gave rows and why others did not, and what was paid."""

from __future__ import annotations

from collections.abc import Sequence

from generation_functions.rows import Json
from generation_functions.run.counts import AlikeReasons
from generation_functions.store import StoreReader
from generation_functions.store.history import DATASET_PREFIX


def coverage(store: StoreReader, run_attempt: int, steps: Sequence[str]) -> dict[str, Json]:
    """Source rows (chunks, records) that reached a dataset, and for each that did not, where and why it was lost.

    A source row whose rows were lost at several steps counts once, for the loss that was furthest along `steps`.
    """
    depth = {step: index for index, step in enumerate(steps)}
    ((reached,),) = store.query(f"SELECT COUNT(*) FROM ({_REACHED})", (run_attempt, f"{DATASET_PREFIX}%"))
    lost = _last_losses(store, run_attempt, depth)
    alike = AlikeReasons()
    for step, reason in lost.values():
        alike.add(f"{step}: {reason}")
    reasons = alike.counts
    if without := _without_end(store, run_attempt):
        reasons["not worked on in this attempt"] = without
    return {
        "rows": reached + sum(reasons.values()),
        "in_dataset": reached,
        "not_in_dataset": dict(sorted(reasons.items(), key=lambda item: (-item[1], item[0]))),
    }


# The database compares roots by the million on its own; here they would fill the memory.
_REACHED = "SELECT DISTINCT root FROM rows WHERE run_attempt = ? AND status = 'kept' AND step LIKE ?"
_LOST = "FROM rows WHERE run_attempt = ? AND status != 'kept' AND step != 'read'"


def _without_end(store: StoreReader, run_attempt: int) -> int:
    """How many source rows reached no dataset and were not lost either."""
    ((count,),) = store.query(
        # What a step made that was asked once for the whole run came from no source.
        "SELECT COUNT(*) FROM (SELECT root FROM rows WHERE run_attempt = ? AND status = 'kept'"
        " AND (from_step != '' OR exchanges = '')"
        f" EXCEPT {_REACHED} EXCEPT SELECT from_key FROM rows WHERE step = 'chunk' EXCEPT SELECT root {_LOST})",
        (run_attempt, run_attempt, f"{DATASET_PREFIX}%", run_attempt),
    )
    return int(count)


def _last_losses(store: StoreReader, run_attempt: int, depth: dict[str, int]) -> dict[str, tuple[str, str]]:
    found = store.stream(
        f"SELECT root, step, COALESCE(reason, 'no reason given') {_LOST} AND root NOT IN ({_REACHED})"
        " ORDER BY place, step",
        (run_attempt, run_attempt, f"{DATASET_PREFIX}%"),
    )
    lost: dict[str, tuple[str, str]] = {}
    for root, step, reason in found:
        known = lost.get(root)
        if known is None or depth.get(step, -1) > depth.get(known[0], -1):
            lost[root] = (step, reason)
    return lost


def model_totals(store: StoreReader) -> dict[str, Json]:
    """Answers, tokens and USD of each model over all attempts of the run."""
    found = store.query(
        "SELECT model, SUM(error IS NULL), SUM(input_tokens), SUM(output_tokens), SUM(cost), MAX(estimated)"
        " FROM exchanges GROUP BY model ORDER BY model"
    )
    return {
        model: {
            "answers": count, "input_tokens": tokens_in, "output_tokens": tokens_out, "cost_usd": round(cost, 6),
            "estimated": bool(estimated),
        }
        for model, count, tokens_in, tokens_out, cost, estimated in found
    }  # fmt: skip
