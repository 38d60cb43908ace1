"""Whether an English question can be understood by somebody who has not read the text it was made from."""

from __future__ import annotations

import re
from itertools import pairwise

from generation.core_components.offline_writer.english_verbs import AUXILIARIES, FINITE

FEWEST_WORDS = 3
MOST_WORDS = 24

_LEANING = re.compile(
    r"\b(?:it|its|they|their|them|he|his|him|she|her|hers|this|these|those|such|there|then|here|we|our|you|your|i|my"
    r"|itself|themselves|himself|latter|former|same|also|another|others|but)\b",
    re.IGNORECASE,
)
_DANGLING = re.compile(r"\b(?:the|an?|and|or|in|on|at|to|into|with|for|by|as|about|than|that)$")
_PREPOSITIONS_WORDS = """
in on at of from to into with for by as during after before between through over under per until across along within
near around inside above below among against without toward towards onto and or than
"""
_PREPOSITIONS = frozenset(_PREPOSITIONS_WORDS.split())
_MADE_DEFINITE_BY_WORDS = """
of that which who whose where between called named known
"""
_MADE_DEFINITE_BY = frozenset(_MADE_DEFINITE_BY_WORDS.split())
_SINGLED_OUT_WORDS = """
first second third fourth fifth last only most least same main chief entire best worst sun moon earth sea sky world
internet universe atmosphere equator north south east west past future
"""
_SINGLED_OUT = frozenset(_SINGLED_OUT_WORDS.split())


def is_sound(question: str) -> bool:
    """Whether the question is whole: it leans on nothing said before, ends where it should, and has one predicate."""
    words = question.rstrip("?").split()
    if not FEWEST_WORDS <= len(words) <= MOST_WORDS or _LEANING.search(question):
        return False
    return not _DANGLING.search(" ".join(words)) and not _has_second_predicate(words)


def is_vague(question: str) -> bool:
    """Whether it asks about "the machine" as if it had been spoken of: definite, and nothing says which one.

    A name that comes first says which one it is: "When did Alastair Pilkington develop the float process?"
    """
    words = question.rstrip("?").split()
    for index, word in enumerate(words[1:], start=1):
        if _is_name(word):
            return False
        if word == "the" and _is_bare(words[index + 1 :]):
            return True
    return False


def _is_bare(after: list[str]) -> bool:
    """Whether the noun after a "the" has nothing that singles it out: no name, no superlative, no "of …"."""
    for index, word in enumerate(after):
        if word in _MADE_DEFINITE_BY or word[0].isupper() or word[0].isdigit():
            return False
        if word in _PREPOSITIONS or (index and word in FINITE):
            return True
        if word in _SINGLED_OUT or (word.endswith("est") and len(word) > 5):
            return False
    return True


def _is_name(word: str) -> bool:
    return word[0].isupper() and word[1:2] != ""


def _has_second_predicate(words: list[str]) -> bool:
    """A verb after "and" that the question's own does not govern: "… heavy and sparkles", "… guard it and collect"."""
    return any(before in ("and", "or") and _may_be_predicate(word) for before, word in pairwise(words))


def _may_be_predicate(word: str) -> bool:
    return word in AUXILIARIES or word in FINITE or word[0].isdigit() or (word.islower() and word.endswith(("s", "ed")))
