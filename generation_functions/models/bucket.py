"""A token bucket: so much a minute, evenly, with a little room for bursts. Pure."""

from __future__ import annotations

_BURST_S = 0.1
_MINUTE = 60.0


class Bucket:
    """Lets through at most `per_minute` units in any 60 seconds, as long as each is paid in full when it is taken.

    A cost above the burst waits for a full bucket and leaves a debt, so that no call is too large to ever start.
    """

    def __init__(self, per_minute: float, now: float, *, burst_s: float = _BURST_S) -> None:
        self._most = max(1.0, per_minute / _MINUTE * burst_s)
        # What the burst may add is taken off the rate: together they keep to the promise.
        self._rate = max(per_minute - self._most + 1, per_minute / 2) / _MINUTE
        self._level = self._most
        self._at = now

    def wait(self, cost: float, now: float) -> float:
        """Seconds until `cost` can be taken; 0 when it can be taken now."""
        self._fill(now)
        lacking = min(cost, self._most) - self._level
        return lacking / self._rate if lacking > 1e-9 else 0.0

    def take(self, cost: float) -> None:
        """Take it. A negative cost gives back what turned out not to be used."""
        self._level = min(self._most, self._level - cost)

    def _fill(self, now: float) -> None:
        if now > self._at:
            self._level = min(self._most, self._level + (now - self._at) * self._rate)
            self._at = now
