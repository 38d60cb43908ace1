"""What is told of a grown classifier: lines for a log, and a report for programs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generation.core_pipelines.classifier.growing import Grown


def lines(grown: Grown, required: float) -> Iterator[str]:
    """A line for each round, one for each class, and how it ended."""
    for number, each in enumerate(grown.rounds, 1):
        scores = each.scores
        yield (
            f"round {number}: trained on {each.trained_on} texts, {scores.accuracy:.1%} of {scores.texts} right,"
            f" macro-F1 {scores.macro_f1:.2f}"
        )
    for name, of_class in grown.scores.classes.items():
        if of_class.recall is not None:
            yield f"  {name}: {of_class.texts} texts, {of_class.recall:.0%} found, F1 {of_class.f1:.2f}"
    untested = [name for name, of_class in grown.scores.classes.items() if not of_class.texts]
    if untested:
        yield f"not tested: {', '.join(untested)}; no text of the test has that label, so nothing is known of it"
    low, high = grown.scores.interval
    reached = "reached" if grown.scores.accuracy >= required else "NOT reached"
    yield f"the required accuracy of {required:.0%} is {reached}; the true one is between {low:.0%} and {high:.0%}"


def report(grown: Grown, required: float) -> dict[str, Any]:
    """For `classifier/report.json`."""
    counts = {name: sum(row["label"] == name for row in grown.trained) for name in grown.classifier.classes}
    return {
        "required_accuracy": required,
        "reached": grown.scores.accuracy >= required,
        "untested": [name for name, of_class in grown.scores.classes.items() if not of_class.texts],
        "test": grown.scores.as_json(),
        "trained_on": counts,
        "rounds": [
            {"trained_on": each.trained_on, "accuracy": round(each.scores.accuracy, 4),
             "macro_f1": round(each.scores.macro_f1, 4)}
            for each in grown.rounds
        ],
    }  # fmt: skip
