"""How many rows went into and came out of each stage, and why the others did not."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from generation_functions.rows import Json
from generation_functions.store import DROPPED, FAILED

MOST_REASONS = 50
_NUMBER = re.compile(r"(?<![\w.])\d[\d,.]*\b")


@dataclass
class StageCounts:
    """One stage's rows in one attempt. `out` counts rows, which may be more than went in."""

    came_in: int = 0
    out: int = 0
    failed: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)

    def add(self, status: str, out: int, reason: str | None) -> None:
        """Count one outcome."""
        self.came_in += 1
        self.out += out
        if status == DROPPED:
            self.reasons[reason or "no reason given"] += 1
        elif status == FAILED:
            self.failed += 1
            self.failures[_alike(reason or "no reason given")] += 1

    def merged(self, other: StageCounts) -> StageCounts:
        """Both together: two streams that use a step of one name."""
        return StageCounts(
            self.came_in + other.came_in, self.out + other.out, self.failed + other.failed,
            self.reasons + other.reasons, self.failures + other.failures,
        )  # fmt: skip

    def as_json(self) -> dict[str, Json]:
        """For `run.json`: the commonest reasons by name, the rest as one number."""
        return {
            "in": self.came_in, "out": self.out, "failed": self.failed,
            "dropped": _commonest(self.reasons), "failures": _commonest(self.failures),
        }  # fmt: skip


def _alike(reason: str) -> str:
    """A failure's reason without the numbers that tell one of a kind from another."""
    return _NUMBER.sub("N", reason)


def _commonest(counter: Counter[str]) -> dict[str, int]:
    common = sorted(counter.items(), key=lambda item: (-item[1], item[0]))
    shown = dict(common[:MOST_REASONS])
    rest = sum(count for _, count in common[MOST_REASONS:])
    return {**shown, **({"other reasons": rest} if rest else {})}
