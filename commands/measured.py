"""What a trial asked of the models, source row by source row, read from its store."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean

from commands.forecast import Load, Loads, Sample
from commands.past_run import PastRun
from generation_functions.run.sources import READS_FROM
from generation_functions.store.history import History


@dataclass(frozen=True, slots=True)
class Measured:
    """A sample for each source of a run, and the mean seconds a row took from its first to its last answer."""

    samples: tuple[Sample, ...]
    one_row_s: float

    @property
    def total(self) -> int:
        """Source rows in all."""
        return sum(sample.total for sample in self.samples)

    @property
    def left_out(self) -> float:
        """How many times as many source rows there are as were tried."""
        return self.total / self.tried if self.tried else 1.0

    @property
    def tried(self) -> int:
        """Source rows that were sent through the pipeline."""
        return sum(len(sample.rows) for sample in self.samples)

    def times(self, factor: float) -> Measured:
        """The same with so many times as many source rows, of which as many were tried."""
        return replace(
            self, samples=tuple(replace(sample, total=round(factor * sample.total)) for sample in self.samples)
        )


@dataclass(frozen=True, slots=True)
class Part:
    """What was measured of one run of a trial: the trial's own, or one inside it, by its folder in the trial's."""

    name: str
    measured: Measured

    @property
    def asks(self) -> bool:
        """Whether any of its rows asked a model."""
        return any(loads for sample in self.measured.samples for loads in sample.rows)


def measure(runs: Sequence[PastRun]) -> list[Part]:
    """Measure a run, the first, and the runs inside it.

    A run that reads what another of them wrote from a sample has as much of it again for every row left out there.
    """
    parts = {run.folder.resolve(): _measured(run.history) for run in runs}
    for run in sorted(runs, key=lambda run: float(run.manifest["started"])):
        folder = run.folder.resolve()
        origin = run.history.store.fact(READS_FROM)
        writer = next((path for path in Path(origin).parents if path in parts), None) if origin else None
        if writer is not None:
            parts[folder] = parts[folder].times(parts[writer].left_out)
    first = runs[0].folder.resolve()
    return [Part(str(folder.relative_to(first)), measured) for folder, measured in parts.items()]


def together(parts: Sequence[Part]) -> Measured:
    """All parts as one; those that ask no model have no source rows of their own to count, but for the only one."""
    asking = [part.measured for part in parts if part.asks] or [part.measured for part in parts[:1]]
    samples = tuple(sample for measured in asking for sample in measured.samples)
    return Measured(samples, max((measured.one_row_s for measured in asking), default=0.0))


def _measured(history: History) -> Measured:
    """What a run's rows asked, source by source."""
    loads, waits = _of_roots(history)
    by_source: dict[str, list[Loads]] = defaultdict(list)
    sources = _sources_of_roots(history)
    for root in history.roots():
        by_source[sources.get(root, "")].append(loads.get(root, {}))
    totals = _totals(history)
    samples = tuple(Sample(max(totals.get(name, 0), len(rows)), rows) for name, rows in by_source.items())
    return Measured(samples, fmean(waits.values()) if waits else 0.0)


_SOURCE = "run_attempt = ? AND status = 'kept' AND (from_step = '' OR step = 'chunk')"


def _totals(history: History) -> dict[str, int]:
    return dict(
        history.store.query(f"SELECT step, COUNT(*) FROM rows WHERE {_SOURCE} GROUP BY step", (history.attempt,))
    )


def _sources_of_roots(history: History) -> dict[str, str]:
    return dict(history.store.query(f"SELECT key, step FROM rows WHERE {_SOURCE}", (history.attempt,)))


def _of_roots(history: History) -> tuple[dict[str, Loads], dict[str, float]]:
    """For each source row what it asked, and its longest wait: each step's slowest answer, summed."""
    known = {key: rest for key, *rest in history.store.query(
        "SELECT key, model, input_tokens, output_tokens, seconds FROM exchanges")}  # fmt: skip
    asked: dict[str, dict[str, str]] = defaultdict(dict)
    for root, step, keys in history.store.query(
        "SELECT root, step, exchanges FROM rows WHERE run_attempt = ? AND length(exchanges) > 0", (history.attempt,)
    ):
        text = keys.decode() if isinstance(keys, bytes) else keys
        asked[root] |= {key: step for key in text.split(",") if key in known}
    askers = Counter(key for exchanges in asked.values() for key in exchanges)
    loads: dict[str, Loads] = {}
    waits: dict[str, float] = {}
    for root, exchanges in asked.items():
        of_models: dict[str, Load] = defaultdict(Load)
        slowest: dict[str, float] = defaultdict(float)
        for key, step in exchanges.items():
            model, tokens_in, tokens_out, seconds = known[key]
            # An answer that several rows share is paid once: each bears its part.
            of_models[model] = of_models[model].plus(Load(1, tokens_in, tokens_out, seconds), 1 / askers[key])
            slowest[step] = max(slowest[step], seconds)
        loads[root], waits[root] = dict(of_models), sum(slowest.values())
    return loads, waits
