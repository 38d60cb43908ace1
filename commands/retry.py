"""Try a run's failed or dropped rows again: their steps are granted another round of answers, then the run goes on."""

from __future__ import annotations

import argparse
import json
import shlex
from collections.abc import Iterable, Sequence
from pathlib import Path

from commands.past_run import past_run
from commands.rows import add_selection, selection_of
from commands.status import manifest_of_run, resuming
from commands.summary import without_address
from commands.terminal import counted, number, say, shorten, table
from generation_functions.errors import StoreError
from generation_functions.run.counts import AlikeReasons
from generation_functions.run.folder import CONFIG_FILE
from generation_functions.run.lock import FolderLock
from generation_functions.run.manifest import CAME_TO_ITS_END, ENDED, MANIFEST_FILE, runs_within
from generation_functions.store import DROPPED, FAILED, RowRecord, Store
from generation_functions.store.history import Selection

_REASON_WIDTH = 60


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this verb."""
    parser.add_argument("run", type=Path, metavar="RUN", help="output folder of a run")
    add_selection(parser, (FAILED, DROPPED))
    parser.add_argument("--limit", type=int, metavar="N", help="try at most N rows again")
    parser.add_argument("--budget", type=float, metavar="USD", help="stop cleanly when the run has spent this much")
    parser.add_argument("--dry-run", action="store_true", help="only say which rows would be tried again")
    parser.add_argument("--quiet", action="store_true", help="show no progress")
    parser.add_argument("--json", action="store_true", help="one JSON object about the run at its end")


def execute(arguments: argparse.Namespace) -> int:
    """Ask for the rows again and run. Exit codes as `run`; 0 where there is nothing to try again."""
    chosen = rows_to_retry(arguments)
    rows = [row for _, row in chosen]
    if not rows:
        say(f"nothing to try again: no row of {arguments.run} is {arguments.status or FAILED} as asked")
        if hint := _unfinished(arguments.run):
            say(f"  hint: {hint}")
        return 0
    _announce(rows)
    if arguments.dry_run:
        if arguments.json:
            print(json.dumps({"rows": [{"step": row.step, "key": row.key, "reason": row.reason} for row in rows]}))
        return 0
    whole = run_with_config(arguments.run)
    for folder in dict.fromkeys(folder for folder, _ in chosen):
        grant(folder, [row for there, row in chosen if there == folder])
    return _run_again(whole, arguments)


def rows_to_retry(arguments: argparse.Namespace) -> list[tuple[Path, RowRecord]]:
    """The rows the options select that another round of answers could change, each with the folder of its run.

    Rows of runs inside the run are among them. Raises `ConfigError` for a step that none of them has.
    """
    folders = [arguments.run, *runs_within(arguments.run)]
    found = [(folder, record) for folder in folders for record in _rows_of(folder, arguments, only=len(folders) == 1)]
    return found if arguments.limit is None else found[: arguments.limit]


def _rows_of(folder: Path, arguments: argparse.Namespace, *, only: bool) -> list[RowRecord]:
    with past_run(folder) as run:
        if not only and arguments.step is not None and arguments.step not in run.history.depths:
            return []
        chosen = selection_of(arguments, run)
        step = chosen.step if arguments.step else None
        selection = Selection(step, arguments.status or FAILED, chosen.reason, chosen.keys)
        return [record for record in run.history.records(selection) if asked_a_model(record)]


def _unfinished(folder: Path) -> str | None:
    """What to do about a run that was cut short, which has rows to go on with and none to try again."""
    status = manifest_of_run(folder)["status"]
    if status in CAME_TO_ITS_END or status not in ENDED or not (folder / CONFIG_FILE).is_file():
        return None
    return f"The run is {status}: `{shlex.join(resuming(folder))}` goes on where it stopped."


def run_with_config(folder: Path) -> Path:
    """The run that is run again: this one, or the one it is inside of. Raises `StoreError` where none has a config."""
    for run in (folder, *folder.parents):
        if (run / CONFIG_FILE).is_file() and (run / MANIFEST_FILE).is_file():
            return run
    raise StoreError(
        f"{folder} has no {CONFIG_FILE}, so it cannot be run again from here",
        hint="A run made from Python keeps no config: grant the rows with `Store.ask_again` and run your program.",
    )


def asked_a_model(record: RowRecord) -> bool:
    """Whether a step's answer decided: a row that plain Python dropped would only be dropped again."""
    return record.status == FAILED or bool(record.exchanges)


def grant(folder: Path, rows: Iterable[RowRecord]) -> None:
    """Grant each row's step another round. Raises `RunLocked` while another process writes the folder."""
    lock = FolderLock(folder)
    lock.acquire()
    try:
        with Store(folder / "store.sqlite") as store:
            for row in rows:
                store.ask_again(row.step, row.key)
    finally:
        lock.release()


def _announce(rows: Sequence[RowRecord]) -> None:
    alike: dict[str, AlikeReasons] = {}
    for row in rows:
        alike.setdefault(row.step, AlikeReasons()).add(row.reason or "no reason given")
    say(f"{counted(len(rows), 'row')} to try again:")
    lines = [
        (number(count), step, shorten(without_address(reason), _REASON_WIDTH))
        for step, reasons in alike.items()
        for reason, count in reasons.counts.most_common()
    ]
    say("\n".join(table(lines, align="r")))


def _run_again(folder: Path, arguments: argparse.Namespace) -> int:
    from commands import run

    words = [str(folder / CONFIG_FILE), "--set", f"output_dir={folder}"]
    words += ["--budget", str(arguments.budget)] if arguments.budget is not None else []
    words += [flag for flag in ("--quiet", "--json") if getattr(arguments, flag[2:])]
    parser = argparse.ArgumentParser(prog="run_pipeline.py run")
    run.add_arguments(parser)
    known = parser.parse_args(words)
    known.debug = getattr(arguments, "debug", False)
    return run.execute(known)
