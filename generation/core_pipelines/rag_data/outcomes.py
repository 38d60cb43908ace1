"""What a search came to, and what whoever answers makes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from typing import Any, Literal, TypeAlias, get_args

from generation_functions import Drop
from generation_functions.rows import Row, content_key

Search: TypeAlias = Literal["found", "from_memory", "unknown"]
SEARCHES: tuple[Search, ...] = get_args(Search)

TOLD: Mapping[str, str] = {
    "found": "The search found what is needed. Answer from the passages.",
    "from_memory": "The search failed, and you know the answer. Say that the passages do not help, and answer.",
    "unknown": "The search failed, and you do not know the answer. Say so, and what the passages are about instead.",
}
"""What whoever answers is told of the search."""


def outcome(unknown_share: float, seed: int, *, turns: int = 1) -> Callable[[Row], dict[str, Any]]:
    """Adds `search` to a row: found, or of those that are not, a share where the answer is not known either.

    `known` is the text that the answer is from where it comes from memory, else empty; `before` has the pairs that lead
    to the question, none as yet. Where a conversation has several
    turns, a search that missed unasked is dropped: another turn may show the very passage that this one lacks.
    """

    def decide(row: Row) -> dict[str, Any]:
        if not row["passages"]:
            raise Drop("the search gave no passage at all")
        if turns > 1 and not row["found"] and not row["spoiled"]:
            raise Drop("the search missed it, and another turn of its conversation may show it")
        search: Search = "found"
        if not row["found"]:
            lost = Random(content_key(seed, "unknown", row.key)).random() < unknown_share
            search = "unknown" if lost else "from_memory"
        return {"search": search, "known": row["text"] if search == "from_memory" else "", "before": []}

    return decide
