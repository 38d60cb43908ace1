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


def outcome(unknown_share: float, seed: int) -> Callable[[Row], dict[str, Any]]:
    """Adds `search` to a row: found, or of those that are not, a share where the answer is not known either.

    `known` is the text that the answer is from where it comes from memory, else empty.
    """

    def decide(row: Row) -> dict[str, Any]:
        if not row["passages"]:
            raise Drop("the search gave no passage at all")
        search: Search = "found"
        if not row["found"]:
            lost = Random(content_key(seed, "unknown", row.key)).random() < unknown_share
            search = "unknown" if lost else "from_memory"
        return {"search": search, "known": row["text"] if search == "from_memory" else ""}

    return decide
