"""Overlap: how much of the chunk before is said again at a chunk's beginning, in whole sentences."""

from __future__ import annotations

import re

from generation_functions.chunking.sentences import sentence_spans
from generation_functions.chunking.units import Ruler

LONGEST_TOKEN = 8
"""Characters; sentences that begin further back than this for each token of overlap are not looked for."""

_LINES = re.compile(r"\n\s*")


def overlap_start(ruler: Ruler, before: int, start: int, end: int, most: int) -> int:
    """Where the sentences begin that a chunk of `text[start:end]` repeats from the chunk `text[before:start]`.

    As many as have at most `most` tokens and leave the whole chunk within the limit; `start` where none does.
    """
    places = _beginnings(ruler.text, before, start, most)
    low, high = 0, len(places)
    while low < high:  # counts grow with the text, so the earliest place that fits is found by halving
        middle = (low + high) // 2
        fits = ruler.measure(places[middle], start) <= most and ruler.fits(places[middle], end)
        low, high = (low, middle) if fits else (middle + 1, high)
    return places[low] if low < len(places) else start


def _beginnings(text: str, before: int, start: int, most: int) -> list[int]:
    """Where sentences and lines begin from `before` up to `start`, as far back as `most` tokens can reach."""
    reach = max(before, start - most * LONGEST_TOKEN)
    begins = {match.end() for match in _LINES.finditer(text, reach, start)}
    begins.update(begin for begin, _ in sentence_spans(text, reach, start) if begin > reach or reach == before)
    return sorted(place for place in begins if before <= place < start and not text[place].isspace())
