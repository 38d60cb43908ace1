"""Estimate what a run will ask, cost and take, from a few source rows drawn from all of them and really run. The run
takes over their answers."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from commands import summary
from commands.forecast import Forecast, Span, forecast
from commands.job import Job, add_change_arguments, changes_of, load_job
from commands.measured import Measured, measure
from commands.terminal import counted, duration, money, number, paint, table, width_of, wrapped
from commands.trial import Trial, at_least_one, tell_error, try_out
from generation_functions.rows import Json
from generation_functions.run.shard_stores import STORE_FILE
from generation_functions.store import StoreReader

_SAMPLE = 12


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this verb."""
    parser.add_argument("config", type=Path, metavar="CONFIG", help="a config")
    parser.add_argument("--sample", type=at_least_one, default=_SAMPLE, metavar="N", help="source rows to try (12)")
    add_change_arguments(parser, fresh=False)
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument("--quiet", action="store_true", help="show no progress")


def execute(arguments: argparse.Namespace) -> int:
    """Try a sample and scale it. Exit code 0, or that of the error which ended the sample."""
    job = load_job(arguments.config, changes_of(arguments))
    trial = try_out(job, sample=arguments.sample, quiet=arguments.quiet)
    if trial.result.error is not None:
        tell_error(job, trial, debug=getattr(arguments, "debug", False))
        return trial.exit_code
    with trial.runs() as runs:
        measured = measure(run.history for run in runs)
    specs = {model.name: model.spec for model in job.models}
    found = forecast(measured.samples, specs, seed=job.options.seed, one_row_s=measured.one_row_s)
    if arguments.json:
        print(json.dumps(_as_json(job, trial, measured, found), ensure_ascii=False))
    else:
        print("\n".join(_lines(job, trial, measured, found)))
    return 0


def _as_json(job: Job, trial: Trial, measured: Measured, found: Forecast) -> dict[str, Json]:
    calls, reused = summary.calls_of(trial.manifest)
    return {
        "source_rows": measured.total,
        "sample": {"rows": measured.tried, "calls": calls, "reused": reused, "cost_usd": trial.cost_usd},
        "models": {name: _model_json(vars_of) for name, vars_of in found.models.items()},
        "cost_usd": found.cost_usd.as_json() if found.cost_usd is not None else None,
        "seconds": found.seconds.as_json(),
        "without_price": _without_price(found),
        "paid_before_usd": _paid_before(job),
        "range": "90 % studentized bootstrap interval over the sampled source rows",
    }


def _model_json(model: Any) -> dict[str, Json]:
    names = ("calls", "input_tokens", "output_tokens", "cost_usd", "seconds")
    return {name: span.as_json() if (span := getattr(model, name)) is not None else None for name in names}


def _lines(job: Job, trial: Trial, measured: Measured, found: Forecast) -> list[str]:
    if not measured.tried:
        return ["there is no source row to ask about: nothing would be called"]
    head = [paint(f"{job.name}: {counted(measured.total, 'source row')}", "bold", stream=sys.stdout), ""]
    exact = measured.tried >= measured.total
    return [
        *head,
        *_table(found, exact),
        "",
        *_totals(job, found, exact),
        "",
        *_wrapped(_remarks(job, trial, measured, exact)),
    ]


def _wrapped(remarks: list[str]) -> list[str]:
    width = width_of(sys.stdout)
    return [line for remark in remarks for line in wrapped(remark, width=width)]


def _table(found: Forecast, exact: bool) -> list[str]:
    rows = [
        (
            name, _around(model.calls, _whole, exact), _around(model.input_tokens, _whole, exact),
            _around(model.output_tokens, _whole, exact),
            "no price known" if model.cost_usd is None else _around(model.cost_usd, money, exact),
        )
        for name, model in found.models.items()
    ]  # fmt: skip
    return table(rows, head=("model", "calls", "tokens in", "tokens out", "cost"), align="lrrrr")


def _totals(job: Job, found: Forecast, exact: bool) -> list[str]:
    cost = "not known: no model has a price" if found.cost_usd is None else _between(found.cost_usd, money, exact)
    unpriced = _without_price(found)
    if found.cost_usd is not None and unpriced:
        cost += f", and what {', '.join(unpriced)} costs"
    offline = all(model.spec.provider == "offline" for model in job.models)
    time = "moments: rules answer, no model is asked" if offline else _between(found.seconds, duration, False)
    before = _paid_before(job)
    known = f" ({money(before)} of it is paid already)" if before else ""
    return table([("cost", cost + known), ("time", time)])


def _remarks(job: Job, trial: Trial, measured: Measured, exact: bool) -> list[str]:
    calls, reused = summary.calls_of(trial.manifest)
    known = f" and {counted(reused, 'answer')} known already" if reused else ""
    lines = [
        f"From {number(measured.tried)} source rows drawn at random from {number(measured.total)}, run for"
        f" {money(trial.cost_usd)} with {counted(calls, 'call')}{known}; the run takes their answers over.",
    ]  # fmt: skip
    if exact:
        lines.append("Every row was tried, so nothing is guessed but what chance does to a second try.")
    else:
        lines.append(
            "Ranges are 90 % intervals, from how those rows differ. They are about documents such as these: a few"
            " that are very different, and missed by the sample, can leave them."
        )
    if not all(model.spec.provider == "offline" for model in job.models):
        lines.append("Time is at the answers' present speed, with as many calls in flight as the config allows.")
    estimated = [name for name, account in trial.manifest["models"].items() if account["estimated"]]
    if estimated:
        lines.append(f"Tokens of {', '.join(estimated)} are estimated, as none are reported.")
    return lines


def _around(span: Span, shown: Callable[[float], str], exact: bool) -> str:
    likely = shown(span.likely)
    low, high = shown(span.low), shown(span.high)
    return likely if exact or low == high else f"{likely} ({low} to {high})"


def _between(span: Span, shown: Callable[[float], str], exact: bool) -> str:
    if exact or shown(span.low) == shown(span.high):
        return shown(span.likely)
    return f"{shown(span.low)} to {shown(span.high)}, likely {shown(span.likely)}"


def _whole(value: float) -> str:
    return number(round(value))


def _without_price(found: Forecast) -> list[str]:
    return [name for name, model in found.models.items() if model.cost_usd is None]


def _paid_before(job: Job) -> float:
    path = job.output_dir / STORE_FILE
    if not path.exists():
        return 0.0
    store = StoreReader(path)
    try:
        return store.spent()
    finally:
        store.close()
