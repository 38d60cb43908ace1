"""From what a sample of source rows cost to what all of them will: calls, tokens, money and time, with their ranges.

Pure. A range of calls, tokens or money comes from the studentized bootstrap (Efron and Tibshirani, 1993, chapter 12):
resamples of the sample's rows tell how far a total lies from the truth in units of its own standard error. A dozen rows
still understate a long tail: an interval drawn at 90 % held 87 to 90 of 100 truths, so a range that says 90 % is drawn
at 95. A range of time holds the middle 95 % of the resamples' times. Both are narrowed by the
share of rows that were in the sample: where all were, nothing is left to guess.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import sqrt
from random import Random
from typing import TypeAlias

from generation_functions.models.clients import client_key
from generation_functions.models.local.threads import threads_of
from generation_functions.models.model import ModelSpec

RESAMPLES = 1_000
LOW, HIGH = 0.025, 0.975
MOST_ERRORS = 12.0
"""Standard errors a range may reach to each side: resamples of very few rows can ask for absurdly many."""


@dataclass(frozen=True, slots=True)
class Load:
    """Calls to one model, their tokens, and the seconds they were open, summed."""

    calls: float = 0.0
    input_tokens: float = 0.0
    output_tokens: float = 0.0
    seconds: float = 0.0

    def plus(self, other: Load, times: float = 1.0) -> Load:
        """This load and the other, that one taken `times`."""
        return Load(
            self.calls + times * other.calls, self.input_tokens + times * other.input_tokens,
            self.output_tokens + times * other.output_tokens, self.seconds + times * other.seconds,
        )  # fmt: skip


Loads: TypeAlias = Mapping[str, Load]
"""What one source row, or many, asked of each model, by its name."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Rows of one source: how many there are in all, and what each of those tried asked of the models."""

    total: int
    rows: Sequence[Loads]

    @property
    def unseen_share(self) -> float:
        """Share of the rows that were not tried."""
        return max(0.0, 1 - len(self.rows) / self.total) if self.total else 0.0


@dataclass(frozen=True, slots=True)
class Span:
    """A likely value between a low and a high one."""

    low: float
    likely: float
    high: float

    def as_json(self) -> dict[str, float]:
        """The three values, to six places."""
        return {"low": round(self.low, 6), "likely": round(self.likely, 6), "high": round(self.high, 6)}


Spanning: TypeAlias = Callable[[Callable[[Loads], float]], Span]
"""The span of a measure taken of every draw."""


@dataclass(frozen=True, slots=True)
class ModelForecast:
    """What one model will be asked. `cost_usd` is None where its price is not known."""

    calls: Span
    input_tokens: Span
    output_tokens: Span
    cost_usd: Span | None
    seconds: Span


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a whole run will ask, cost and take. `cost_usd` is None where no model that asks for money has a price."""

    models: dict[str, ModelForecast]
    cost_usd: Span | None
    seconds: Span


def forecast(
    samples: Sequence[Sample], specs: Mapping[str, ModelSpec], *, seed: int, one_row_s: float = 0.0,
    resamples: int = RESAMPLES,
) -> Forecast:  # fmt: skip
    """Scale the samples to their totals.

    specs      the models by name; names that are not there have no price and no limits
    one_row_s  seconds one row takes from its first to its last answer: no run is faster
    """
    rng = Random(seed)
    point = _scaled(samples, [sample.rows for sample in samples])
    draws = [_drawn(samples, point, rng) for _ in range(resamples)]

    def span(measure: Callable[[Loads], float]) -> Span:
        values = sorted(map(measure, draws))
        likely = measure(point)
        low, high = values[int(LOW * (len(values) - 1))], values[round(HIGH * (len(values) - 1))]
        return Span(max(0.0, min(low, likely)), likely, max(high, likely))

    names = sorted(point)
    rows = [Sample(s.total, [{**dict.fromkeys(names, Load()), **row} for row in s.rows]) for s in samples]

    def sum_span(measure: Callable[[Loads], float]) -> Span:
        return studentized(
            [(s.total, [measure(row) for row in s.rows]) for s in rows if s.rows], Random(seed), resamples
        )  # fmt: skip

    models = {name: _model_forecast(name, specs.get(name), sum_span, span) for name in names}
    has_price = any(model.cost_usd is not None for model in models.values())
    least = span(lambda loads: max([one_row_s, *_endpoint_seconds(loads, specs)]))
    most = span(lambda loads: one_row_s + sum(_endpoint_seconds(loads, specs)))
    return Forecast(
        models,
        sum_span(lambda loads: sum(_cost(loads[name], specs.get(name)) for name in names)) if has_price else None,
        replace(least, high=most.high),
    )


def _model_forecast(name: str, spec: ModelSpec | None, sum_span: Spanning, span: Spanning) -> ModelForecast:
    priced = spec is not None and (spec.dearest is not None or spec.is_free)
    return ModelForecast(
        sum_span(lambda loads: loads[name].calls),
        sum_span(lambda loads: loads[name].input_tokens),
        sum_span(lambda loads: loads[name].output_tokens),
        sum_span(lambda loads: _cost(loads[name], spec)) if priced else None,
        span(lambda loads: _seconds([(loads[name], spec)])),
    )


def studentized(sources: Sequence[tuple[int, Sequence[float]]], rng: Random, resamples: int = RESAMPLES) -> Span:
    """The 90 % interval of a sum over all rows, from `(rows there are, the values of those tried)` of each source."""
    likely, error = _total(sources)
    unseen, _ = _total([(max(0, total - len(values)), values) for total, values in sources])
    seen = sum(sum(values) for _, values in sources)
    left = sqrt(unseen / likely) if likely else 0.0
    if not error or not left:
        return Span(likely, likely, likely)
    ratios = []
    for _ in range(resamples):
        total, own_error = _total([(total, rng.choices(values, k=len(values))) for total, values in sources])
        if own_error:
            ratios.append(max(-MOST_ERRORS, min(MOST_ERRORS, (total - likely) / own_error)))
    if not ratios:
        return Span(seen, likely, likely + MOST_ERRORS * error * left)
    ratios.sort()
    low, high = ratios[int(LOW * (len(ratios) - 1))], ratios[round(HIGH * (len(ratios) - 1))]
    return Span(max(seen, min(likely, likely - high * error * left)), likely, max(likely, likely - low * error * left))


def _total(sources: Sequence[tuple[int, Sequence[float]]]) -> tuple[float, float]:
    """The sum over all rows were they like those tried, and its standard error."""
    sum_, variance = 0.0, 0.0
    for total, values in sources:
        mean = sum(values) / len(values)
        sum_ += total * mean
        if len(values) > 1:
            spread = sum((value - mean) ** 2 for value in values) / (len(values) - 1)
            variance += total**2 * spread / len(values)
    return sum_, sqrt(variance)


def _scaled(samples: Sequence[Sample], rows: Sequence[Sequence[Loads]]) -> dict[str, Load]:
    """Totals over all sources, were all their rows like these."""
    totals = {name: Load() for sample in samples for row in sample.rows for name in row}
    for sample, drawn in zip(samples, rows, strict=True):
        for row in drawn:
            for name, load in row.items():
                totals[name] = totals[name].plus(load, sample.total / len(drawn))
    return totals


def _drawn(samples: Sequence[Sample], point: Loads, rng: Random) -> dict[str, Load]:
    """Totals from one resample of each sample, drawn in towards `point` by how much of the source was seen."""
    totals = dict(point)
    for sample in samples:
        if not sample.rows:
            continue
        width = sqrt(sample.unseen_share)
        resampled = _scaled([sample], [rng.choices(sample.rows, k=len(sample.rows))])
        mean = _scaled([sample], [sample.rows])
        for name in mean:
            totals[name] = totals[name].plus(resampled[name], width).plus(mean[name], -width)
    return totals


def _cost(load: Load, spec: ModelSpec | None) -> float:
    if spec is None or spec.dearest is None:
        return 0.0
    return (load.input_tokens * spec.dearest.input + load.output_tokens * spec.dearest.output) / 1_000_000


def _endpoint_seconds(loads: Loads, specs: Mapping[str, ModelSpec]) -> list[float]:
    """Seconds each endpoint needs by itself. Models that share an endpoint share its limits."""
    endpoints: dict[str, list[tuple[Load, ModelSpec | None]]] = {}
    for name, load in loads.items():
        spec = specs.get(name)
        endpoints.setdefault(name if spec is None else client_key(spec), []).append((load, spec))
    return [_seconds(of_one) for of_one in endpoints.values()]


def _seconds(loads: Sequence[tuple[Load, ModelSpec | None]]) -> float:
    """Seconds until an endpoint has answered: held up by its calls in flight, or by its limits a minute."""
    spec = loads[0][1]
    total = Load()
    for load, _ in loads:
        total = total.plus(load)
    if spec is None:
        return total.seconds
    tokens = total.input_tokens + total.output_tokens
    return max(
        total.seconds / (threads_of(spec) if spec.provider == "local" else spec.in_flight),
        60 * total.calls / spec.requests_per_minute if spec.requests_per_minute else 0.0,
        60 * tokens / spec.tokens_per_minute if spec.tokens_per_minute else 0.0,
    )
