"""How many calls to keep in flight: additive increase, multiplicative decrease, driven by the rate of refusals. Pure.

A lone refusal is not a storm. The share of refusals among recent calls decides; a cut then ignores the answers to calls
that were started before it, so one storm cuts once per round trip. After it the level climbs fast to where it last was
good and slowly past that, in growing steps, as CUBIC does (RFC 9438), so that a storm long gone is forgotten.
"""

from __future__ import annotations

STORM = 0.25
"""Share of refusals from which on the level falls."""

_MEMORY = 32
_MILDEST_CUT = 0.7
_HARDEST_CUT = 0.3
_GOOD = 0.9


class Level:
    """The number of calls that may be in flight, between 1 and `most`."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.limit = float(most)
        self.epoch = 0
        self._good = float(most)
        self._refused_share = 0.0
        self._answered = 0
        self._refused = 0
        self._step = 1.0

    def succeeded(self, epoch: int, in_flight: int) -> None:
        """An answer came to a call of `epoch`, while `in_flight` calls were open."""
        if epoch != self.epoch:
            return
        self._answered += 1
        self._refused_share -= self._refused_share / _MEMORY
        if self.limit < self.most and in_flight >= int(self.limit):
            self._climb()

    def refused(self, epoch: int) -> bool:
        """A call of `epoch` was turned away. True where that makes a storm, and the level was cut."""
        if epoch != self.epoch:
            return False
        self._refused += 1
        self._refused_share += (1 - self._refused_share) / _MEMORY
        # At a low level few calls make up a round; the share must not take many rounds to rise.
        if self._refused_share < STORM and not self._is_low_and_refused():
            return False
        self._cut()
        return True

    def _is_low_and_refused(self) -> bool:
        return self.limit < 8 and self._refused_share * _MEMORY >= 3

    def _cut(self) -> None:
        # The share answered since the last cut tells how far off the level is.
        answered = self._answered / (self._answered + self._refused)
        self._good = max(1.0, self.limit * _GOOD)
        self.limit = max(1.0, self.limit * min(_MILDEST_CUT, max(_HARDEST_CUT, answered)))
        self.epoch += 1
        self._refused_share = 0.0
        self._answered = self._refused = 0
        self._step = 1.0

    def _climb(self) -> None:
        if self.limit < self._good:
            self.limit = min(self._good, self.limit + 1)
            return
        # `limit` answers make a round; each round's step is one more than the last one's.
        before = int(self.limit)
        self.limit = min(float(self.most), self.limit + self._step / self.limit)
        if int(self.limit) > before:
            self._step += 1 / self._step
