"""What can be told of a rewriting without a model: numbers and names that it keeps, and the language it is in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from generation.core_components.conversations.protection import without_marks
from generation_functions.languages import UNDETERMINED, detect_language
from generation_functions.languages.names import NAMES

_NUMBER = re.compile(r"\d(?:[\d.,'’\u00a0\u202f\u066b\u066c]*\d)?")
_LIST_NUMBER = re.compile(r"^[ \t]*\(?\d{1,3}[.)]\s", re.MULTILINE)
_INSIDE = re.compile(r"(?<=[\w,;:] )[^\W\d_][\w’'-]*\w(?: [^\W\d_][\w’'-]*\w)*")


def numbers(text: str) -> set[str]:
    """The numbers of a text by their digits alone: 1,000.5 and 1.000,5 and ١٬٠٠٠٫٥ are one. A list item's is none."""
    found = _NUMBER.findall(_LIST_NUMBER.sub(" ", without_marks(text)))
    return {"".join(str(unicodedata.digit(each)) for each in number if each.isdigit()) for number in found}


def names(text: str) -> set[str]:
    """Words with a capital inside a sentence, joined where they follow each other: people, places, works.

    German nouns are among them, and what begins a sentence is not.
    """
    found: set[str] = set()
    for run in _INSIDE.findall(without_marks(text)):
        found.update(" ".join(name) for name in _capitalised(run.split(" ")))
    return found


def _capitalised(words: Sequence[str]) -> Iterator[list[str]]:
    """The longest runs of words that begin with a capital."""
    for capital, run in groupby(words, key=lambda word: word[0].isupper()):
        if capital:
            yield list(run)


def lost_numbers(before: Mapping[str, str], after: Mapping[str, str]) -> str | None:
    """What is wrong with the numbers of a rewriting: one that a passage had and has no more."""
    for name, text in before.items():
        lost = sorted(numbers(text) - numbers(after.get(name, "")), key=lambda digits: (len(digits), digits))
        if lost:
            return f"<{name}> has lost the number {_spelled(lost[0], text)}. Keep every number, in digits."
    return None


def added_numbers(before: Mapping[str, str], after: Mapping[str, str]) -> str | None:
    """What is wrong with the numbers of a rewriting: one that the conversation has nowhere."""
    known = numbers("\n".join(before.values()))
    for name, text in after.items():
        added = sorted(numbers(text) - known, key=lambda digits: (len(digits), digits))
        if added:
            return f"<{name}> has the number {_spelled(added[0], text)}, which was not there. Add no fact."
    return None


def other_language(after: Mapping[str, str], wanted: str | None) -> str | None:
    """What is wrong with the language of a rewriting, where it can be told; `wanted` is its code, None for any."""
    found = detect_language(without_marks("\n".join(after.values())))
    if wanted is None or found in (wanted, UNDETERMINED):
        return None
    return f"It is in {NAMES.get(found, found)} and must be in {NAMES.get(wanted, wanted)}."


def _spelled(digits: str, text: str) -> str:
    """A number as the text writes it."""
    spelled = (number for number in _NUMBER.findall(without_marks(text)) if numbers(number) == {digits})
    return next(spelled, digits)
