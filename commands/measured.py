"""What a trial asked of the models, source row by source row, read from its store."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import fmean

from commands.forecast import Load, Loads, Sample
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
    def tried(self) -> int:
        """Source rows that were sent through the pipeline."""
        return sum(len(sample.rows) for sample in self.samples)


def measure(histories: Iterable[History]) -> Measured:
    """Measure a run and the runs inside it."""
    samples: list[Sample] = []
    waits: list[float] = []
    for history in histories:
        loads, seconds = _of_roots(history)
        by_source: dict[str, list[Loads]] = defaultdict(list)
        sources = _sources_of_roots(history)
        for root in history.roots():
            by_source[sources.get(root, "")].append(loads.get(root, {}))
        totals = _totals(history)
        samples += [Sample(max(totals.get(name, 0), len(rows)), rows) for name, rows in by_source.items()]
        waits += seconds.values()
    return Measured(tuple(samples), fmean(waits) if waits else 0.0)


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
