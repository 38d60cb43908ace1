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
    reached, lost, without = store.query(_FATES, (run_attempt,))[0]
    alike = AlikeReasons()
    if lost:
        depth = {step: index for index, step in enumerate(steps)}
        for step, reason in _last_losses(store, run_attempt, depth).values():
            alike.add(f"{step}: {reason}")
    reasons = alike.counts
    if without:
        reasons["not worked on in this attempt"] = without
    return {
        "rows": reached + sum(reasons.values()),
        "in_dataset": reached,
        "not_in_dataset": dict(sorted(reasons.items(), key=lambda item: (-item[1], item[0]))),
    }


# The database compares roots by the million on its own; here they would fill the memory. What stands between the name
# of a dataset's step and the next is that of all of them, told sooner than by LIKE.
_IN_DATASET = f"status = 'kept' AND step >= '{DATASET_PREFIX}' AND step < '{DATASET_PREFIX[:-1]};'"
_LOST = "status != 'kept' AND step != 'read'"
_FATES = f"""
    SELECT COALESCE(SUM(reached), 0), COALESCE(SUM(lost AND NOT reached), 0),
           COALESCE(SUM(worked_on AND NOT reached AND NOT lost AND NOT cut_up), 0)
    FROM (SELECT MAX(reached) AS reached, MAX(lost) AS lost, MAX(worked_on) AS worked_on, MAX(cut_up) AS cut_up
          FROM (SELECT root, {_IN_DATASET} AS reached, {_LOST} AS lost, 0 AS cut_up,
                       -- what a step made that was asked once for the whole run came from no source
                       status = 'kept' AND (from_step != '' OR exchanges = '') AS worked_on
                FROM rows NOT INDEXED WHERE run_attempt = ?
                UNION ALL SELECT from_key, 0, 0, 1, 0 FROM rows WHERE step = 'chunk')
          GROUP BY root)
"""
"""In one pass over all rows: how many sources reached a dataset, were lost, and neither."""


def _last_losses(store: StoreReader, run_attempt: int, depth: dict[str, int]) -> dict[str, tuple[str, str]]:
    found = store.stream(
        f"SELECT root, step, COALESCE(reason, 'no reason given') FROM rows WHERE run_attempt = ? AND {_LOST}"
        f" AND root NOT IN (SELECT root FROM rows WHERE run_attempt = ? AND {_IN_DATASET}) ORDER BY place, step",
        (run_attempt, run_attempt),
    )
    lost: dict[str, tuple[str, str]] = {}
    same: dict[tuple[str, str], tuple[str, str]] = {}  # most rows are lost for one of a few reasons: held once
    for root, *loss in found:
        known, (step, reason) = lost.get(root), loss
        if known is None or depth.get(step, -1) > depth.get(known[0], -1):
            lost[root] = same.setdefault((step, reason), (step, reason))
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
