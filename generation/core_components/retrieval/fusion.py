"""Several rankings made one: reciprocal rank fusion. Pure.

Cormack, Clarke and Buettcher, "Reciprocal rank fusion outperforms Condorcet and individual rank learning methods",
2009.
"""

from __future__ import annotations

from collections.abc import Sequence

DAMPING = 60


def fused(rankings: Sequence[Sequence[int]], weights: Sequence[float]) -> list[tuple[int, float]]:
    """Every number in any ranking with its fused score, best first; equal ones keep the order they were met in."""
    scores: dict[int, float] = {}
    for ranking, weight in zip(rankings, weights, strict=True):
        for rank, number in enumerate(ranking, 1):
            scores[number] = scores.get(number, 0.0) + weight / (DAMPING + rank)
    return sorted(scores.items(), key=lambda item: -item[1])
