"""What rows have in common: beginnings, and runs of words that come again and again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from generation_functions.report.words import Words, ngrams, words_of

OPENING_WORDS = 5
PHRASE_WORDS = 6
SHOWN = 15
_PRUNE_AT = 400_000
_SAME_ROWS = 0.8
_LONGEST = 30
_RARE = 500


@dataclass(frozen=True)
class Repeated:
    """Words that several rows share, and in how many rows they stand."""

    words: str
    rows: int


@dataclass(frozen=True)
class Openings:
    """The commonest first words of one side of the rows. `rows` have one; `distinct` counts the different ones."""

    rows: int
    distinct: int
    commonest: tuple[Repeated, ...]


@dataclass(frozen=True)
class Phrases:
    """The commonest runs of `PHRASE_WORDS` words, in `rows` rows that were looked at."""

    rows: int
    commonest: tuple[Repeated, ...]


class OpeningCount:
    """Counts first words."""

    def __init__(self) -> None:
        self._counts: Counter[Words] = Counter()

    def add(self, text: str) -> None:
        """Count a text's first words. A text with fewer is counted whole; an empty one is not."""
        # A text of a megabyte has its first words near its beginning.
        opening = words_of(text[:200])[:OPENING_WORDS]
        if opening:
            self._counts[opening] += 1

    def openings(self) -> Openings:
        """The commonest; those of one row, or of fewer than one in five hundred, are no repetition."""
        least = max(2, self._counts.total() / _RARE)
        repeated = _ranked((words, count) for words, count in self._counts.items() if count >= least)
        shown = tuple(Repeated(" ".join(words), count) for words, count in repeated[:SHOWN])
        return Openings(self._counts.total(), len(self._counts), shown)


class PhraseCount:
    """Counts the rows that a run of words stands in. Memory is bounded: rare runs are forgotten when there are many."""

    def __init__(self) -> None:
        self._counts: Counter[Words] = Counter()
        self._rows = 0

    def add(self, words: Sequence[str]) -> None:
        """Count each run of a row's words once."""
        self._rows += 1
        self._counts.update(set(ngrams(words, PHRASE_WORDS)))
        if len(self._counts) > _PRUNE_AT:
            least = 2
            while len(self._counts) > _PRUNE_AT // 2:
                self._counts = Counter({words: count for words, count in self._counts.items() if count >= least})
                least += 1

    def phrases(self) -> Phrases:
        """The commonest runs, in three rows or more, each grown by the words that nearly always stand around it."""
        least = max(3, self._rows / _RARE)
        common = {words: count for words, count in self._counts.items() if count >= least}
        grower = _Grower(common)
        shown: list[Repeated] = []
        for words, count in _ranked(common.items()):
            if len(shown) == SHOWN:
                break
            if not grower.knows(words):
                shown.append(Repeated(" ".join(grower.grown(words)), count))
        return Phrases(self._rows, tuple(shown))


class _Grower:
    """Joins runs that overlap in all but one word and stand in nearly the same rows."""

    def __init__(self, counts: dict[Words, int]) -> None:
        self._counts = counts
        self.used: set[Words] = set()
        self._inside: set[Words] = set()
        self._after: dict[Words, list[Words]] = {}
        self._before: dict[Words, list[Words]] = {}
        for words, _ in _ranked(counts.items()):
            self._after.setdefault(words[:-1], []).append(words)
            self._before.setdefault(words[1:], []).append(words)

    def knows(self, words: Words) -> bool:
        """Whether the run stands in a grown one, but for its first or its last word."""
        return words in self.used or words[:-1] in self._inside or words[1:] in self._inside

    def grown(self, words: Words) -> Words:
        """The run with what comes before and after it; the runs in it are used up."""
        self.used.add(words)
        least = self._counts[words] * _SAME_ROWS
        grown, last, first = words, words, words
        while len(grown) < _LONGEST and (following := self._free(self._after.get(last[1:], ()), least)):
            grown, last = (*grown, following[-1]), following
        while len(grown) < _LONGEST and (preceding := self._free(self._before.get(first[:-1], ()), least)):
            grown, first = (preceding[0], *grown), preceding
        self._inside.update(ngrams(grown, PHRASE_WORDS - 1))
        return grown

    def _free(self, candidates: Sequence[Words], least: float) -> Words | None:
        for words in candidates:
            if words not in self.used and self._counts[words] >= least:
                self.used.add(words)
                return words
        return None


def _ranked(counts: Iterable[tuple[Words, int]]) -> list[tuple[Words, int]]:
    return sorted(counts, key=lambda item: (-item[1], item[0]))
