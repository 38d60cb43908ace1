"""Groups of rows about the same things, named by their telling words: seeded k-means on the sphere of directions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from random import Random

from generation_functions.report.vectors import Vector, cosine, normalised

MOST_TOPICS = 7
_ROWS_A_TOPIC = 12
_ROUNDS = 12
_NAME_WORDS = 3
_NONE = -1


def topics_of(vectors: Sequence[Vector], *, seed: int) -> tuple[list[int], list[tuple[str, ...]]]:
    """The topic of each vector, and each topic's words; the largest topic is number 0.

    Vectors that have nothing in common with any topic share one more, the last, which has no words.
    """
    filled = [index for index, vector in enumerate(vectors) if vector]
    count = min(MOST_TOPICS, len(filled) // _ROWS_A_TOPIC)
    if count < 2:
        return [0] * len(vectors), [_words(_centre(vectors), [])] if vectors else []
    centres = _first_centres([vectors[index] for index in filled], count, Random(seed))
    labels: list[int] = []
    for _ in range(_ROUNDS):
        nearest = [_nearest(vector, centres) for vector in vectors]
        if nearest == labels:
            break
        labels = nearest
        members = [
            [v for v, label in zip(vectors, labels, strict=True) if label == topic] for topic in range(len(centres))
        ]
        centres = [_centre(own) if own else centre for own, centre in zip(members, centres, strict=True)]
    return _named(labels, centres)


def _named(labels: Sequence[int], centres: Sequence[Vector]) -> tuple[list[int], list[tuple[str, ...]]]:
    sizes = Counter(label for label in labels if label != _NONE)
    order = sorted(sizes, key=lambda topic: (-sizes[topic], topic))
    place = {topic: number for number, topic in enumerate(order)} | {_NONE: len(order)}
    names = [_words(centres[topic], [centres[other] for other in order if other != topic]) for topic in order]
    return [place[label] for label in labels], [*names, *([()] if _NONE in labels else [])]


def _first_centres(vectors: Sequence[Vector], count: int, draw: Random) -> list[Vector]:
    """Each far from those before it, as k-means++ draws them (Arthur and Vassilvitskii, 2007)."""
    centres = [vectors[draw.randrange(len(vectors))]]
    far = [1.0] * len(vectors)
    while len(centres) < count:
        far = [min(old, max(0.0, 1 - cosine(v, centres[-1]))) for old, v in zip(far, vectors, strict=True)]
        weights = [distance * distance for distance in far]
        if not sum(weights):
            break
        centres.append(draw.choices(vectors, weights)[0])
    return centres


def _nearest(vector: Vector, centres: Sequence[Vector]) -> int:
    nearness = [round(cosine(vector, centre), 9) for centre in centres]
    return nearness.index(max(nearness)) if max(nearness) > 0 else _NONE


def _centre(vectors: Sequence[Vector]) -> Vector:
    total: Vector = {}
    for vector in vectors:
        for word, weight in vector.items():
            total[word] = total.get(word, 0.0) + weight
    return normalised(total)


def _words(centre: Vector, others: Sequence[Vector]) -> tuple[str, ...]:
    telling = {word: weight - max((o.get(word, 0.0) for o in others), default=0.0) for word, weight in centre.items()}
    return tuple(sorted(telling, key=lambda word: (-round(telling[word], 9), word))[:_NAME_WORDS])
