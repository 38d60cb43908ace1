"""Rows that hold what a held-out question asks: long runs of words in common.

Eight words in a row that two texts share are hardly chance; in scripts without spaces it takes sixteen characters. A
held-out text that is shorter must stand in the row whole. One of fewer than four words is left out: it would be found
everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from generation_functions.report.entry import Entry, entry_of
from generation_functions.report.words import Words, is_unspaced, ngrams, words_of
from generation_functions.rows import Json

LENGTH, LENGTH_UNSPACED = 8, 16
LEAST, LEAST_UNSPACED = 4, 8
SHOWN = 30


@dataclass(frozen=True)
class Match:
    """A row and the held-out text of which it holds `share` (0 to 1) of the runs of words, `words` being one of them.

    `held_out` counts from 1 in its file.
    """

    index: int
    row: str
    held_out: int
    question: str
    words: str
    share: float


@dataclass(frozen=True)
class Contamination:
    """`rows` of the dataset hold something of `questions` of the `held_out` texts; `too_short` were not looked for."""

    file: str
    held_out: int
    too_short: int
    rows: int
    questions: int
    matches: tuple[Match, ...]


class HeldOut:
    """Held-out texts, ready to be looked for."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._questions: list[str] = []
        self._runs: list[int] = []
        self._index: dict[int, dict[Words, list[int]]] = {}
        self._too_short = 0
        self._matches: list[Match] = []
        self._rows: set[int] = set()
        self._found: set[int] = set()
        for text in texts:
            self._learn(text)

    def _learn(self, text: str) -> None:
        number = len(self._questions)
        self._questions.append(text)
        words = words_of(text)
        length = run_length(words)
        runs = set(ngrams(words, length)) if length else set()
        self._runs.append(len(runs))
        self._too_short += not runs
        for run in runs:
            self._index.setdefault(length, {}).setdefault(run, []).append(number)

    def look_into(self, entry: Entry) -> None:
        """Look for the held-out texts in a row."""
        found: dict[int, list[Words]] = {}
        for length, index in self._index.items():
            for run in index.keys() & set(ngrams(entry.said, length)):
                for number in index[run]:
                    found.setdefault(number, []).append(run)
        if found:
            self._rows.add(entry.index)
            self._found |= found.keys()
            best = min(found, key=lambda number: (-len(found[number]) / self._runs[number], number))
            self._keep(entry, best, found[best])

    def _keep(self, entry: Entry, number: int, runs: Sequence[Words]) -> None:
        share = round(len(runs) / self._runs[number], 4)
        shared = " ".join(min(runs))
        self._matches.append(
            Match(entry.index, entry.text[:600], number + 1, self._questions[number][:600], shared, share)
        )
        if len(self._matches) >= 4 * SHOWN:
            self._matches = _strongest(self._matches)

    def contamination(self, file: str) -> Contamination:
        """What was found, the strongest matches first."""
        return Contamination(
            file, len(self._questions), self._too_short, len(self._rows), len(self._found),
            tuple(_strongest(self._matches)),
        )  # fmt: skip


def run_length(words: Words) -> int:
    """How many words in a row must be shared to count; 0 for a text too short to be looked for."""
    longest, least = (LENGTH_UNSPACED, LEAST_UNSPACED) if is_unspaced(words) else (LENGTH, LEAST)
    return min(longest, len(words)) if len(words) >= least else 0


def held_out_text(fields: Mapping[str, Json]) -> str:
    """What a held-out row asks: its question, or all of its text where none can be told from the rest."""
    entry = entry_of(fields, 0)
    return "\n".join(entry.questions) or entry.text


def _strongest(matches: Sequence[Match]) -> list[Match]:
    return sorted(matches, key=lambda match: (-match.share, match.index))[:SHOWN]
