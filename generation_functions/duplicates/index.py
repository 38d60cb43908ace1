"""An index of texts that tells of a new text which earlier one it duplicates.

Candidates come from MinHash signatures in bands (Broder 1997; locality-sensitive hashing as in Leskovec, Rajaraman and
Ullman, *Mining of Massive Datasets*, ch. 3); what is reported is their exact similarity, so no text is wrongly dropped.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from generation_functions.duplicates.words import shingles, similarity
from generation_functions.errors import ConfigError

HASHES = 120
"""Values of a signature. Its divisors are the possible widths of a band."""

SURE = 0.99
"""The least chance of finding a pair that is exactly as similar as the threshold."""

MOST_IN_BUCKET = 64
MOST_COMPARED = 32
"""Bounds on the work for one text: a corpus of forms that differ in a name would otherwise take quadratic time."""

_SEED = 1


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Which text is duplicated (its number in the index, from 0), and the share of shingles in common, 0 to 1."""

    of: int
    similarity: float


class DuplicateIndex:
    """Texts in the order they are added. Only a text that duplicates none joins, so the first of a kind stays.

    Takes about 2 KB for each text that joined at a threshold of 0.8, and 4 KB at 0.5, beside the texts themselves.
    """

    def __init__(self, threshold: float = 0.8) -> None:
        """`threshold` is the least similarity of a duplicate, above 0 and up to 1; at 1 only equal texts are found.

        Raises `ConfigError` for any other.
        """
        if not 0 < threshold <= 1:
            raise ConfigError(
                f"a threshold is above 0 and at most 1, not {threshold}",
                hint="0.8 finds texts with small edits; 1 finds equal ones only.",
            )
        self._threshold = threshold
        self._width = band_width(threshold)
        self._texts: list[str] = []
        self._equal: dict[bytes, int] = {}
        self._buckets: dict[int, int | list[int]] = {}
        self._sign = _signer() if threshold < 1 else None

    def __len__(self) -> int:
        return len(self._texts)

    def add(self, text: str) -> Duplicate | None:
        """What an earlier text has in common with this one, the most similar if there are several; None if it joins."""
        fingerprint = blake2b(" ".join(text.split()).encode("utf-8", "replace"), digest_size=16).digest()
        if (equal := self._equal.get(fingerprint)) is not None:
            return Duplicate(equal, 1.0)
        found = shingles(text) if self._sign is not None else set()
        bands = self._bands(found)
        if found and (near := self._nearest(found, bands)) is not None:
            return near
        number = len(self._texts)
        self._texts.append(text)
        self._equal[fingerprint] = number
        for band in bands:
            self._put(band, number)
        return None

    def _bands(self, found: set[str]) -> list[int]:
        if self._sign is None or not found:
            return []
        signature = self._sign(found)
        width = self._width
        return [hash((at, *signature[at : at + width])) for at in range(0, HASHES, width)]

    def _nearest(self, found: set[str], bands: Sequence[int]) -> Duplicate | None:
        shared: Counter[int] = Counter()
        for band in bands:
            held = self._buckets.get(band)
            if held is not None:
                shared.update((held,) if isinstance(held, int) else held)
        ranked = sorted(shared.items(), key=lambda item: (-item[1], item[0]))[:MOST_COMPARED]
        near = [Duplicate(number, similarity(found, shingles(self._texts[number]))) for number, _ in ranked]
        best = max(near, key=lambda each: (each.similarity, -each.of), default=None)
        return best if best is not None and best.similarity >= self._threshold else None

    def _put(self, band: int, number: int) -> None:
        held = self._buckets.get(band)
        if held is None:
            self._buckets[band] = number
        elif isinstance(held, int):
            self._buckets[band] = [held, number]
        elif len(held) < MOST_IN_BUCKET:
            held.append(number)


def band_width(threshold: float) -> int:
    """The widest bands, and so the fewest false candidates, that still find a pair at the threshold almost surely."""
    widths = [width for width in range(HASHES, 0, -1) if HASHES % width == 0]
    return next((width for width in widths if 1 - (1 - threshold**width) ** (HASHES // width) >= SURE), 1)


def _signer() -> Callable[[set[str]], list[int]]:
    from rensa import RMinHash

    def sign(found: set[str]) -> list[int]:
        sketch: Any = RMinHash(HASHES, _SEED)
        sketch.update(list(found))
        digest: list[int] = sketch.digest()
        return digest

    return sign
