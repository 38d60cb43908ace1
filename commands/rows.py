"""Read a run's rows whole: those of its datasets, or those that a step kept, dropped or failed."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path

from commands.past_run import PastRun, past_run
from commands.summary import without_address
from commands.terminal import counted, number, paint, say, shorten, table, width_of
from commands.transcript import SHORT_KEY, Transcript, content_lines, heading, labelled, place_of
from generation_functions.config.suggestions import did_you_mean
from generation_functions.errors import ConfigError
from generation_functions.rows import Json
from generation_functions.run.manifest import runs_within
from generation_functions.store import DROPPED, FAILED, KEPT, RowRecord
from generation_functions.store.history import DATASET_PREFIX, Selection

_REASON_WIDTH = 60
_ABOUT_THE_SOURCE = ("source", "start", "end", "characters", "record", "headings", "tokens")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this verb."""
    parser.add_argument("run", type=Path, metavar="RUN", help="output folder of a run")
    add_selection(parser, (KEPT, DROPPED, FAILED))
    parser.add_argument("-n", type=int, default=20, metavar="N", help="most rows to show (20); 0 shows all")
    parser.add_argument("--fields", metavar="A,B", help="only these fields, from anywhere in the row's history")
    parser.add_argument("--full", action="store_true", help="do not cut long values")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")


def add_selection(parser: argparse.ArgumentParser, statuses: tuple[str, ...]) -> None:
    """The options that say which rows are meant."""
    parser.add_argument("--step", help="rows of this step (a dataset is the step dataset:NAME)")
    parser.add_argument("--status", choices=statuses, help="what the step made of them")
    parser.add_argument("--reason", metavar="TEXT", help="rows whose reason holds this text")
    parser.add_argument(
        "--key", action="append", default=[], metavar="KEY", help="this row; its key's beginning will do"
    )


def execute(arguments: argparse.Namespace) -> int:
    """Show the rows. Exit code 0, also where none is selected."""
    with past_run(arguments.run) as run:
        selection = selection_of(arguments, run)
        records = list(run.history.records(selection, limit=arguments.n or None))
        fields = [name.strip() for name in arguments.fields.split(",")] if arguments.fields else None
        if arguments.json:
            for record in records:
                print(json.dumps(row_json(run, record, fields), ensure_ascii=False))
            return 0
        _show(run, selection, records, fields, full=arguments.full)
    return 0


def selection_of(arguments: argparse.Namespace, run: PastRun) -> Selection:
    """What the options select: without any, the rows of the datasets. Raises `ConfigError` for an unknown step."""
    step, status = arguments.step, arguments.status
    if step is not None and step not in run.history.depths:
        known = list(run.history.depths)
        dataset = f"{DATASET_PREFIX}{step}"
        if dataset in known:
            step = dataset
        else:
            hint = did_you_mean(step, known) or f"its steps: {', '.join(known) or 'none yet'}"
            raise ConfigError(f"no row of {run.folder} was at a step {step!r}", hint=hint)
    if step is None and status in (None, KEPT) and not arguments.reason and not arguments.key:
        step, status = f"{DATASET_PREFIX}*", KEPT
    return Selection(step, status, arguments.reason, tuple(arguments.key))


def row_json(run: PastRun, record: RowRecord, fields: list[str] | None) -> dict[str, Json]:
    """One row as JSON."""
    return {
        "key": record.key, "step": record.step, "status": record.status, "reason": record.reason,
        "detail": record.detail, "fields": row_fields(run, record, fields),
    }  # fmt: skip


def row_fields(run: PastRun, record: RowRecord, names: list[str] | None) -> Mapping[str, Json]:
    """A row whole, or the named fields of it. A dataset's row is what was written; its names may come from before."""
    is_written = record.step.startswith(DATASET_PREFIX)
    if names is None:
        return record.fields if is_written else run.history.whole(record)
    whole = run.history.whole(record)
    return {name: whole.get(name) for name in names}


def _show(
    run: PastRun, selection: Selection, records: list[RowRecord], fields: list[str] | None, *, full: bool
) -> None:
    total = run.history.count(selection)
    if selection.status in (DROPPED, FAILED) or selection.reason:
        _show_reasons(run, selection)
    for record in records:
        found = row_fields(run, record, fields)
        print("\n".join([heading(record), *_field_lines(record, found, full=full, chosen=fields is not None), ""]))
    if not total:
        say(_why_none(run, selection))
    elif len(records) < total:
        say(f"{number(len(records))} of {counted(total, 'row')}; -n {total} shows all")
    else:
        say(counted(total, "row"))


def _field_lines(record: RowRecord, fields: Mapping[str, Json], *, full: bool, chosen: bool) -> list[str]:
    if chosen:
        return Transcript(full=full).fields(fields, mark="")
    if record.step.startswith(DATASET_PREFIX):
        return content_lines(fields, full=full)
    plain = {name: value for name, value in fields.items() if full or name not in _ABOUT_THE_SOURCE}
    where = labelled("from", place_of(fields), None) if "source" in fields and not full else []
    return Transcript(full=full).fields(plain, mark="") + where


def _show_reasons(run: PastRun, selection: Selection) -> None:
    losses = run.history.losses(selection)
    if not losses:
        return
    room = max(_REASON_WIDTH, width_of(sys.stdout) - _REASON_WIDTH)
    lines = table(
        [(number(x.count), x.step, shorten(without_address(x.reason), room), x.key[:SHORT_KEY]) for x in losses],
        head=("rows", "step", "reason", "for example"), align="r",
    )  # fmt: skip
    print("\n".join([paint("by reason", "bold", stream=sys.stdout), *lines, ""]))


def _why_none(run: PastRun, selection: Selection) -> str:
    if selection != Selection(f"{DATASET_PREFIX}*", KEPT):
        return "no row is selected"
    if run.manifest["status"] in ("running", "cancelling"):
        return "no row has reached a dataset yet"
    inner = runs_within(run.folder)
    if inner:
        return f"no row is written by this run itself; runs inside it: {', '.join(map(str, inner))}"
    return f"no row reached a dataset; `status {run.folder}` says why"
