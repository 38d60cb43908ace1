"""Question-and-answer pairs cut from a text's own sentences: what the offline writer answers when asked for some."""

from __future__ import annotations

import re
from random import Random
from typing import NamedTuple

from generation.core_components.languages import language_of
from generation.core_components.offline_writer import english, other_languages
from generation.core_components.offline_writer.sentences import sentences, stands_alone

CHARACTERS_A_QUESTION = 240
MOST = 4


class Pair(NamedTuple):
    """A question, and the sentence of the text that answers it, word for word."""

    question: str
    answer: str
    worth: int


def question_answer_pairs(text: str, rng: Random, *, most: int = MOST) -> list[Pair]:
    """Up to `most` pairs, fewer for a short text, in the text's order. Empty when no sentence stands alone."""
    pairs = every_pair(text)
    wanted = min(most, 1 + len(text) // CHARACTERS_A_QUESTION)
    chosen = _varied([(pair, rng.random()) for pair in pairs if pair.worth > 0], wanted)
    return sorted(chosen or sorted(pairs, key=lambda pair: -pair.worth)[:1], key=pairs.index)


def every_pair(text: str) -> list[Pair]:
    """The best question of every sentence that stands alone, in the text's order."""
    language = language_of(text)
    return [pair for sentence in dict.fromkeys(sentences(text)) for pair in _best(sentence, text, language)]


def _varied(pairs: list[tuple[Pair, float]], wanted: int) -> list[Pair]:
    """The worthiest pairs, preferring kinds of question that are not there yet; the second number breaks ties."""
    chosen: list[Pair] = []
    left = list(pairs)
    while left and len(chosen) < wanted:
        kinds = [_kind(pair) for pair in chosen]
        best = max(left, key=lambda entry: entry[0].worth - 2 * kinds.count(_kind(entry[0])) + entry[1])
        chosen.append(best[0])
        left = [entry for entry in left if entry[0].question != best[0].question]
    return chosen


def _kind(pair: Pair) -> str:
    return pair.question.split(" ", 1)[0]


def _best(sentence: str, text: str, language: str) -> list[Pair]:
    if not stands_alone(sentence, language):
        return []
    if language == "en":
        asked = [(a.question, a.worth) for a in english.questions(sentence, text)[:1]]
    else:
        asked = [(question, 8) for question in other_languages.questions(sentence, language, text)[:1]]
    question, worth = asked[0] if asked else (other_languages.gap(sentence, language), -4)
    return [Pair(question, sentence, worth if asked else worth + _telling(sentence))]


def _telling(sentence: str) -> int:
    """Whether a gap in the sentence has something to ask for."""
    return 2 * (re.search(r"\d", sentence) is not None) + (re.search(r"(?<=\w )[A-ZÀ-ÞА-Я]", sentence) is not None)
