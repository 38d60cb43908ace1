"""How varied the rows are: a map of a sample of them, what they are about, and how near each is to its nearest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from generation_functions.report.entry import Entry
from generation_functions.report.layout import layout_of
from generation_functions.report.topics import topics_of
from generation_functions.report.vectors import Vector, neighbours_of, vectors_of

_NEIGHBOURS = 8
_NAME_LENGTH = 90
_MOST_WORDS = 400


@dataclass(frozen=True)
class MapPoint:
    """One row on the map: its index in the dataset, where it lies (0 to 1), its topic, and its first words."""

    index: int
    x: float
    y: float
    topic: int
    words: str


@dataclass(frozen=True)
class Topic:
    """Words that set a group of rows apart, and its size in the sample."""

    words: tuple[str, ...]
    rows: int


@dataclass(frozen=True)
class Diversity:
    """A sample of `rows` rows as a map. Cosines are of TF-IDF vectors: 0 nothing in common, 1 the same words.

    nearest  the median row's cosine with the row nearest to it
    overall  the mean cosine of two rows
    """

    rows: int
    points: tuple[MapPoint, ...]
    topics: tuple[Topic, ...]
    nearest: float
    overall: float


def diversity_of(entries: Sequence[Entry], *, seed: int) -> Diversity:
    """The map of the given rows."""
    vectors = vectors_of([entry.said[:_MOST_WORDS] for entry in entries])
    neighbours = neighbours_of(vectors, _NEIGHBOURS)
    labels, names = topics_of(vectors, seed=seed)
    places = layout_of(vectors, neighbours, seed=seed)
    points = tuple(
        MapPoint(entry.index, x, y, label, _name(entry))
        for entry, (x, y), label in zip(entries, places, labels, strict=True)
    )
    sizes = Counter(labels)
    topics = tuple(Topic(words, sizes[number]) for number, words in enumerate(names)) if entries else ()
    nearest = [around[0][1] if around else 0.0 for around in neighbours]
    return Diversity(
        len(entries), points, topics, round(median(nearest), 4) if nearest else 0.0, round(_overall(vectors), 4)
    )


def _overall(vectors: Sequence[Vector]) -> float:
    """The mean over all pairs, from the length of the sum: no pair is looked at."""
    total: Counter[str] = Counter()
    for vector in vectors:
        for word, weight in vector.items():
            total[word] += weight  # type: ignore[assignment]
    count = len(vectors)
    own = sum(weight * weight for vector in vectors for weight in vector.values())
    whole = sum(weight * weight for weight in total.values())
    return max(0.0, (whole - own) / (count * (count - 1))) if count > 1 else 0.0


def _name(entry: Entry) -> str:
    said = " ".join((entry.questions or [entry.text])[0][: 4 * _NAME_LENGTH].split())
    return said if len(said) <= _NAME_LENGTH else said[: _NAME_LENGTH - 1] + "…"
