"""BM25: passages ranked by the words they share with a query, rarer words counting more.

Scores are whole numbers, so they are equal on every machine. How much a word counts moves in steps of half a power of
two of how many passages have it, and so does the mean length: one more document changes next to no score, and what a
pipeline found for the others stays as it was.

Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable
from math import log2
from typing import Any, TypeAlias

import numpy as np

Scores: TypeAlias = np.ndarray[Any, np.dtype[Any]]

SATURATION, LENGTH_WEIGHT = 1.2, 0.75
MOST_QUERY_TERMS = 48
_MOST_REPEATS = 3
_IMPACT_UNIT = 1000


class Postings:
    """An inverted index over passages, each given as its counted terms."""

    def __init__(self, documents: Iterable[Counter[str]]) -> None:
        self.terms: dict[str, int] = {}
        rows, columns, counts, self.ends = array("i"), array("i"), array("i"), array("q", [0])
        for number, document in enumerate(documents):
            for term, count in document.items():
                columns.append(self.terms.setdefault(term, len(self.terms)))
                rows.append(number)
                counts.append(count)
            self.ends.append(len(columns))
        self.size = len(self.ends) - 1
        self.columns, self.counts = _numbers(columns), _numbers(counts)
        self._sort(_numbers(rows))

    def _sort(self, rows: Scores) -> None:
        order = np.argsort(self.columns, kind="stable")
        frequencies = np.bincount(self.columns, minlength=len(self.terms))
        self.starts = np.concatenate(([0], np.cumsum(frequencies)))
        self.weights = _weights(frequencies, self.size)
        self.passages, impacts = rows[order], _impacts(rows, self.counts, self.size)
        self.impacts = impacts[order]

    def chosen(self, query: Counter[str], most: int = MOST_QUERY_TERMS) -> list[tuple[int, int]]:
        """The query's weightiest terms that any passage has, as their numbers and weights."""
        known = [
            (self.terms[term], term, min(count, _MOST_REPEATS)) for term, count in query.items() if term in self.terms
        ]
        weighed = [(int(self.weights[number]) * count, term, number) for number, term, count in known]
        return [(number, weight) for weight, _, number in sorted(weighed, key=lambda each: (-each[0], each[1]))[:most]]

    def scores(self, query: Counter[str]) -> Scores:
        """A whole number for each passage; 0 where it shares no term with the query."""
        scores = np.zeros(self.size, dtype=np.int64)
        for number, weight in self.chosen(query):
            posting = slice(self.starts[number], self.starts[number + 1])
            scores[self.passages[posting]] += weight * self.impacts[posting]
        return scores


def _numbers(values: array[int]) -> Scores:
    return np.frombuffer(values, dtype=np.int32) if values else np.zeros(0, dtype=np.int32)


def _weights(frequencies: Scores, size: int) -> Scores:
    """How much each term counts, in half bits; 1 for one that every passage has."""
    whole = round(2 * log2(max(size, 1)))
    steps = [whole - round(2 * log2(max(frequency, 1))) for frequency in range(1, int(frequencies.max(initial=1)) + 1)]
    return np.array([1 + max(step, 0) for step in steps], dtype=np.int64)[frequencies - 1]


def _impacts(rows: Scores, counts: Scores, size: int) -> Scores:
    """What each posting adds to a score: a term's count, held down by saturation and by its passage's length."""
    lengths = np.bincount(rows, weights=counts, minlength=size)
    mean = 2 ** (round(2 * log2(max(float(lengths.sum()) / max(size, 1), 1))) / 2)
    norm = SATURATION * (1 - LENGTH_WEIGHT + LENGTH_WEIGHT * lengths[rows] / mean)
    return np.rint(_IMPACT_UNIT * counts * (SATURATION + 1) / (counts + norm)).astype(np.int64)
