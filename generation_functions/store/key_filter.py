"""Which keys are surely not stored, told without asking the database (a Bloom filter; Bloom 1970)."""

from __future__ import annotations

_BITS = 1 << 25
_MASK = _BITS - 1


class KeyFilter:
    """A set of keys that never forgets one, and of a stranger says now and then that it may be known.

    Four megabytes, whose pages are only taken as they fill: of a million keys, 1 stranger in 1,600 is taken for one.
    """

    __slots__ = ("_bits",)

    def __init__(self) -> None:
        self._bits = bytearray(_BITS // 8)

    def add(self, key: str) -> None:
        """Remember a key."""
        bits, number = self._bits, hash(key)
        step = (number >> 25) | 1
        for at in (number & _MASK, (number + step) & _MASK, (number + 2 * step) & _MASK):
            bits[at >> 3] |= 1 << (at & 7)

    def __contains__(self, key: str) -> bool:
        bits, number = self._bits, hash(key)
        at = number & _MASK
        if not bits[at >> 3] >> (at & 7) & 1:
            return False
        step = (number >> 25) | 1
        return all(bits[at >> 3] >> (at & 7) & 1 for at in ((number + step) & _MASK, (number + 2 * step) & _MASK))
