"""Rows that say nearly the same: clusters by the share of word runs that two rows have in common.

Each row keeps a sketch: the lowest hashes of its word runs (Broder, "On the resemblance and containment of documents",
1997; bottom-k sketches). Rows that share one of their very lowest hashes are compared, sketch against sketch. A sketch
holds a short text's runs whole, so the resemblance of short texts is exact; of long ones it is an estimate, with a
standard error of at most 0.05.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

from generation_functions.report.words import shingle_hashes

THRESHOLD = 0.8
SHOWN = 8
_SKETCH = 100
_LOWEST = 6
_COMPARED = 12


@dataclass(frozen=True)
class Cluster:
    """Rows that resemble one another: how many, and the indexes of the first few in the order of the dataset."""

    size: int
    first: tuple[int, ...]
    identical: bool


@dataclass(frozen=True)
class Duplicates:
    """`redundant` rows could go and leave one of each cluster; `identical` of them say word for word the same."""

    rows: int
    threshold: float
    redundant: int
    identical: int
    clusters: tuple[Cluster, ...]
    cluster_count: int


class DuplicateFinder:
    """Finds clusters as rows come. About half a kilobyte a row."""

    def __init__(self, threshold: float = THRESHOLD) -> None:
        self._threshold = threshold
        self._sketches: list[array[int]] = []
        self._indexes: list[int] = []
        self._leader: list[int] = []
        self._by_hash: dict[int, list[int]] = {}
        self._whole: dict[int, int] = {}
        self._same: list[bool] = []

    def add(self, index: int, words: Sequence[str]) -> None:
        """Take in a row by its index in the dataset and its words. A row without words has no duplicate."""
        if not words:
            return
        number = len(self._indexes)
        self._indexes.append(index)
        twin = self._whole.setdefault(hash_of(words), number)
        self._same.append(twin != number)
        if twin != number:
            self._sketches.append(self._sketches[twin])
            self._leader.append(self._leader[twin])
            return
        hashes = sorted(shingle_hashes(words))[:_SKETCH]
        self._sketches.append(array("I", hashes))
        self._leader.append(number)
        self._join_with_like(number, hashes)

    def _join_with_like(self, number: int, hashes: Sequence[int]) -> None:
        own, compared = set(hashes), set[int]()
        for low in hashes[:_LOWEST]:
            bucket = self._by_hash.setdefault(low, [])
            for other in bucket:
                if other not in compared:
                    compared.add(other)
                    if resemblance(own, self._sketches[other]) >= self._threshold:
                        self._leader[number] = self._leader[other]
                        return
            # A run that very many rows begin with must not make every row a candidate of every other.
            if len(bucket) < _COMPARED:
                bucket.append(number)

    def duplicates(self) -> Duplicates:
        """The clusters of two rows and more, the largest first."""
        members: dict[int, list[int]] = {}
        for number, leader in enumerate(self._leader):
            members.setdefault(leader, []).append(number)
        clusters = sorted((m for m in members.values() if len(m) > 1), key=lambda m: (-len(m), m[0]))
        return Duplicates(
            len(self._indexes),
            self._threshold,
            sum(len(numbers) - 1 for numbers in clusters),
            sum(self._same),
            tuple(self._cluster(numbers) for numbers in clusters[:SHOWN]),
            len(clusters),
        )

    def _cluster(self, numbers: Sequence[int]) -> Cluster:
        first = tuple(self._indexes[number] for number in numbers[:3])
        return Cluster(len(numbers), first, all(self._same[number] for number in numbers[1:]))


def resemblance(first: set[int], second: Sequence[int]) -> float:
    """The share of runs in common (Jaccard), told from two bottom-k sketches: exact where both are whole."""
    union = first.union(second)
    if len(first) >= _SKETCH or len(second) >= _SKETCH:
        lowest = sorted(union)[:_SKETCH]
        return len(first.intersection(second).intersection(lowest)) / len(lowest)
    return (len(first) + len(second) - len(union)) / len(union) if union else 0.0


def hash_of(words: Sequence[str]) -> int:
    """64 bits of a text's words, so that equal texts are found without keeping them."""
    text = " ".join(words).encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(text, digest_size=8).digest(), "big")
