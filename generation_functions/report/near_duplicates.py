"""Rows that say nearly the same, in clusters: those that `.deduplicate()` would drop, with the row each repeats."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

from generation_functions.duplicates import DuplicateIndex

THRESHOLD = 0.8
SHOWN = 8
_FIRST = 3


@dataclass(frozen=True)
class Cluster:
    """Rows that resemble the first of them: how many, and the indexes of the first few in the dataset's order."""

    size: int
    first: tuple[int, ...]
    identical: bool


@dataclass(frozen=True)
class Duplicates:
    """`redundant` rows could go and leave one of each cluster; `identical` of them say word for word the same as one.

    `rows` were compared; `threshold` is the share of three-word runs that two rows of a cluster have in common.
    """

    rows: int
    threshold: float
    redundant: int
    identical: int
    clusters: tuple[Cluster, ...]
    cluster_count: int


class DuplicateFinder:
    """Finds clusters as rows come. About 2 KB a row beside its text."""

    def __init__(self, threshold: float = THRESHOLD) -> None:
        self._threshold = threshold
        self._index = DuplicateIndex(threshold)
        self._members: list[list[int]] = []
        self._different: list[bool] = []
        self._seen: set[bytes] = set()
        self._rows = self._identical = 0

    def add(self, index: int, words: Sequence[str]) -> None:
        """Take in a row by its index in the dataset and its words. A row without words has no duplicate."""
        if not words:
            return
        text = " ".join(words)
        digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        is_twin = digest in self._seen
        self._seen.add(digest)
        self._rows += 1
        self._identical += is_twin
        found = self._index.add(text)
        if found is None:
            self._members.append([index])
            self._different.append(False)
        else:
            self._members[found.of].append(index)
            self._different[found.of] |= not is_twin

    def duplicates(self) -> Duplicates:
        """The clusters of two rows and more, the largest first."""
        clusters = sorted(
            (number for number, members in enumerate(self._members) if len(members) > 1),
            key=lambda number: (-len(self._members[number]), self._members[number][0]),
        )
        return Duplicates(
            self._rows,
            self._threshold,
            self._rows - len(self._members),
            self._identical,
            tuple(self._cluster(number) for number in clusters[:SHOWN]),
            len(clusters),
        )

    def _cluster(self, number: int) -> Cluster:
        members = self._members[number]
        return Cluster(len(members), tuple(members[:_FIRST]), not self._different[number])
