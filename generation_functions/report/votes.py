"""How far the judges of majority votes agreed, step by step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import orjson

from generation_functions.rows import Json
from generation_functions.store import StoreReader

OUTCOMES = ("all said yes", "passed, not all agreed", "lost, not all agreed", "all said no")


@dataclass(frozen=True)
class Agreement:
    """One step's votes. `outcomes` counts rows by `OUTCOMES`; of `ballots` cast, `unreadable` gave no verdict.

    `several` counts the rows that had two ballots or more: only there could judges disagree.
    """

    step: str
    rows: int
    several: int
    outcomes: tuple[int, int, int, int]
    ballots: int
    unreadable: int


def agreements_of(store: StoreReader, attempt: int) -> tuple[Agreement, ...]:
    """The votes of each step that took some, in the order of the steps."""
    found = store.stream(
        "SELECT step, status, detail ->> '$.needed', detail ->> '$.votes', COUNT(*), MIN(id) FROM rows WHERE"
        " run_attempt = ? AND detail LIKE '%\"votes\"%' GROUP BY 1, 2, 3, 4 ORDER BY 6",
        (attempt,),
    )
    steps: dict[str, list[tuple[list[Json], int, int]]] = {}
    for step, _, needed, votes, count, _ in found:
        ballots = _ballots(votes)
        if ballots:
            steps.setdefault(step, []).append((ballots, int(needed or 0), count))
    return tuple(agreement_of(step, votes) for step, votes in steps.items())


def agreement_of(step: str, votes: Iterable[tuple[Sequence[Json], int, int]]) -> Agreement:
    """One step's votes: each has its ballots (true, false, null for none), the yeses needed, and in how many rows."""
    outcomes: Counter[int] = Counter()
    rows = several = cast = unreadable = 0
    for ballots, needed, count in votes:
        yes, no = sum(b is True for b in ballots), sum(b is False for b in ballots)
        outcomes[_outcome(yes, no, passed=yes >= needed)] += count
        rows += count
        several += count * (len(ballots) > 1)
        cast += count * len(ballots)
        unreadable += count * (len(ballots) - yes - no)
    return Agreement(step, rows, several, (outcomes[0], outcomes[1], outcomes[2], outcomes[3]), cast, unreadable)


def _outcome(yes: int, no: int, *, passed: bool) -> int:
    if passed:
        return 0 if not no else 1
    return 3 if not yes else 2


def _ballots(votes: str | None) -> list[Json]:
    try:
        found = orjson.loads(votes or "null")
    except orjson.JSONDecodeError:
        return []
    return found if isinstance(found, list) else []
