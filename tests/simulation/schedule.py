"""What happens to a run, drawn from one seed: its input, its machine, and one blow after another."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from random import Random
from typing import Literal, TypeAlias

from tests.simulation.endpoint import FINAL, PASSING, UNREACHABLE, Storm

Blow = Literal["none", "crash", "interrupt", "stop_at_once", "disk", "endpoint", "outage", "budget"]
BLOWS: tuple[Blow, ...] = (
    "crash", "crash", "crash", "crash", "interrupt", "interrupt", "stop_at_once", "disk", "disk", "endpoint", "outage",
    "budget", "none",
)  # fmt: skip
MOST_ROWS = 7
SHAPES = ("rows", "rows", "rows", "documents", "children")
SITES = (1, 1, 1, 2, 2, 3)
Shape: TypeAlias = Literal["rows", "documents", "children"]
KEPT = "r1"
"""A source row that reaches the dataset if nothing happens."""


@dataclass(frozen=True)
class Plan:
    """One attempt.

    texts          the source rows there are
    at_time        seconds after which the blow falls; else
    at_statement   the store's statement it falls on (crash, disk), or
    at_file        the operation on a file it falls on (crash, disk)
    after          whether a crash at a COMMIT falls just after it, not before
    second_after   seconds from the first interruption to the second
    torn           share of the last event that a crash leaves written; 0 leaves all of it
    budget_share   of what an undisturbed run costs
    clock_jumps    (seconds since the start, seconds the time of day jumps by)
    sleep          (seconds since the start, seconds the machine sleeps)
    """

    texts: tuple[str, ...]
    blow: Blow = "none"
    at_time: float | None = None
    at_statement: int | None = None
    at_file: int | None = None
    after: bool = False
    second_after: float = 0.0
    torn: float = 0.0
    disk_fault: str = "full"
    budget_share: float | None = None
    storms: tuple[Storm, ...] = ()
    clock_jumps: tuple[tuple[float, float], ...] = ()
    sleep: tuple[float, float] | None = None


@dataclass(frozen=True)
class Schedule:
    """A whole simulated life: the machine, the disturbed attempts, and the input that is there at the end.

    shape      of the pipeline: over given rows, over a folder of documents, or as two runs inside a run
    sites      endpoints that serve the model; with `by_weight` they share the calls
    batches    whether the model is asked through the Batch API
    """

    seed: int
    max_in_flight: int
    requests_per_minute: float | None
    max_retries: int
    latency_s: float
    commit_s: float
    heartbeat_s: float
    attempts: tuple[Plan, ...] = field(default=())
    texts: tuple[str, ...] = ()
    shape: Shape = "rows"
    sites: int = 1
    by_weight: bool = False
    batches: bool = False

    def calm(self) -> Plan:
        """An attempt at which nothing happens."""
        return Plan(self.texts)

    @property
    def well_throughout(self) -> tuple[int, ...]:
        """The endpoints that nothing ever happens to."""
        storms = [storm for plan in self.attempts for storm in plan.storms]
        return tuple(site for site in range(self.sites) if not any(storm.hits(site) for storm in storms))


def drawn(seed: int) -> Schedule:
    """The schedule of a seed."""
    rng = Random(seed)
    # Few inputs, so that many schedules share one undisturbed run.
    inputs = Random(seed % 24)
    shape: Shape = inputs.choice(SHAPES)
    # Where a killed run of many documents goes on is found only once there are some.
    rows = inputs.randint(30, 44) if shape == "documents" else inputs.randint(1, MOST_ROWS)
    texts = (*(f"r{inputs.randrange(60)}" for _ in range(rows)), KEPT)
    sites = rng.choice(SITES)
    schedule = Schedule(
        seed,
        shape=shape,
        sites=sites,
        by_weight=rng.random() < 0.4,
        batches=sites == 1 and rng.random() < 0.4,
        max_in_flight=rng.choice((1, 2, 4, 16)),
        requests_per_minute=rng.choice((None, None, None, 90.0)),
        max_retries=rng.choice((1, 8, 8, 8)),
        latency_s=rng.choice((0.0, 0.05, 0.5, 2.0)),
        commit_s=rng.choice((0.0, 0.01, 0.3, 2.0)),
        heartbeat_s=rng.choice((7.0, 60.0)),
        texts=texts,
    )
    return replace(schedule, attempts=tuple(_plan(rng, texts, sites) for _ in range(rng.randint(1, 4))))


def _plan(rng: Random, texts: tuple[str, ...], sites: int) -> Plan:
    blow = rng.choice(BLOWS)
    plan = Plan(_changed(rng, texts), blow, storms=_storms(rng), clock_jumps=_jumps(rng))
    if rng.random() < 0.1:
        plan = replace(plan, sleep=(_moment(rng), rng.choice((5.0, 700.0))))
    plan = _aimed(plan, rng)
    return replace(plan, storms=tuple(_over(storm, rng, sites) for storm in plan.storms))


def _over(storm: Storm, rng: Random, sites: int) -> Storm:
    """The storm as it hits one endpoint of several, or, less often, all of them."""
    return storm if sites == 1 or rng.random() < 0.3 else replace(storm, site=rng.randrange(sites))


def _aimed(plan: Plan, rng: Random) -> Plan:
    aim = rng.choice(("time", "statement", "file") if plan.blow in ("crash", "disk") else ("time",))
    if plan.blow == "disk" and aim == "time":
        aim = "statement"
    if plan.blow == "endpoint":
        storm = Storm(_moment(rng), 1e9, 1.0, (rng.choice(FINAL),))
        return replace(plan, storms=(storm, *plan.storms))
    if plan.blow == "outage":
        begins = _moment(rng)
        kinds = (rng.choice((*UNREACHABLE, "status_500", "status_429", "hang", "half_json")),)
        return replace(plan, storms=(Storm(begins, begins + rng.choice((5, 100, 2000)), 1.0, kinds), *plan.storms))
    if plan.blow == "budget":
        return replace(plan, budget_share=rng.random() * 0.8)
    return replace(
        plan,
        at_time=_moment(rng) if aim == "time" else None,
        at_statement=int(1 + rng.random() ** 2 * 150) if aim == "statement" else None,
        at_file=rng.randint(1, 12) if aim == "file" else None,
        after=rng.random() < 0.5,
        second_after=rng.choice((0.0, 0.1, 3.0)),
        torn=rng.random() if rng.random() < 0.3 else 0.0,
        disk_fault=rng.choice(("full", "io_error", "locked")),
    )


def _moment(rng: Random) -> float:
    """Seconds: mostly early, sometimes late."""
    return float(rng.choice((0.0, 0.2, 2.0, 20.0, 60.0)) * rng.random())


def _storms(rng: Random) -> tuple[Storm, ...]:
    if rng.random() < 0.35:
        return ()
    begins = _moment(rng)
    kinds = tuple(rng.sample((*PASSING, *UNREACHABLE[:1]), rng.randint(1, 6)))
    return (Storm(begins, begins + rng.choice((3.0, 30.0, 300.0)), rng.choice((0.05, 0.2, 0.6)), kinds),)


def _jumps(rng: Random) -> tuple[tuple[float, float], ...]:
    count = rng.choice((0, 0, 1, 2))
    return tuple((_moment(rng), rng.choice((-86_400.0, -5.0, 30.0, 1e7))) for _ in range(count))


def _changed(rng: Random, texts: tuple[str, ...]) -> tuple[str, ...]:
    """The input as it was before it became what it is at the end."""
    luck = rng.random()
    if luck < 0.6:
        return texts
    if luck < 0.75:
        return tuple(rng.sample(texts, len(texts)))
    if luck < 0.9:
        return tuple(text for text in texts if rng.random() < 0.6) or texts[:1]
    return (f"r{rng.randrange(60)}", *texts)
