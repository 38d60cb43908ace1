"""A map in two dimensions in which what is near in the vectors is near on paper.

Neighbours attract and random pairs repel one another, as in UMAP (McInnes, Healy and Melville, 2018), from a start at
the two main directions of the vectors. Only who is whose neighbour means something; distances across the map do not.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, pi, sin, sqrt
from random import Random
from typing import TypeAlias

from generation_functions.report.vectors import Vector

Point: TypeAlias = tuple[float, float]

_EPOCHS = 120
_REPELLED = 2
_A, _B = 1.577, 0.895
"""The curve of attraction of UMAP at its usual spacing of 0.1."""
_MOST_PUSH = 4.0
_ROUNDS = 15


def layout_of(
    vectors: Sequence[Vector], neighbours: Sequence[Sequence[tuple[int, float]]], *, seed: int
) -> list[Point]:
    """A point for each vector, both coordinates within 0 and 1; the same for the same input and seed."""
    draw = Random(seed)
    places = [[10 * x, 10 * y] for x, y in main_directions(vectors, draw)]
    edges = [(a, b, near) for a, around in enumerate(neighbours) for b, near in around if near > 0]
    for epoch in range(_EPOCHS if len(vectors) > 2 else 0):
        pace = 1 - epoch / _EPOCHS
        for a, b, near in edges:
            if draw.random() < near * 2:
                _attract(places[a], places[b], pace)
                for _ in range(_REPELLED):
                    _repel(places[a], places[draw.randrange(len(places))], pace)
    return _within_one(places)


def main_directions(vectors: Sequence[Vector], draw: Random) -> list[Point]:
    """Where each vector lies along the two directions in which they differ most, within -1 and 1.

    Power iteration on the centred vectors. Vectors that do not differ are put on a circle.
    """
    words = sorted({word for vector in vectors for word in vector})
    count = max(1, len(vectors))
    mean = dict.fromkeys(words, 0.0)
    for vector in vectors:
        for word, weight in vector.items():
            mean[word] += weight / count
    first = _direction(vectors, mean, [], draw)
    second = _direction(vectors, mean, [first], draw)
    along = [_scaled(_along(vectors, mean, axis)) for axis in (first, second)]
    if not any(any(axis) for axis in along):
        return [(cos(2 * pi * number / count), sin(2 * pi * number / count)) for number in range(len(vectors))]
    # Equal vectors must be able to part: points in the same place would stay there.
    return [(x + draw.uniform(-0.05, 0.05), y + draw.uniform(-0.05, 0.05)) for x, y in zip(*along, strict=True)]


def _direction(vectors: Sequence[Vector], mean: Vector, others: Sequence[Vector], draw: Random) -> Vector:
    axis = {word: draw.gauss(0, 1) for word in mean}
    for _ in range(_ROUNDS):
        for other in others:
            part = sum(axis[word] * other[word] for word in axis)
            axis = {word: weight - part * other[word] for word, weight in axis.items()}
        along = _along(vectors, mean, axis)
        shift = sum(along)
        axis = {word: -shift * weight for word, weight in mean.items()}
        for vector, value in zip(vectors, along, strict=True):
            for word, weight in vector.items():
                axis[word] += value * weight
        length = sqrt(sum(weight * weight for weight in axis.values()))
        if length < 1e-12:
            return dict.fromkeys(mean, 0.0)
        axis = {word: weight / length for word, weight in axis.items()}
    return axis


def _along(vectors: Sequence[Vector], mean: Vector, axis: Vector) -> list[float]:
    middle = sum(mean[word] * axis[word] for word in mean)
    return [sum(weight * axis[word] for word, weight in vector.items()) - middle for vector in vectors]


def _scaled(values: Sequence[float]) -> list[float]:
    most = max(map(abs, values), default=0.0)
    return [value / most if most > 1e-9 else 0.0 for value in values]


def _attract(point: list[float], other: list[float], pace: float) -> None:
    dx, dy = point[0] - other[0], point[1] - other[1]
    square = dx * dx + dy * dy
    if square > 0:
        force = -2 * _A * _B * square ** (_B - 1) / (1 + _A * square**_B) * pace
        x, y = _bounded(force * dx), _bounded(force * dy)
        point[0] += x
        point[1] += y
        other[0] -= x
        other[1] -= y


def _repel(point: list[float], other: list[float], pace: float) -> None:
    dx, dy = point[0] - other[0], point[1] - other[1]
    square = dx * dx + dy * dy
    if square > 0:
        force = 2 * _B / ((0.001 + square) * (1 + _A * square**_B)) * pace
        point[0] += _bounded(force * dx)
        point[1] += _bounded(force * dy)


def _bounded(push: float) -> float:
    return max(-_MOST_PUSH, min(_MOST_PUSH, push))


def _within_one(places: Sequence[Sequence[float]]) -> list[Point]:
    """Both coordinates within 0 and 1: half where a point lies, half its rank, so that no far group takes the room."""
    axes = [_spread([place[axis] for place in places]) for axis in (0, 1)]
    return list(zip(*axes, strict=True))


def _spread(values: Sequence[float]) -> list[float]:
    if not values:
        return []
    least, room = min(values), (max(values) - min(values)) or 1.0
    ranked = sorted(range(len(values)), key=lambda index: (values[index], index))
    rank = {index: number / max(1, len(values) - 1) for number, index in enumerate(ranked)}
    return [round(((value - least) / room + rank[index]) / 2, 4) for index, value in enumerate(values)]
