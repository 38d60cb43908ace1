"""Write a run's datasets, or any dataset file, in another format; what a format has no room for is told with counts.

A run's rows come from its store, also those of a run that has not come to its end.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING

from commands.export_card import card_of
from commands.export_ledger import ExportLedger
from commands.export_source import AUTO, Source, of_file, of_run
from commands.past_run import PastRun, past_run
from commands.terminal import counted, print_warning, say
from generation_functions.config.suggestions import did_you_mean
from generation_functions.errors import ConfigError, MillraceError

if TYPE_CHECKING:
    from generation_functions.datasets import Format, Hub

EXPORTS_FOLDER = "exports"
FILE_KINDS = (".jsonl", ".parquet", ".csv")
OTHER_FILE_KINDS = frozenset(
    {".json", ".ndjson", ".txt", ".tsv", ".xlsx", ".arrow", ".zip", ".gz", ".zst", ".xz", ".bz2"}
)
"""Endings of names that somebody means as a file, and that no file is written with."""


@dataclass(frozen=True)
class Destination:
    """Where a dataset goes: files in `folder` whose names begin with `stem`; of one kind where `suffix` says so."""

    folder: Path
    stem: str
    suffix: str | None = None


@dataclass(frozen=True)
class Export:
    """A dataset written: its format, what its files' names begin with, the files and their rows."""

    name: str
    stem: str
    format: str
    rows: int
    validation_rows: int
    test_rows: int
    files: tuple[Path, ...]
    notes: tuple[str, ...]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this verb."""
    from generation_functions.datasets.formats import FORMATS

    kinds = "a .jsonl, .parquet or .csv file"
    parser.add_argument("source", type=Path, metavar="SOURCE", help=f"output folder of a run, or {kinds}")
    parser.add_argument("name", nargs="?", metavar="NAME", help="a dataset of the run; all of them without it")
    parser.add_argument(
        "--format", choices=FORMATS, metavar="F", help=f"the form of a row: {', '.join(FORMATS)} (as it is)"
    )
    parser.add_argument(
        "--from", choices=[AUTO, *FORMATS], default=AUTO, dest="said", metavar="F",
        help="the form the rows are in (auto: told by their fields)",
    )  # fmt: skip
    parser.add_argument(
        "--to", type=Path, metavar="PLACE", help=f"a folder, or {kinds} (RUN/exports, or beside the file)"
    )
    parser.add_argument("--parquet", action="store_true", help="write Parquet beside JSONL")
    parser.add_argument("--csv", action="store_true", help="write CSV beside JSONL")
    parser.add_argument(
        "--shard-rows", type=_count, metavar="N", help="most rows in a file; more are spread over several"
    )
    for split in ("validation", "test"):
        parser.add_argument(
            f"--{split}-share", type=_share, default=0.0, metavar="S",
            help=f"share of source documents, 0 to 1, kept for a {split} file",
        )  # fmt: skip
    parser.add_argument("--skip", action="store_true", help="leave out, and count, rows that have no such form")
    parser.add_argument("--force", action="store_true", help="replace files that no export of this run wrote")
    parser.add_argument(
        "--push", metavar="REPO",
        help="put the files into this dataset repository (OWNER/NAME) of the hub, with a card; needs HF_TOKEN",
    )  # fmt: skip
    parser.add_argument("--public", action="store_true", help="let everybody see a repository that --push makes")
    parser.add_argument("--json", action="store_true", help="one JSON object for each dataset")


def execute(arguments: argparse.Namespace) -> int:
    """Write the files and print their paths."""
    from generation_functions.config.environment import Environment
    from generation_functions.datasets import Hub, is_dataset_file

    _check(arguments)
    hub = None if arguments.push is None else Hub.of(Environment.read(Path.cwd(), os.environ).values)
    if is_dataset_file(arguments.source):
        _export_file(arguments, hub)
        return 0
    with past_run(arguments.source) as run:
        names = _names(run, arguments.name, arguments.to)
        if not run.is_whole:
            print_warning(f"the run is {run.manifest['status']}: this is what has reached its datasets so far")
        if hub is not None and len(names) > 1:
            raise ConfigError(f"a repository takes one dataset, and there are {', '.join(names)}", hint="Name one.")
        ledger = ExportLedger(run.folder)
        for name in names:
            source = of_run(run, name, arguments.said)
            made = export(source, _destination(source, run.folder / EXPORTS_FOLDER, arguments), ledger, arguments)
            _tell(made, as_json=arguments.json)
            _push(hub, source, made, arguments)
    return 0


def _check(arguments: argparse.Namespace) -> None:
    """Raise `ConfigError` for what each option by itself does not show to be impossible."""
    if arguments.validation_share + arguments.test_share >= 1:
        raise ConfigError(
            f"a validation share of {arguments.validation_share:g} and a test share of {arguments.test_share:g} leave"
            " nothing to train on",
            hint="write shares that are less than 1 together",
        )
    to: Path | None = arguments.to
    if to is not None and to.suffix.lower() in OTHER_FILE_KINDS and not to.is_dir():
        raise ConfigError(
            f"{to}: no {to.suffix} file is written",
            hint=f"name a folder, or a file that ends in {', '.join(FILE_KINDS)}",
        )


def _export_file(arguments: argparse.Namespace, hub: Hub | None) -> None:
    if arguments.name is not None:
        raise ConfigError(f"{arguments.source} is one dataset, so it takes no NAME", hint="leave it out, or name a run")
    source = of_file(arguments.source, arguments.said)
    to = _destination(source, arguments.source.parent, arguments)
    made = export(source, to, ExportLedger(None), arguments)
    _tell(made, as_json=arguments.json)
    _push(hub, source, made, arguments)


def export(source: Source, to: Destination, ledger: ExportLedger, arguments: argparse.Namespace) -> Export:
    """Write one dataset. Raises `MillraceError` for a file in the way, `StoreError` where a disk refuses."""
    from generation_functions.datasets import write_dataset

    form = _target(source, arguments.format)
    to.folder.mkdir(parents=True, exist_ok=True)
    staging = Path(mkdtemp(prefix=".export-", dir=to.folder))
    try:
        written = write_dataset(
            source.records(), staging, to.stem, formats=(form,), source=source.form, skip_misfits=arguments.skip,
            parquet=arguments.parquet or to.suffix == ".parquet", csv=arguments.csv or to.suffix == ".csv",
            shard_rows=arguments.shard_rows, validation_share=arguments.validation_share,
            test_share=arguments.test_share, seed=source.seed,
        )  # fmt: skip
        made = [file.path for file in written.files if to.suffix in (None, file.path.suffix)]
        files = _put_in_place(made, to, ledger, force=arguments.force)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    rows = (written.rows, written.validation_rows, written.test_rows)
    return Export(source.name, to.stem, form, *rows, files, tuple(written.notes))


def _push(hub: Hub | None, source: Source, made: Export, arguments: argparse.Namespace) -> None:
    if hub is None:
        return
    card = card_of(source, made)
    address = hub.push(made.files, card, arguments.push, public=arguments.public, existing=arguments.force)
    say(f"pushed to {address}{'' if arguments.public else ' (private)'}")


def _target(source: Source, wanted: str | None) -> str:
    from generation_functions.datasets import can_convert, format_named
    from generation_functions.datasets.conversion import can_pair, no_way

    if wanted is None:
        return _name_of(source.form)
    form, target = source.form, format_named(wanted)
    if form is not None and not (can_convert(form, target) or can_pair(form, target)):
        raise no_way(form, target)
    return wanted


def _name_of(form: Format | None) -> str:
    return "messages" if form is None else form.name


def _put_in_place(made: Sequence[Path], to: Destination, ledger: ExportLedger, *, force: bool) -> tuple[Path, ...]:
    from generation_functions.datasets.naming import leftovers

    targets = [to.folder / path.name for path in made]
    in_the_way = [target for new, target in zip(made, targets, strict=True) if not ledger.may_replace(target, new)]
    left = leftovers(to.folder, to.stem, targets)
    in_the_way += [path for path in left if not ledger.wrote(path)]
    if in_the_way and not force:
        raise MillraceError(
            f"{', '.join(map(str, in_the_way))} would be replaced, and no export of this run wrote it as it stands",
            hint="Name another place with --to, or replace it with --force.",
        )
    for new, target in zip(made, targets, strict=True):
        new.replace(target)
    for path in left:
        path.unlink()
    ledger.add(targets)
    return tuple(targets)


def _names(run: PastRun, name: str | None, to: Path | None) -> list[str]:
    datasets = run.datasets
    if name is not None and name not in datasets:
        hint = did_you_mean(name, datasets) or f"its datasets: {', '.join(datasets) or 'none yet'}"
        raise ConfigError(f"no row of {run.folder} has reached a dataset {name!r}", hint=hint)
    if not datasets:
        raise run.without_dataset()
    if name is None and to is not None and _is_file(to) and len(datasets) > 1:
        raise ConfigError(f"{to} is one file, and there are datasets {', '.join(datasets)}", hint="Name one of them.")
    return [name] if name is not None else datasets


def _destination(source: Source, default: Path, arguments: argparse.Namespace) -> Destination:
    to: Path | None = arguments.to
    if to is not None and _is_file(to):
        return Destination(to.parent, to.stem, None if arguments.parquet or arguments.csv else to.suffix)
    folder = default if to is None else to
    return Destination(folder, f"{source.name}.{arguments.format or _name_of(source.form)}")


def _is_file(path: Path) -> bool:
    return path.suffix in FILE_KINDS and not path.is_dir()


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0 <= share < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no share: write a number from 0 to below 1, such as 0.1")
    return share


def _count(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of rows: write 1 or more")
    return int(text)


def _tell(made: Export, *, as_json: bool) -> None:
    held_out = {"validation": made.validation_rows, "test": made.test_rows}
    parts = [f", {counted(rows, 'row')} for {split}" for split, rows in held_out.items() if rows]
    say(f"{made.name}: {counted(made.rows, 'row')}{''.join(parts)}")
    for note in made.notes:
        say(f"  {note}")
    if as_json:
        print(json.dumps({**vars(made), "files": [str(path) for path in made.files]}))
        return
    for path in made.files:
        print(path)
