"""How well labels are predicted: accuracy with its uncertainty, and precision, recall and F1 of every class."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

_Z = 1.96


@dataclass(frozen=True, slots=True)
class ClassScores:
    """Of one class: how many texts are of it, and how well they are found. What cannot be told (0 of 0) is None."""

    texts: int
    precision: float | None
    recall: float | None
    f1: float


@dataclass(frozen=True, slots=True)
class Scores:
    """Shares from 0 to 1. `interval` holds the true accuracy 19 times of 20; `macro_f1` weighs classes alike."""

    texts: int
    accuracy: float
    interval: tuple[float, float]
    macro_f1: float
    classes: dict[str, ClassScores]
    confusion: dict[str, dict[str, int]]

    def as_json(self) -> dict[str, Any]:
        """For a report, to four places."""
        of_classes = {
            name: {"texts": c.texts, "precision": _short(c.precision), "recall": _short(c.recall), "f1": _short(c.f1)}
            for name, c in self.classes.items()
        }
        return {
            "texts": self.texts, "accuracy": _short(self.accuracy), "interval": [_short(end) for end in self.interval],
            "macro_f1": _short(self.macro_f1), "classes": of_classes, "confusion": self.confusion,
        }  # fmt: skip


def scores_of(truth: Sequence[str], predicted: Sequence[str], classes: Sequence[str]) -> Scores:
    """Compare predicted labels with true ones; `confusion[true][predicted]` counts texts. `ValueError` for no texts."""
    if not truth:
        raise ValueError("no texts to compare labels of")
    pairs = Counter(zip(truth, predicted, strict=True))
    right = sum(count for (one, other), count in pairs.items() if one == other)
    each = {name: _of_class(name, pairs) for name in classes}
    tested = [scores.f1 for scores in each.values() if scores.texts]
    confusion = {one: {other: pairs[one, other] for other in classes if pairs[one, other]} for one in classes}
    return Scores(
        len(truth), right / len(truth), wilson(right, len(truth)), sum(tested) / len(tested), each, confusion
    )  # fmt: skip


def wilson(right: int, of: int) -> tuple[float, float]:
    """The interval that holds the true share 19 times of 20 (Wilson 1927)."""
    share, z2 = right / of, _Z * _Z / of
    middle, spread = share + z2 / 2, _Z * sqrt(share * (1 - share) / of + z2 / (4 * of))
    return max(0.0, (middle - spread) / (1 + z2)), min(1.0, (middle + spread) / (1 + z2))


def _of_class(name: str, pairs: Counter[tuple[str, str]]) -> ClassScores:
    right = pairs[name, name]
    texts = sum(count for (one, _), count in pairs.items() if one == name)
    called = sum(count for (_, other), count in pairs.items() if other == name)
    f1 = 2 * right / (texts + called) if texts + called else 0.0
    return ClassScores(texts, right / called if called else None, right / texts if texts else None, f1)


def _short(share: float | None) -> float | None:
    return None if share is None else round(share, 4)
