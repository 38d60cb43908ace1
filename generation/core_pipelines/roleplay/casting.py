"""Who a story is about: emotion, archetype and world, drawn by the seed and the row's content."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, product
from random import Random
from typing import Any

from generation_functions import Row
from generation_functions.errors import ConfigError
from generation_functions.rows import content_key

EMOTIONS = (
    "longing", "relief", "dread", "defiance", "tenderness", "envy", "grief", "mischief", "awe", "shame", "pride",
    "restlessness", "gratitude", "suspicion", "homesickness", "hope",
)  # fmt: skip
ARCHETYPES = (
    "the mentor", "the trickster", "the reluctant hero", "the caretaker", "the exile", "the ruler", "the outlaw",
    "the explorer", "the sage", "the jester", "the rival", "the guardian", "the artist", "the inventor",
    "the messenger",
)  # fmt: skip
WORLDS = (
    "a harbour town in winter", "an orbital repair station", "a mountain inn after a war", "a night train",
    "a royal kitchen", "a city that the sea has taken", "a travelling theatre", "a village at the edge of a desert",
)  # fmt: skip
WORLD_OF_TEXT = "the world of the text"
NOTHING = "none"
INITIALS = "ABCDEFGHIJKLMNOPRSTUVWYZ"


def casts(
    stories: int, emotions: Sequence[str], archetypes: Sequence[str], worlds: Sequence[str], seed: int
) -> Iterator[Mapping[str, Any]]:
    """So many castings, no two alike while there are others. More stories only add to those of fewer.

    Raises `ConfigError` where a list is empty.
    """
    for name, listed in (("emotions", emotions), ("archetypes", archetypes), ("worlds", worlds)):
        if not listed:
            raise ConfigError(f"`{name}` is empty, and a story needs one of them", hint="name some, or leave it out")
    yield from islice(_rounds(list(product(emotions, archetypes, worlds)), seed), stories)


def _rounds(choices: list[tuple[str, str, str]], seed: int) -> Iterator[Mapping[str, Any]]:
    take = 0
    while True:
        take += 1
        for choice in sorted(choices, key=lambda each: content_key(seed, "cast", take, each)):
            emotion, archetype, world = choice
            initial = Random(content_key(seed, "initial", take, choice)).choice(INITIALS)
            cast = {"emotion": emotion, "archetype": archetype, "world": world, "initial": initial}
            yield {**cast, "inspiration": NOTHING, **({"take": take} if take > 1 else {})}


def cast_from_text(row: Row, *, emotions: Sequence[str], archetypes: Sequence[str], seed: int) -> dict[str, Any]:
    """A casting for a chunk of a document: its text is the inspiration, and the world is the text's."""
    draw = Random(content_key(seed, "cast", row.key))
    return {
        "emotion": draw.choice(list(emotions)), "archetype": draw.choice(list(archetypes)), "world": WORLD_OF_TEXT,
        "initial": draw.choice(INITIALS), "inspiration": row["text"],
    }  # fmt: skip
