"""Rows for a person to read: what is said, and beside it the source, with the passage that the answer comes from."""

from __future__ import annotations

import re
from dataclasses import dataclass

from generation_functions.report.entry import Entry, Turn
from generation_functions.report.words import words_of

ROWS = 30
_MOST_SAID = 4_000
_AROUND = 3_000
_LEAST_SHARED = 0.5
_SENTENCE = re.compile(r"[^.!?。！？।؟\n]+(?:[.!?。！？।؟]+(?=\s|$)|[。！？।]|\n|[.!?؟]|$)")


@dataclass(frozen=True)
class Passage:
    """A source's text in three parts: the one in the middle is where the answer comes from; it may be empty.

    `cut` counts the characters that were left out around it.
    """

    before: str
    middle: str
    after: str
    cut: int


@dataclass(frozen=True)
class Shown:
    """A row to read. `cut` counts the characters of its turns that were left out. `number` counts from 1."""

    number: int
    key: str
    place: str
    turns: tuple[Turn, ...]
    cut: int
    passage: Passage | None


def shown(entry: Entry, source_text: str | None) -> Shown:
    """The entry as it is shown, with its source where there is one."""
    turns = tuple(Turn(turn.role, turn.text[:_MOST_SAID]) for turn in entry.turns)
    cut = sum(max(0, len(turn.text) - _MOST_SAID) for turn in entry.turns)
    passage = None if source_text is None else passage_of(source_text, "\n".join(entry.answers))
    return Shown(entry.index + 1, entry.key, entry.place, turns, cut, passage)


def passage_of(source: str, answer: str) -> Passage:
    """The source around the answer itself, or around the sentence that shares most of the answer's words.

    Where no sentence shares half of them, nothing is marked.
    """
    start, end = _where(source, answer.strip())
    first, last = max(0, start - _AROUND), min(len(source), end + _AROUND)
    cut = len(source) - (last - first)
    return Passage(source[first:start], source[start:end], source[end:last], cut)


def _where(source: str, answer: str) -> tuple[int, int]:
    at = source.find(answer) if answer else -1
    if at >= 0:
        return at, at + len(answer)
    wanted = set(words_of(answer))
    best, shared = (0, 0), _LEAST_SHARED
    for match in _SENTENCE.finditer(source):
        text = match[0]
        share = len(wanted.intersection(words_of(text))) / len(wanted) if wanted else 0.0
        if share > shared:
            start = match.start() + len(text) - len(text.lstrip())
            best, shared = (start, start + len(text.strip())), share
    return best
