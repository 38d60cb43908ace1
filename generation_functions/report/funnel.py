"""How many rows each step was given, let through, dropped and failed, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

SHOWN_REASONS = 8


@dataclass(frozen=True)
class Reason:
    """Why a step did not let `rows` rows go on; `failed` where it could not judge them."""

    text: str
    rows: int
    failed: bool


@dataclass(frozen=True)
class StepYield:
    """One step: rows it was given, rows it made of them, rows it dropped and rows that failed.

    `reasons` are the commonest; `more_reasons` counts the others.
    """

    step: str
    given: int
    made: int
    dropped: int
    failed: int
    reasons: tuple[Reason, ...]
    more_reasons: int


def funnel_of(manifest: Mapping[str, Any]) -> tuple[StepYield, ...]:
    """The steps of a run's manifest, in their order."""
    return tuple(_yield(name, step) for name, step in manifest.get("steps", {}).items())


def _yield(name: str, step: Mapping[str, Any]) -> StepYield:
    dropped, failures = step.get("dropped", {}), step.get("failures", {})
    reasons = [Reason(text, rows, False) for text, rows in dropped.items()]
    reasons += [Reason(text, rows, True) for text, rows in failures.items()]
    reasons.sort(key=lambda reason: (-reason.rows, reason.text))
    return StepYield(
        name, step["in"], step["out"], sum(dropped.values()), step["failed"],
        tuple(reasons[:SHOWN_REASONS]), max(0, len(reasons) - SHOWN_REASONS),
    )  # fmt: skip
