"""A seeded sample of a stream whose length nobody knows: the items whose numbers hash lowest."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from heapq import heappush, heapreplace
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Sample(Generic[Item]):
    """At most `size` of the items added, each as likely as any other; the same seed and items give the same sample."""

    def __init__(self, size: int, seed: int, name: str) -> None:
        self.size = size
        self.seen = 0
        self._salt = f"{seed}\0{name}\0".encode()
        self._heap: list[tuple[int, int, Item]] = []

    def add(self, item: Item) -> None:
        """Take the item in, or let it go."""
        number, self.seen = self.seen, self.seen + 1
        draw = -int.from_bytes(blake2b(self._salt + str(number).encode(), digest_size=8).digest(), "big")
        if len(self._heap) < self.size:
            heappush(self._heap, (draw, number, item))
        elif self._heap and draw > self._heap[0][0]:
            heapreplace(self._heap, (draw, number, item))

    def extend(self, items: Iterable[Item]) -> None:
        """Add each item."""
        for item in items:
            self.add(item)

    @property
    def items(self) -> list[Item]:
        """The sample, in the order in which its items came."""
        return [item for _, _, item in sorted(self._heap, key=lambda entry: entry[1])]
