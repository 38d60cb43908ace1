"""Texts as sparse vectors: words, pairs of words and beginnings of words, hashed, weighed by TF-IDF, of length 1.

Hashing needs no vocabulary: a saved classifier spells out no word of the texts it was trained on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log
from typing import Any
from zlib import crc32

import numpy as np

from generation_functions.duplicates.words import words_of

BEGINNING = 5
"""Letters of a word's beginning: a stem for any language that inflects at the end."""

SEEN_ONCE_UP_TO = 40
"""With more texts than these, what stands in one of them alone is left out: it cannot tell classes apart."""

Array = np.ndarray[Any, Any]


def counts_of(text: str) -> Counter[int]:
    """How often each feature, by its hash, stands in a text."""
    words = words_of(text)
    features = [*(f"w {word}" for word in words), *(f"b {word[:BEGINNING]}" for word in words if len(word) > BEGINNING)]
    features += [f"p {one} {other}" for one, other in pairwise(words)]
    return Counter(crc32(feature.encode("utf-8", "replace")) for feature in features)


@dataclass(frozen=True)
class Rows:
    """Sparse rows: the columns and values of row `n` are those from `starts[n]` on. Column 0 is 1 in every row."""

    starts: Array
    columns: Array
    values: Array

    def times(self, weights: Array) -> Array:
        """Each row's product with `weights`, of the shape (columns, classes); gives (rows, classes)."""
        return np.stack([self._times(weights[:, c]) for c in range(weights.shape[1])], 1)

    def _times(self, weights: Array) -> Array:
        return np.asarray(np.add.reduceat(self.values * weights[self.columns], self.starts))

    def transposed_times(self, residuals: Array, columns: int) -> Array:
        """The rows' transpose times `residuals`, of the shape (rows, classes); gives (columns, classes)."""
        lengths = np.diff(np.append(self.starts, len(self.columns)))
        spread = np.repeat(residuals, lengths, axis=0)
        return np.stack(
            [np.bincount(self.columns, self.values * spread[:, c], columns) for c in range(residuals.shape[1])], 1
        )


@dataclass(frozen=True)
class Features:
    """Which features count, by sorted hash, and how much each weighs. Column `n + 1` of a row is for `hashes[n]`."""

    hashes: Array
    weights: Array

    @classmethod
    def of(cls, texts: Sequence[str]) -> Features:
        """The features of some texts, each weighed by how few of them have it."""
        found = Counter(feature for text in texts for feature in counts_of(text))
        least = 2 if len(texts) > SEEN_ONCE_UP_TO else 1
        hashes = sorted(feature for feature, count in found.items() if count >= least)
        weights = [log((1 + len(texts)) / (1 + found[feature])) + 1 for feature in hashes]
        return cls(np.array(hashes, np.int64), np.array(weights, np.float64))

    def __len__(self) -> int:
        """Columns of a row, the one of all ones included."""
        return len(self.hashes) + 1

    def rows(self, texts: Sequence[str]) -> Rows:
        """The vectors of some texts."""
        starts, columns, values = [0], list[Array](), list[Array]()
        for text in texts:
            at, row = self._row(counts_of(text))
            columns += [np.zeros(1, np.int64), at + 1]
            values += [np.ones(1), row]
            starts.append(starts[-1] + len(at) + 1)
        return Rows(np.array(starts[:-1], np.int64), np.concatenate(columns), np.concatenate(values))

    def _row(self, counts: Counter[int]) -> tuple[Array, Array]:
        hashes = np.fromiter(sorted(counts), np.int64, len(counts))
        if not len(self.hashes) or not len(hashes):
            return np.zeros(0, np.int64), np.zeros(0)
        at = np.minimum(np.searchsorted(self.hashes, hashes), len(self.hashes) - 1)
        known = self.hashes[at] == hashes
        often = np.fromiter((counts[int(each)] for each in hashes[known]), np.float64, int(known.sum()))
        row = (1 + np.log(often)) * self.weights[at[known]]
        return at[known], row / max(float(np.sqrt(row @ row)), 1e-12)
