"""A run's budget, cut into shares for its shards: together they never spend more than is left. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Shares:
    """What of a budget each shard may spend.

    limit_usd  of the whole run; None for no limit
    spent_usd  before the first shard
    waiting    shards that have no share yet
    """

    limit_usd: float | None
    spent_usd: float
    waiting: int
    held: dict[int, float] = field(default_factory=dict)

    def take(self, shard: int) -> float | None:
        """The share of a shard that begins now: an even part of what no other shard may still spend."""
        if self.limit_usd is None:
            return None
        left = self.limit_usd - self.spent_usd - sum(self.held.values())
        self.held[shard] = max(0.0, left / self.waiting)
        self.waiting -= 1
        return self.held[shard]

    def settle(self, shard: int, paid_usd: float) -> None:
        """A shard has ended. What it did not spend is free for those that begin after it."""
        self.held.pop(shard, None)
        self.spent_usd += paid_usd
