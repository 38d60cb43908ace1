"""Estimate what a run will ask, cost and take, from a few source rows drawn from all of them and really run. The run
takes over their answers."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from commands import summary
from commands.forecast import Forecast, Span, forecast
from commands.job import Job, add_change_arguments, changes_of, load_job
from commands.measured import Measured, measure, together
from commands.terminal import counted, duration, money, number, paint, table, width_of, wrapped
from commands.trial import Trial, at_least_one, tell_error, try_out
from generation_functions.rows import Json
from generation_functions.run.manifest import runs_within
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
        parts, done = measure(runs), [summary.calls_of(run.manifest) for run in runs]
    asked = (sum(calls for calls, _ in done), sum(reused for _, reused in done))
    measured = together(parts)
    found = _forecast(job, measured)
    each = {part.name: _forecast(job, part.measured) for part in parts if part.asks and len(parts) > 1}
    if arguments.json:
        print(json.dumps(_as_json(job, trial, measured, found, each, asked), ensure_ascii=False))
    else:
        print("\n".join(_lines(job, trial, measured, found, each, asked)))
    return 0


def _forecast(job: Job, measured: Measured) -> Forecast:
    specs = {model.name: model.spec for model in job.models}
    return forecast(measured.samples, specs, seed=job.options.seed, one_row_s=measured.one_row_s)


def _as_json(
    job: Job, trial: Trial, measured: Measured, found: Forecast, each: Mapping[str, Forecast], asked: tuple[int, int]
) -> dict[str, Json]:
    calls, reused = asked
    return {
        "source_rows": measured.total,
        "sample": {"rows": measured.tried, "calls": calls, "reused": reused, "cost_usd": trial.cost_usd},
        "models": {name: _model_json(vars_of) for name, vars_of in found.models.items()},
        "runs_inside": {
            part: {name: _model_json(model) for name, model in inner.models.items()} for part, inner in each.items()
        },
        "cost_usd": found.cost_usd.as_json() if found.cost_usd is not None else None,
        "seconds": found.seconds.as_json(),
        "without_price": _without_price(found),
        "paid_before_usd": _paid_before(job),
        "range": "90 % studentized bootstrap interval over the sampled source rows",
    }


def _model_json(model: Any) -> dict[str, Json]:
    names = ("calls", "input_tokens", "output_tokens", "cost_usd", "seconds")
    return {name: span.as_json() if (span := getattr(model, name)) is not None else None for name in names}


def _lines(
    job: Job, trial: Trial, measured: Measured, found: Forecast, each: Mapping[str, Forecast], asked: tuple[int, int]
) -> list[str]:
    if not measured.tried:
        return ["there is no source row to ask about: nothing would be called"]
    if not found.models:
        return [
            f"{job.name}: {counted(measured.total, 'source row')}",
            "",
            "no model is asked, so nothing is to be paid",
        ]
    head = [paint(f"{job.name}: {counted(measured.total, 'source row')}", "bold", stream=sys.stdout), ""]
    exact = measured.tried >= measured.total
    return [
        *head,
        *_table(found, exact),
        *_table_of_runs(each),
        "",
        *_totals(job, found, exact),
        "",
        *_wrapped(_remarks(trial, measured, exact, job, asked)),
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


def _table_of_runs(each: Mapping[str, Forecast]) -> list[str]:
    """What each run inside a composition is likely to ask, all its models together."""
    rows = [
        (
            name, _whole(sum(model.calls.likely for model in found.models.values())),
            _whole(sum(model.input_tokens.likely for model in found.models.values())),
            _whole(sum(model.output_tokens.likely for model in found.models.values())),
            "no price known" if found.cost_usd is None else money(found.cost_usd.likely),
        )
        for name, found in each.items()
    ]  # fmt: skip
    head = ("run inside it", "calls", "tokens in", "tokens out", "cost")
    return ["", *table(rows, head=head, align="lrrrr")] if rows else []


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


def _remarks(trial: Trial, measured: Measured, exact: bool, job: Job, asked: tuple[int, int]) -> list[str]:
    calls, reused = asked
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
    """What the run and the runs inside it have paid for by now, in US dollars."""
    stores = [folder / STORE_FILE for folder in (job.output_dir, *runs_within(job.output_dir))]
    paid = 0.0
    for path in stores:
        if path.exists():
            with closing(StoreReader(path)) as store:
                paid += store.spent()
    return paid
