"""Write a run's datasets in another format, from its store; also those of a run that has not come to its end."""

from __future__ import annotations

import argparse
import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

from commands.export_ledger import ExportLedger
from commands.past_run import PastRun, past_run, runs_within
from commands.terminal import counted, print_warning, say
from generation_functions.config.suggestions import did_you_mean
from generation_functions.errors import ConfigError, MillraceError, StoreError
from generation_functions.run.written import dataset_records

FORMATS = ("messages", "sharegpt", "alpaca", "completion")
EXPORTS_FOLDER = "exports"
_JSONL, _PARQUET = ".jsonl", ".parquet"


@dataclass(frozen=True)
class Destination:
    """Where a dataset goes: files in `folder` whose names begin with `stem`; of one kind where `suffix` says so."""

    folder: Path
    stem: str
    suffix: str | None = None


@dataclass(frozen=True)
class Export:
    """A dataset written: its files and their rows."""

    name: str
    rows: int
    validation_rows: int
    files: tuple[Path, ...]
    notes: tuple[str, ...]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this verb."""
    parser.add_argument("run", type=Path, metavar="RUN", help="output folder of a run")
    parser.add_argument("name", nargs="?", metavar="NAME", help="a dataset; all of them without it")
    parser.add_argument("--format", choices=FORMATS, default="messages", help="the form of a row (messages)")
    parser.add_argument("--to", type=Path, metavar="PLACE", help="a folder, or a .jsonl or .parquet file (RUN/exports)")
    parser.add_argument("--parquet", action="store_true", help="write Parquet beside JSONL")
    parser.add_argument(
        "--validation-share", type=_share, default=0.0, metavar="S",
        help="share of source documents, 0 to 1, kept for a validation file",
    )  # fmt: skip
    parser.add_argument("--force", action="store_true", help="replace files that no export of this run wrote")
    parser.add_argument("--json", action="store_true", help="one JSON object for each dataset")


def execute(arguments: argparse.Namespace) -> int:
    """Write the files and print their paths."""
    with past_run(arguments.run) as run:
        names = _names(run, arguments.name, arguments.to)
        if not run.is_whole:
            print_warning(f"the run is {run.manifest['status']}: this is what has reached its datasets so far")
        for name in names:
            _tell(export(run, name, _destination(run, name, arguments), arguments), as_json=arguments.json)
    return 0


def export(run: PastRun, name: str, to: Destination, arguments: argparse.Namespace) -> Export:
    """Write one dataset. Raises `MillraceError` for a file in the way, `StoreError` where a disk refuses."""
    from generation_functions.datasets import write_dataset

    history = run.history
    to.folder.mkdir(parents=True, exist_ok=True)
    staging = Path(mkdtemp(prefix=".export-", dir=to.folder))
    try:
        written = write_dataset(
            dataset_records(history.store, name, history.attempt), staging, to.stem, formats=(arguments.format,),
            parquet=arguments.parquet or to.suffix == _PARQUET, validation_share=arguments.validation_share,
            seed=int(run.manifest.get("seed", 0)),
        )  # fmt: skip
        made = [file.path for file in written.files if to.suffix in (None, file.path.suffix)]
        files = _put_in_place(made, to.folder, ExportLedger(run.folder), force=arguments.force)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return Export(name, written.rows, written.validation_rows, files, tuple(written.notes))


def _put_in_place(made: Sequence[Path], folder: Path, ledger: ExportLedger, *, force: bool) -> tuple[Path, ...]:
    targets = [folder / path.name for path in made]
    in_the_way = [target for new, target in zip(made, targets, strict=True) if not ledger.may_replace(target, new)]
    if in_the_way and not force:
        raise MillraceError(
            f"{', '.join(map(str, in_the_way))} would be replaced, and no export of this run wrote it as it stands",
            hint="Name another place with --to, or replace it with --force.",
        )
    for new, target in zip(made, targets, strict=True):
        new.replace(target)
    ledger.add(targets)
    return tuple(targets)


def _names(run: PastRun, name: str | None, to: Path | None) -> list[str]:
    datasets = run.datasets
    if name is not None and name not in datasets:
        hint = did_you_mean(name, datasets) or f"its datasets: {', '.join(datasets) or 'none yet'}"
        raise ConfigError(f"no row of {run.folder} has reached a dataset {name!r}", hint=hint)
    if not datasets:
        inner = runs_within(run.folder)
        hint = f"Runs inside it: {', '.join(map(str, inner))}" if inner else f"`status {run.folder}` says why."
        raise StoreError(f"no row of {run.folder} has reached a dataset", hint=hint)
    if name is None and to is not None and _is_file(to) and len(datasets) > 1:
        raise ConfigError(f"{to} is one file, and there are datasets {', '.join(datasets)}", hint="Name one of them.")
    return [name] if name is not None else datasets


def _destination(run: PastRun, name: str, arguments: argparse.Namespace) -> Destination:
    to: Path | None = arguments.to
    if to is not None and _is_file(to):
        return Destination(to.parent, to.stem, None if arguments.parquet else to.suffix)
    folder = run.folder / EXPORTS_FOLDER if to is None else to
    return Destination(folder, f"{name}.{arguments.format}")


def _is_file(path: Path) -> bool:
    return path.suffix in (_JSONL, _PARQUET) and not path.is_dir()


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0 <= share < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no share: write a number from 0 to below 1, such as 0.1")
    return share


def _tell(made: Export, *, as_json: bool) -> None:
    held_back = f", {counted(made.validation_rows, 'row')} for validation" if made.validation_rows else ""
    say(f"{made.name}: {counted(made.rows, 'row')}{held_back}")
    for note in made.notes:
        say(f"  {note}")
    if as_json:
        print(json.dumps({**vars(made), "files": [str(path) for path in made.files]}))
        return
    for path in made.files:
        print(path)
