"""The words of a text that say what it is about, as far as that can be told without understanding it."""

from __future__ import annotations

import re
from collections import Counter

from generation.core_components.languages import FUNCTION_WORDS

WEAK_WORDS = frozenset(word for words in FUNCTION_WORDS.values() for word in words) | frozenset(
    re.findall(
        r"\w+",
        """about after again also another because been before being between called came can come does each
        easily either every first from give gives goes have here into just keep kept know known later like
        made make many might more most much must need needs never often once only other over person same
        should since some someone something still such than that their them then there these they this those
        through took under until used usually very well were what when where which while whom whose will
        with without would minutes hours days weeks kind year years your whole little really until order shorter
        although around because bring enough even good high itself late long require required requires together
        within darum deshalb durch immer jedoch können mehr müssen nach oder sehr sind über unter viele wenn wieder
        wird zwischen zurück cannot common people number example difference pleasure""",
    )
)
"""Words that say little of what a text is about, in small letters."""


def telling_words(text: str, most: int) -> list[str]:
    """The words of a text that say most of what it is about, as it spells them."""
    words = [word for word in re.findall(r"[^\W\d_]{4,}", text) if not _is_weak(word.lower())]
    counts = Counter(word.lower() for word in words)
    spelled = {word.lower(): word for word in reversed(words)}
    ranked = sorted(counts, key=lambda word: (-counts[word], -len(word), word))[:most]
    return [spelled[word] for word in sorted(ranked, key=lambda word: text.lower().index(word))]


def _is_weak(word: str) -> bool:
    return word in WEAK_WORDS or (len(word) > 5 and word.endswith("ly"))
