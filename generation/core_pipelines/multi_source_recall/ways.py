"""The ways in which questions are asked, and which of them a chunk draws."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Literal, TypeAlias, get_args

from generation_functions.errors import ConfigError
from generation_functions.rows import content_key

Way: TypeAlias = Literal["open", "comparison", "follow_up", "vague", "negative", "hallucination"]
WAYS: tuple[Way, ...] = get_args(Way)

SHARES: Mapping[Way, float] = {
    "open": 3, "comparison": 2, "follow_up": 2, "vague": 1, "negative": 1, "hallucination": 1,
}  # fmt: skip

TOLD: Mapping[str, str] = {
    "open": "It asks for something that needs several of the passages.",
    "comparison": "It asks how things from different passages compare.",
    "follow_up": "It follows an earlier question and leans on it.",
    "vague": "It is vague: the asker does not remember the names. Say first what is most likely meant.",
    "negative": "It takes something false for granted. Correct that first, then say how it really is.",
    "hallucination": "It asks about something that does not exist. Say so plainly; invent nothing about it.",
}
"""What whoever answers is told of a question."""


def drawn(shares: Mapping[Way, float], count: int, seed: int, key: str) -> list[Way]:
    """Up to `count` different ways for the chunk of this key, drawn by their shares.

    Raises `ConfigError` where no way has a share.
    """
    wanted = [way for way in WAYS if shares.get(way, 0) > 0]
    if not wanted:
        raise ConfigError("no way of asking has a share", hint=f"Give one of {', '.join(WAYS)} a share above 0.")
    rng = Random(content_key(seed, "ways", key))
    # The larger a share, the nearer to 1 its number lies (Efraimidis and Spirakis, 2006).
    numbers = {way: rng.random() ** (1 / shares[way]) for way in wanted}
    return sorted(wanted, key=lambda way: -numbers[way])[:count]
