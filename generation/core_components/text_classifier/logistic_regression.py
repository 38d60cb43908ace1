"""Multinomial logistic regression with an L2 penalty, fitted by L-BFGS.

Nocedal and Wright, *Numerical Optimization*, ch. 7.2: two-loop recursion, with a line search that only goes back.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

import numpy as np

from generation.core_components.text_classifier.features import Rows

Array = np.ndarray[Any, Any]

MEMORY = 8
MOST_STEPS = 300
SMALL = 1e-5


def fit(rows: Rows, labels: Array, classes: int, columns: int, *, strength: float) -> Array:
    """Weights of the shape (columns, classes).

    labels    the class of each row, 0 to `classes` - 1
    strength  how far the rows are followed, against weights of 0; classes weigh alike, however many rows each has
    """
    truth = np.eye(classes)[labels]
    present = np.bincount(labels, minlength=classes)
    weight = (len(labels) / (max(1, np.count_nonzero(present)) * np.maximum(present, 1)))[labels][:, None]
    penalty = np.full((columns, 1), 1 / (strength * len(labels)))
    penalty[0] = 1e-6  # the constant column says how common a class is, and is hardly held back

    def loss(flat: Array) -> tuple[float, Array]:
        weights = flat.reshape(columns, classes)
        scores = rows.times(weights)
        logs = scores - _log_sum(scores)
        value = -float((weight * truth * logs).sum()) / len(labels) + 0.5 * float((penalty * weights**2).sum())
        slope = rows.transposed_times(weight * (np.exp(logs) - truth), columns) / len(labels) + penalty * weights
        return value, slope.ravel()

    return minimum(loss, np.zeros(columns * classes)).reshape(columns, classes)


def probabilities(scores: Array) -> Array:
    """Softmax of each row."""
    return np.asarray(np.exp(scores - _log_sum(scores)))


def minimum(loss: Callable[[Array], tuple[float, Array]], start: Array) -> Array:
    """Where a smooth convex function is least; `loss` gives its value and its slope."""
    at, (value, slope) = start, loss(start)
    past: deque[tuple[Array, Array]] = deque(maxlen=MEMORY)
    for _ in range(MOST_STEPS):
        if float(np.abs(slope).max()) < SMALL:
            break
        direction = -_scaled(slope, past)
        step, moved = 1.0, loss(at + direction)
        while moved[0] > value + 1e-4 * step * float(slope @ direction) and step > 1e-10:
            step *= 0.5
            moved = loss(at + step * direction)
        change, turn = step * direction, moved[1] - slope
        if float(change @ turn) > 1e-14:
            past.append((change, turn))
        at, (value, slope) = at + change, moved
        if step <= 1e-10:
            break
    return at


def _scaled(slope: Array, past: deque[tuple[Array, Array]]) -> Array:
    """The slope, times what the last steps tell of the inverse of the second derivative."""
    result, factors = slope.copy(), list[float]()
    for change, turn in reversed(past):
        factors.append(float(change @ result) / float(change @ turn))
        result -= factors[-1] * turn
    if past:
        change, turn = past[-1]
        result *= float(change @ turn) / float(turn @ turn)
    for (change, turn), factor in zip(past, reversed(factors), strict=True):
        result += (factor - float(turn @ result) / float(change @ turn)) * change
    return result


def _log_sum(scores: Array) -> Array:
    most = scores.max(axis=1, keepdims=True)
    return np.asarray(most + np.log(np.exp(scores - most).sum(axis=1, keepdims=True)))
