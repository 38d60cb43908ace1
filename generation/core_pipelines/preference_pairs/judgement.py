"""What the judge's two comparisons of a pair say together, and how far the place of an answer sways the judge."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from statistics import fmean
from typing import Any

import orjson

from generation_functions import Row, Run
from generation_functions.run.manifest import write_atomically

BIAS_FILE = "position_bias.json"
SETTLE = "settle"


def settled(row: Row) -> dict[str, Any]:
    """Both comparisons as one judgement: for each order which place won, the margin, scores and reasons.

    `margin` is the mean score of the chosen answer less that of the rejected one, -9 to 9.
    """
    forward, swapped = row["compare"], row["compare_swapped"]
    chosen = fmean((forward["scores"][0], swapped["scores"][1]))
    rejected = fmean((forward["scores"][1], swapped["scores"][0]))
    places = [{"A": "first", "B": "second", "tie": "tie"}[each["verdict"]] for each in (forward, swapped)]
    judged = {
        "margin": round(chosen - rejected, 2), "scores": {"chosen": chosen, "rejected": rejected},
        "reasons": [forward["reason"], swapped["reason"]],
    }  # fmt: skip
    return {
        "places": places, "points": [forward["scores"], swapped["scores"]], "margin": judged["margin"],
        "metadata": {**row["metadata"], **row["pair"], **judged},
    }  # fmt: skip


def clearly_better(row: Row, *, least_margin: float) -> tuple[bool, str]:
    """Whether the chosen answer won in both orders, and by enough."""
    verdict = VERDICTS.get(tuple(row["places"]), "the verdict changes with the order")
    if verdict:
        return False, verdict
    return row["margin"] >= least_margin, f"margin below {least_margin:g}"


VERDICTS: Mapping[tuple[str, ...], str] = {
    ("first", "second"): "",
    ("second", "first"): "the judge prefers the other answer",
    ("tie", "tie"): "the judge sees no difference",
}
"""Which place won when the chosen answer stood first, and when it stood second → why the pair is dropped, if it is."""


def position_bias(judged: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """How far the place of an answer sways the judge, from pairs that were each compared in both orders.

    first, second, tie   shares of the comparisons that the place won; without bias first and second are equal
    swayed_to_first      share of pairs where both orders chose the first place: the order alone decided
    consistent           share of pairs with one verdict in both orders
    points               mean score of the first place less that of the second; each answer stood once in each
    """
    pairs = list(judged)
    if not pairs:
        return {"pairs": 0}
    won = Counter(place for pair in pairs for place in pair["places"])
    both = Counter(tuple(pair["places"]) for pair in pairs)
    points = fmean(first - second for pair in pairs for first, second in pair["points"])
    share = {place: round(won[place] / (2 * len(pairs)), 3) for place in ("first", "second", "tie")}
    return {
        "pairs": len(pairs), **share,
        "swayed_to_first": round(both["first", "first"] / len(pairs), 3),
        "swayed_to_second": round(both["second", "second"] / len(pairs), 3),
        "consistent": round(sum(both[way] for way in VERDICTS) / len(pairs), 3),
        "points": round(points, 2),
    }  # fmt: skip


def report_bias(run: Run) -> None:
    """Measure the judge over all pairs it compared, kept or not; tell it in the log and beside the dataset."""
    folder = run.folder
    found = folder.store.query(
        "SELECT fields FROM rows WHERE step = ? AND status = 'kept' AND run_attempt = ? ORDER BY place, key",
        (SETTLE, folder.run_attempt),
    )
    bias = position_bias(orjson.loads(fields) for (fields,) in found)
    if not bias["pairs"]:
        return
    run.log(
        f"position bias of the judge, {bias['pairs']} pairs in both orders: the first place won {bias['first']:.0%},"
        f" the second {bias['second']:.0%}; {bias['consistent']:.0%} of the pairs got one verdict"
    )
    path: Path = folder.path / "datasets" / BIAS_FILE
    write_atomically(path, orjson.dumps(bias, option=orjson.OPT_INDENT_2) + b"\n")


def as_preference(row: Row) -> dict[str, Any]:
    """A row of the dataset: `prompt`, `chosen` and `rejected`, each a list of messages."""
    answers = {name: [{"role": "assistant", "content": row[name]}] for name in ("chosen", "rejected")}
    return {"prompt": row["prompt"], **answers}
