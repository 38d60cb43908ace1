"""The index: passages found by words and by vectors, both rankings made one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

import numpy as np

from generation.core_components.retrieval.fusion import fused
from generation.core_components.retrieval.letters import passage_vectors
from generation.core_components.retrieval.passage import Passage
from generation.core_components.retrieval.postings import Postings, Scores
from generation.core_components.retrieval.spellings import Spellings
from generation.core_components.retrieval.terms import spoken_in, term_counts
from generation.core_components.retrieval.vectors import Vectors

_SEEDS_AT_ONCE = 64
_SPARE = 40
_LEAST_NEARNESS = 120
"""Thousandths of a cosine: what lies further off is unrelated."""

_LEAST_SHARED = 0.05
"""Share of what a passage scores against itself that another must reach to belong to it by its words."""

_BY_WORDS, _BY_VECTORS, _BY_LETTERS = 1.0, 1.0, 0.5
"""How much each ranking counts. The stand-in by letters repeats much of what words say."""


UNKNOWN = "und"
_SPOKEN = 0.05
"""Share of the passages that a language must have for a query to be looked for in it."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found. `score` is the fused one: only its order means something."""

    passage: Passage
    score: float


class Index:
    """Passages to search in. Built once, in memory; the same passages and queries give the same hits everywhere.

    embeddings  a vector for each passage, from one embedding model; without them vectors are made of letters
    """

    def __init__(self, passages: Sequence[Passage], embeddings: Scores | None = None) -> None:
        self.passages = list(passages)
        self.languages = _languages(self.passages)
        self.postings = Postings(self._terms(passage.text, passage.language) for passage in self.passages)
        self.embedded = embeddings is not None
        self.vectors = Vectors(embeddings if embeddings is not None else passage_vectors(self.postings))
        self.spellings = Spellings(self.postings)
        self._by_key = {passage.key: passage for passage in self.passages}
        order = sorted(range(len(self.passages)), key=lambda number: self.passages[number].key)
        self._tie = np.empty(len(order), dtype=np.int64)
        self._tie[order] = np.arange(len(order))

    def __len__(self) -> int:
        return len(self.passages)

    def search(
        self,
        query: str,
        most: int = 5,
        *,
        language: str = UNKNOWN,
        vector: Scores | None = None,
        leave_out: Callable[[Passage], bool] = lambda passage: False,
    ) -> list[Hit]:
        """The passages that belong to a query, best first.

        language   of the query; where it is not known, words are looked for in every language of the passages
        vector     the query's own embedding, where the passages have theirs
        leave_out  which passages must not be found
        """
        shared = self.shared(query, language)
        nearness = None if vector is None else self.vectors.nearness(vector.reshape(1, -1))[0]
        return self._hits(shared, nearness, most, leave_out)

    def shared(self, query: str, language: str = UNKNOWN) -> Scores:
        """What each passage scores by the query's words, and by words spelt like those that no passage has."""
        spoken = [language] if language in self.languages else spoken_in(query, self.languages)
        terms = reduce(or_, (term_counts(query, each) for each in spoken))
        return self.postings.scores(terms) + self.spellings.scores(terms)

    def related(self, most: int) -> Iterator[list[Hit]]:
        """For each passage in turn, those that belong to it and stand elsewhere, best first."""
        for start in range(0, len(self.passages), _SEEDS_AT_ONCE):
            seeds = self.passages[start : start + _SEEDS_AT_ONCE]
            nearness = self.vectors.nearness(self.vectors.rows[start : start + _SEEDS_AT_ONCE])
            for seed, near in zip(seeds, nearness, strict=True):
                terms = self._terms(seed.text, seed.language)
                shared = self.postings.scores(terms)
                yield self._hits(shared, near, most, seed.beside_or_same, least=_LEAST_SHARED)

    def get(self, key: str) -> Passage | None:
        """The passage of a key, if there is one."""
        return self._by_key.get(key)

    def _terms(self, text: str, language: str) -> Counter[str]:
        return term_counts(text, self.languages[0] if language == UNKNOWN else language)

    def _hits(
        self,
        shared: Scores,
        nearness: Scores | None,
        most: int,
        leave_out: Callable[[Passage], bool],
        least: float = 0.0,
    ) -> list[Hit]:
        pool = most + _SPARE
        rankings = [self._best(shared, pool, above=int(least * shared.max(initial=0)))]
        weights = [_BY_WORDS]
        if nearness is not None:
            if least and not self.embedded:  # letters alone do not make two passages speak of one thing
                nearness = np.where(shared > least * shared.max(initial=0), nearness, 0)
            rankings.append(self._best(nearness, pool, above=_LEAST_NEARNESS))
            weights.append(_BY_VECTORS if self.embedded else _BY_LETTERS)
        hits = (Hit(self.passages[number], score) for number, score in fused(rankings, weights))
        return [hit for hit, _ in zip((h for h in hits if not leave_out(h.passage)), range(most), strict=False)]

    def _best(self, scores: Scores, most: int, above: int) -> list[int]:
        """The numbers of the best passages; of equal ones, those of lower keys."""
        if len(scores) > most:
            above = max(above, int(np.partition(scores, -most)[-most]) - 1)
        candidates = np.flatnonzero(scores > above)
        order = np.lexsort((self._tie[candidates], -scores[candidates]))
        return [int(number) for number in candidates[order][:most]]


def _languages(passages: Sequence[Passage]) -> list[str]:
    """The languages that passages are in, the commonest first; never empty."""
    known = Counter(passage.language for passage in passages if passage.language != UNKNOWN)
    many = [code for code, count in known.items() if count >= _SPOKEN * len(passages)]
    return sorted(many, key=lambda code: (-known[code], code)) or [UNKNOWN]
