"""English-like text that is made up, the same for the same seed."""

from __future__ import annotations

from random import Random

WORDS = (
    *("the", "a", "of", "in", "on", "and", "which", "after", "because", "never", "harbour", "storm", "boat", "river"),
    *("glass", "tea", "bridge", "library", "window", "garden", "rebuilt", "carried", "measured", "quietly", "northern"),
    *("remarkable", "Marsh", "Lindqvist", "1962", "forty"),
)


def text_of(size: int, seed: int = 1) -> str:
    """English-like text in Markdown: headings, paragraphs of one to nine sentences, no two alike."""
    rng = Random(seed)
    parts: list[str] = []
    made = 0
    while made < size:
        if len(parts) % 12 == 0:
            part = f"{'#' * rng.randint(1, 3)} {' '.join(rng.choices(WORDS, k=3)).title()}"
        else:
            part = " ".join(sentence(rng) for _ in range(rng.randint(1, 9)))
        parts.append(part)
        made += len(part) + 2
    return "\n\n".join(parts)[:size]


def sentence(rng: Random) -> str:
    """Six to twenty-four words."""
    return " ".join(rng.choices(WORDS, k=rng.randint(6, 24))).capitalize() + "."
