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
class AlikeReasons:
    """Counts reasons: those that differ only in their numbers are one, and the first of them stands for all."""

    counts: Counter[str] = field(default_factory=Counter)
    hints: dict[str, str] = field(default_factory=dict)
    _first: dict[str, str] = field(default_factory=dict)

    def add(self, reason: str, count: int = 1, hint: str | None = None) -> None:
        """Count a reason, and keep what would help against it."""
        shown = self._first.setdefault(_NUMBER.sub("N", reason), reason)
        self.counts[shown] += count
        if hint is not None:
            self.hints.setdefault(shown, hint)

    def add_all(self, other: AlikeReasons) -> None:
        """Count what another has counted."""
        for reason, count in other.counts.items():
            self.add(reason, count, other.hints.get(reason))


@dataclass
class StageCounts:
    """One stage's rows in one attempt. `out` counts rows, which may be more than went in.

    `asked` counts what could fail: the rows that went in, or what was asked for of each where that can fail by itself.
    """

    came_in: int = 0
    out: int = 0
    failed: int = 0
    asked: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    failures: AlikeReasons = field(default_factory=AlikeReasons)

    @property
    def failed_share(self) -> float:
        """The share of what was asked for that failed."""
        return self.failed / self.asked if self.asked else 0.0

    def add(self, status: str, out: int, reason: str | None, hint: str | None = None, *, asked: int = 1) -> None:
        """Count one outcome."""
        self.came_in += 1
        self.out += out
        self.asked += asked
        if status == DROPPED:
            self.reasons[reason or "no reason given"] += 1
        elif status == FAILED:
            self.add_failure(reason, hint)

    def add_failure(self, reason: str | None, hint: str | None = None) -> None:
        """Count a row, or one that was to be made of a row, as failed."""
        self.failed += 1
        self.failures.add(reason or "no reason given", hint=hint)

    def merged(self, other: StageCounts) -> StageCounts:
        """Both together: two streams that use a step of one name."""
        both = StageCounts(
            self.came_in + other.came_in, self.out + other.out, self.failed + other.failed,
            self.asked + other.asked, self.reasons + other.reasons,
        )  # fmt: skip
        both.failures.add_all(self.failures)
        both.failures.add_all(other.failures)
        return both

    def as_json(self) -> dict[str, Json]:
        """For `run.json`: the commonest reasons by name, the rest as one number."""
        failures = _commonest(self.failures.counts)
        hints = {reason: hint for reason, hint in self.failures.hints.items() if reason in failures}
        return {
            "in": self.came_in, "out": self.out, "failed": self.failed,
            "dropped": _commonest(self.reasons), "failures": failures, **({"hints": hints} if hints else {}),
        }  # fmt: skip


def _commonest(counter: Counter[str]) -> dict[str, int]:
    common = sorted(counter.items(), key=lambda item: (-item[1], item[0]))
    shown = dict(common[:MOST_REASONS])
    rest = sum(count for _, count in common[MOST_REASONS:])
    return {**shown, **({"other reasons": rest} if rest else {})}
