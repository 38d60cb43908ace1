"""A survey of a dataset: one pass over its rows that feeds every statistic, and a second to quote those it names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from typing import Protocol

from generation_functions.models.tokens import estimate_tokens
from generation_functions.report.contamination import HeldOut
from generation_functions.report.coverage import Coverage
from generation_functions.report.diversity import diversity_of
from generation_functions.report.entry import Entry
from generation_functions.report.figures import Figures, Quoted, RunFacts
from generation_functions.report.languages import LanguageCount
from generation_functions.report.lengths import LengthCount, lengths_of
from generation_functions.report.near_duplicates import DuplicateFinder, Duplicates
from generation_functions.report.reading import ROWS, shown
from generation_functions.report.repetition import OpeningCount, PhraseCount
from generation_functions.report.sampling import Sample
from generation_functions.report.words import words_of

_QUOTE = 120


class RowsToSurvey(Protocol):
    """A dataset that can be read more than once."""

    @property
    def name(self) -> str:
        """What the dataset is called."""
        ...

    @property
    def origin(self) -> str:
        """What it is from, in a few words."""
        ...

    def count(self) -> int:
        """Its rows, unreadable ones included."""
        ...

    def entries(self) -> Iterator[Entry | None]:
        """Its rows in order; None for what is no row."""
        ...

    def source_text(self, entry: Entry) -> str | None:
        """The text a row was made from, where it is known."""
        ...

    def coverage(self, sources: Counter[str | None]) -> Coverage | None:
        """Where the rows come from, given how many name each source."""
        ...

    def run_facts(self) -> RunFacts | None:
        """What only a run knows."""
        ...


@dataclass(frozen=True)
class Effort:
    """How many rows the costly figures look at; of a larger dataset it is a seeded sample."""

    compared: int = 100_000
    phrases: int = 10_000
    mapped: int = 600


@dataclass(frozen=True)
class Question:
    """What a report is asked for: the context its rows must fit, texts to look for, and the seed of its samples."""

    limit: int = 2_048
    held_out: HeldOut | None = None
    held_out_file: str = ""
    seed: int = 0
    effort: Effort = Effort()


def survey(rows: RowsToSurvey, question: Question) -> Figures:
    """The figures of a dataset. Raises `StoreError` where it cannot be read."""
    counts = _Counts(question, rows.count())
    for entry in rows.entries():
        counts.add(entry)
    duplicates = counts.finder.duplicates()
    held_out = question.held_out
    return Figures(
        name=rows.name,
        origin=rows.origin,
        seed=question.seed,
        rows=counts.rows,
        unreadable=counts.unreadable,
        empty=counts.empty,
        empty_answers=counts.empty_answers,
        offline=counts.offline,
        lengths=lengths_of(counts.lengths, counts.question_lengths, counts.answer_lengths, limit=question.limit),
        questions=counts.questions.openings(),
        answers=counts.answers.openings(),
        phrases=counts.phrases.phrases(),
        duplicates=duplicates,
        quoted=_quoted(rows, duplicates),
        languages=counts.languages.languages(),
        diversity=diversity_of(counts.mapped.items, seed=question.seed),
        coverage=rows.coverage(counts.sources),
        contamination=held_out.contamination(question.held_out_file) if held_out else None,
        run=rows.run_facts(),
        sample=tuple(shown(entry, rows.source_text(entry)) for entry in counts.sample.items),
    )


class _Counts:
    """Everything that is counted as rows go by."""

    def __init__(self, question: Question, total: int) -> None:
        self.rows = self.unreadable = self.empty = self.empty_answers = self.offline = 0
        self.lengths, self.question_lengths, self.answer_lengths = LengthCount(), LengthCount(), LengthCount()
        self.questions, self.answers = OpeningCount(), OpeningCount()
        self.phrases, self.finder, self.languages = PhraseCount(), DuplicateFinder(), LanguageCount()
        self.sources: Counter[str | None] = Counter()
        self.sample: Sample[Entry] = Sample(ROWS, question.seed, "read")
        self.mapped: Sample[Entry] = Sample(question.effort.mapped, question.seed, "map")
        self._is_compared = chosen(question.effort.compared, total, question.seed, "compare")
        self._is_phrased = chosen(question.effort.phrases, total, question.seed, "phrases")
        self._held_out = question.held_out

    def add(self, entry: Entry | None) -> None:
        """Count one row."""
        if entry is None:
            self.unreadable += 1
            return
        self.rows += 1
        self.offline += entry.offline
        self.sources[entry.source] += 1
        self.languages.add(entry.text, entry.language)
        self.sample.add(entry)
        self._measure(entry)
        self._compare(entry)

    def _measure(self, entry: Entry) -> None:
        self.lengths.add(entry.tokens)
        for turns, said, lengths, openings in (
            (entry.questions, entry.asked, self.question_lengths, self.questions),
            (entry.answers, entry.answered, self.answer_lengths, self.answers),
        ):
            if turns:
                lengths.add(sum(map(estimate_tokens, turns)))
                openings.add(said[0])
        if not any(turn.text.strip() for turn in entry.turns):
            self.empty += 1
        elif not all(answer.strip() for answer in entry.answers):
            self.empty_answers += 1

    def _compare(self, entry: Entry) -> None:
        self.mapped.add(entry)
        if self._is_compared(entry.index):
            self.finder.add(entry.index, entry.whole)
        if self._is_phrased(entry.index):
            self.phrases.add([word for answer in entry.answered for word in words_of(answer)])
        if self._held_out is not None:
            self._held_out.look_into(entry)


def chosen(size: int, total: int, seed: int, name: str) -> Callable[[int], bool]:
    """Whether the row of an index is in a sample of about `size` of `total`: by seed and index alone."""
    if total <= size:
        return lambda index: True
    below = size * 2**64 // total
    salt = f"{seed}\0{name}\0".encode()

    def is_chosen(index: int) -> bool:
        return int.from_bytes(blake2b(salt + str(index).encode(), digest_size=8).digest(), "big") < below

    return is_chosen


def _quoted(rows: RowsToSurvey, duplicates: Duplicates) -> tuple[tuple[Quoted, ...], ...]:
    wanted = {index for cluster in duplicates.clusters for index in cluster.first}
    if not wanted:
        return ()
    found: dict[int, str] = {}
    for entry in rows.entries():
        if entry is not None and entry.index in wanted:
            found[entry.index] = quote(entry.text)
            if len(found) == len(wanted):
                break
    return tuple(
        tuple(Quoted(index + 1, found.get(index, "")) for index in cluster.first) for cluster in duplicates.clusters
    )


def quote(text: str) -> str:
    """The first words of a text, on one line."""
    line = " ".join(text[: 4 * _QUOTE].split())
    return line if len(line) <= _QUOTE else f"{line[: _QUOTE - 1].rstrip()}…"
