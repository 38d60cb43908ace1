"""Known terms that are spelt like one that no passage has: other forms of a word, parts of it, slips of the pen.

A query's word that stands in no passage finds nothing by itself. "inventor" does by "invent", "Mittellnadkanal" by
"Mittellandkanal", "slowly" by "slow". It takes letters only, and knows nothing of meaning: an embedding model does.
"""

from __future__ import annotations

from collections import Counter
from threading import Lock

import numpy as np

from generation.core_components.retrieval.letters import WORD_LENGTH, term_vectors
from generation.core_components.retrieval.postings import MOST_QUERY_TERMS, Postings, Scores

_LEAST_ALIKE = 0.35
_MOST_ALIKE = 3
_SHORTEST = 4
_WHOLE = WORD_LENGTH**2
_MOST_KEPT = 100_000


class Spellings:
    """The terms of an index by their letters. Made once, when the first unknown term comes; threads may share it."""

    def __init__(self, postings: Postings) -> None:
        self._postings = postings
        self._made: tuple[list[str], Scores] | None = None
        self._making = Lock()
        self._alike: dict[str, list[tuple[str, int]]] = {}

    def scores(self, query: Counter[str]) -> Scores:
        """A whole number for each passage: what its terms add that are alike to the query's unknown ones."""
        found = np.zeros(self._postings.size, dtype=np.int64)
        unknown = [term for term in sorted(query) if term not in self._postings.terms and len(term) >= _SHORTEST]
        for term in unknown[:MOST_QUERY_TERMS]:
            for known, nearness in self.alike(term):
                found += self._postings.scores(Counter({known: query[term]})) * nearness // _WHOLE
        return found

    def alike(self, term: str) -> list[tuple[str, int]]:
        """The known terms most alike to a term, the nearest first, each with its nearness."""
        found = self._alike.get(term)
        if found is None:
            found = self._nearest(term)
            if len(self._alike) >= _MOST_KEPT:
                self._alike.clear()
            self._alike[term] = found
        return found

    def _nearest(self, term: str) -> list[tuple[str, int]]:
        terms, vectors = self._known()
        # Products of small whole numbers: float32 holds their sums exactly, in whatever order they are added.
        nearness = (vectors.astype(np.float32) @ term_vectors([term])[0].astype(np.float32)).astype(np.int64)
        near = [(terms[number], int(nearness[number])) for number in np.flatnonzero(nearness >= _LEAST_ALIKE * _WHOLE)]
        return sorted(near, key=lambda each: (-each[1], each[0]))[:_MOST_ALIKE]

    def _known(self) -> tuple[list[str], Scores]:
        with self._making:
            if self._made is None:
                terms = list(self._postings.terms)
                self._made = terms, term_vectors(terms)
            return self._made
