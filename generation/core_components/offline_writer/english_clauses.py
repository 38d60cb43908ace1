"""English main clauses, taken apart into subject, finite verb and rest: only where none of the three is in doubt."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

from generation.core_components.offline_writer.english_capitals import as_inside
from generation.core_components.offline_writer.english_verbs import AUXILIARIES, DOUBTFUL, FINITE, PAST_OF_PARTICIPLE

LONGEST_SUBJECT = 8
MOST_WORDS_BEFORE_DOUBT = 4

_CUT = re.compile(
    r"\s?(?:[;:]|\s[–—-]\s|,\s|\s\(|\b(?:while|although|though|whereas|so\sthat|which|who|where|when|after|before|until"
    r"|unless|because)\b)"
)
_NOT_IN_SUBJECT = re.compile(r"\b(?:that|who|which|when|if|as|because|to|not|however)\b|,")
_PREPOSITIONS_WORDS = """
of in on at to by for from with near over under between around across through inside within against along as
"""
_PREPOSITIONS = frozenset(_PREPOSITIONS_WORDS.split())
_BEFORE_AN_ARTICLE = _PREPOSITIONS | frozenset(["and", "or", "most", "all", "both", "half"])
_AT_NO_END = _BEFORE_AN_ARTICLE | frozenset(["the", "a", "an", "than"])
_ADVERBS = frozenset(["also", "still", "often", "usually", "first", "now", "not", "never", "always", "once"])


class Clause(NamedTuple):
    """A main clause: `subject verb …`, which is asked about as `auxiliary subject rest`.

    `auxiliary` may be a `do` that the sentence did not have; `rest` then begins with the verb's base form.
    """

    subject: str
    verb: str
    auxiliary: str
    rest: str

    def asked(self, question_word: str, rest: str) -> str:
        """The question with that rest: `When was tea introduced to Britain?`"""
        return " ".join(f"{question_word} {self.auxiliary} {self.subject} {rest}".split()) + "?"


def take_apart(clause: str, text: str) -> Clause | None:
    """The clause's subject, verb and rest, or None. `text` tells names from words that only begin a sentence."""
    words = clause.split()
    reach = words[: LONGEST_SUBJECT + 1]
    sure = [i for i, word in enumerate(reach) if _is_verb(word) and word not in DOUBTFUL]
    doubtful = [i for i, word in enumerate(reach) if word in DOUBTFUL]
    early = [i for i in doubtful if (not sure or i < sure[0]) and _may_be_verb(words, i, alone=not sure)]
    # Two words that may be the verb: which of them is one cannot be told.
    candidates = early if len(early) == 1 else sure if not early else []
    return _at_verb(words, candidates[0], text) if candidates and candidates[0] else None


def _may_be_verb(words: list[str], index: int, *, alone: bool) -> bool:
    """Whether a doubtful word is a verb here: "bees visit", "the Moon causes", but not "printing presses"."""
    if not 0 < index <= MOST_WORDS_BEFORE_DOUBT:
        return False
    if FINITE[words[index]].do == "do":
        return words[index - 1].endswith("s")
    before_article = words[index + 1 : index + 2] in (["the"], ["a"], ["an"])
    return before_article or (alone and index > 1 and words[0].lower() in ("a", "an", "the", "each", "every", "one"))


def main_clause(body: str) -> str:
    """What stands before the first comma, dash, subordinate word or second verb; an apposition is skipped."""
    parts = body.split(", ")
    if len(parts) > 2 and not _has_verb(parts[0]) and _has_verb(parts[2]) and _is_apposition(parts[1]):
        body = f"{parts[0]} {', '.join(parts[2:])}"
    pieces = _CUT.split(body, maxsplit=1)[0].split(" and ")
    for count in range(1, len(pieces)):
        second_verb = _has_verb(pieces[count]) or _is_verb(pieces[count].split(" ", 1)[0])
        if _has_verb(" ".join(pieces[:count])) and second_verb:
            return " and ".join(pieces[:count])
    return " and ".join(pieces)


def _is_apposition(part: str) -> bool:
    return is_participle(part.split(" ", 1)[0]) or not _has_verb(part)


def _at_verb(words: list[str], index: int, text: str) -> Clause | None:
    subject, verb, rest = words[:index], words[index], words[index + 1 :]
    if not rest or not _is_noun_phrase(subject) or _only_looks_finite(verb, rest):
        return None
    named = as_inside(" ".join(subject), text, verb=verb, rest=" ".join(rest))
    if named is None:
        return None
    following = next((word for word in rest if word not in _ADVERBS), "")
    if verb in AUXILIARIES and (verb not in ("has", "have", "had") or is_participle(following)):
        return Clause(named, verb, verb, " ".join(rest))
    form = FINITE.get(verb)
    if form is None or not form.do or (form.do == "did" and rest[0] == "by") or not _agrees(subject, form.do):
        return None
    return Clause(named, verb, form.do, " ".join([form.base, *rest]))


def _only_looks_finite(verb: str, rest: list[str]) -> bool:
    """Whether the verb is a participle before the real one: "the first printed newspaper was published"."""
    auxiliary = next((index for index, word in enumerate(rest) if word in AUXILIARIES), None)
    return verb in PAST_OF_PARTICIPLE and auxiliary is not None and "that" not in rest[:auxiliary]


def _is_verb(word: str) -> bool:
    return word in AUXILIARIES or word in FINITE


def _has_verb(part: str) -> bool:
    return any(_is_verb(word) and word not in DOUBTFUL for word in part.split())


def _is_noun_phrase(words: list[str]) -> bool:
    # "The treaty signed in 1850 ended": a participle inside would pass for the verb.
    phrase, split_by_participle = " ".join(words), any(is_participle(word) for word in words[1:])
    incomplete = words[-1] in _AT_NO_END or words[-1].endswith("ly") or _hides_verb(words)
    return not (split_by_participle or incomplete or _NOT_IN_SUBJECT.search(phrase))


def _hides_verb(words: list[str]) -> bool:
    """Whether an article stands after a noun, where only a verb that is not known explains it: "guards the gate"."""
    articles = ("the", "a", "an")
    return any(word in articles and before.lower() not in _BEFORE_AN_ARTICLE for before, word in pairwise(words))


def is_participle(word: str) -> bool:
    """Whether the word can be a past participle."""
    return word in PAST_OF_PARTICIPLE or word == "been" or (word.endswith("ed") and len(word) > 4)


def _agrees(subject: list[str], do: str) -> bool:
    head = re.split(r"\b(?:of|in|on|at|from|with|for|near|between|around)\b", " ".join(subject))[0].split()
    noun = head[-1] if head else ""
    plural = (noun.endswith("s") and not noun.endswith(("ss", "us", "is"))) or noun in ("people", "men", "women")
    return do == "did" or (do == "do") == (plural or "and" in head)
