"""The nearest known word to one that is not known, for "did you mean"."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher

LIKENESS = 0.6


def did_you_mean(word: str, options: Iterable[str]) -> str | None:
    """`did you mean 'chunk_tokens'?`, or None where nothing known is near."""
    match = closest(word, options)
    return None if match is None else f"did you mean '{match}'?"


def closest(word: str, options: Iterable[str]) -> str | None:
    """The option nearest to `word`; case, dashes, underscores and spaces do not count. Ties go to the first by name."""
    folded = _fold(word)
    ranked = sorted((_distance(folded, _fold(option)), option) for option in set(options) if option != word)
    near = [option for distance, option in ranked if _is_near(distance, folded, _fold(option))]
    return near[0] if near else None


def edit_distance(one: str, other: str) -> int:
    """Insertions, deletions, substitutions and swaps of neighbours that turn one word into the other."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, left in enumerate(one, 1):
        row = [i]
        for j, right in enumerate(other, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (left != right))
            if i > 1 and j > 1 and left == other[j - 2] and one[i - 2] == right:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, last = last, row
    return last[-1]


def _fold(word: str) -> str:
    # A word longer than any key is no misspelling; its head is enough, and keeps the distance cheap.
    return "".join(char for char in word[:80].casefold() if char not in "-_ .")


def _distance(one: str, other: str) -> int:
    return 0 if one == other else edit_distance(one, other)


def _is_near(distance: int, word: str, option: str) -> bool:
    if distance <= max(len(word), len(option)) // 4:
        return True
    if min(len(word), len(option)) >= 4 and (option.startswith(word) or word.startswith(option)):
        return True
    return len(word) > 1 and SequenceMatcher(None, word, option).ratio() >= LIKENESS
