"""Texts as sparse vectors of their telling words (TF-IDF), and how near they are to one another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import log, sqrt
from typing import TypeAlias

from generation_functions.report.function_words import FUNCTION_WORDS

Vector: TypeAlias = dict[str, float]
"""The weight of each telling word. Its length is 1, or 0 for a text without any."""

_LEAST_LETTERS = 3


def vectors_of(texts: Sequence[Sequence[str]]) -> list[Vector]:
    """One vector for each text, given as its words. Words of one text only cannot bring it near to another."""
    in_texts = Counter(word for words in texts for word in set(words))
    # Never 0: words that all texts share tell none apart, but they do make texts alike.
    idf = {word: log(1 + len(texts) / count) for word, count in in_texts.items() if count >= 2 and _tells(word)}
    return [_vector(Counter(word for word in words if word in idf), idf) for words in texts]


def neighbours_of(vectors: Sequence[Vector], count: int) -> list[list[tuple[int, float]]]:
    """The `count` nearest of each vector with their cosine, the nearest first; fewer where nothing is shared."""
    standing: dict[str, list[tuple[int, float]]] = {}
    for index, vector in enumerate(vectors):
        for word, weight in vector.items():
            standing.setdefault(word, []).append((index, weight))
    found = []
    for index, vector in enumerate(vectors):
        nearness: dict[int, float] = {}
        for word, weight in vector.items():
            for other, others in standing[word]:
                nearness[other] = nearness.get(other, 0.0) + weight * others
        nearness.pop(index, None)
        found.append(sorted(nearness.items(), key=lambda item: (-round(item[1], 9), item[0]))[:count])
    return found


def cosine(first: Vector, second: Vector) -> float:
    """How near two vectors are: 1 for the same direction, 0 for nothing in common."""
    small, large = (first, second) if len(first) <= len(second) else (second, first)
    return sum(weight * large[word] for word, weight in small.items() if word in large)


def normalised(vector: Vector) -> Vector:
    """The vector at length 1."""
    length = sqrt(sum(weight * weight for weight in vector.values()))
    return {word: weight / length for word, weight in vector.items()} if length else {}


def _vector(counts: Counter[str], idf: dict[str, float]) -> Vector:
    # In the words' order, so that sums of floats come out the same in every process.
    return normalised({word: (1 + log(counts[word])) * idf[word] for word in sorted(counts)})


def _tells(word: str) -> bool:
    return word not in FUNCTION_WORDS and not word.isdigit() and (len(word) >= _LEAST_LETTERS or not word.isascii())
