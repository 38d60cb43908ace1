"""Look at a dataset before training on it: one page of figures, findings and rows to read, and the same as JSON."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import orjson

from commands.past_run import PastRun, past_run
from commands.terminal import counted, paint, print_warning, say, visible
from generation_functions.config.suggestions import did_you_mean
from generation_functions.errors import ConfigError, StoreError
from generation_functions.report import (
    FORMAT,
    GENERATOR,
    Figures,
    FileRows,
    Finding,
    HeldOut,
    Question,
    RunRows,
    as_json,
    findings_of,
    held_out_text,
    page_of,
    rows_in,
    survey,
)
from generation_functions.run.manifest import write_atomically

_PAGES = (".html", ".htm")


@dataclass(frozen=True)
class Subject:
    """A dataset to look at, and where its page goes without `--to`."""

    rows: FileRows | RunRows
    page: Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this verb."""
    parser.add_argument("dataset", type=Path, metavar="RUN_OR_FILE", help="output folder of a run, or a dataset file")
    parser.add_argument("--name", metavar="NAME", help="which dataset of the run; a page for each without it")
    parser.add_argument("--to", type=Path, metavar="FILE", help="the page (RUN/report-NAME.html, or beside the file)")
    parser.add_argument(
        "--context-limit", type=_limit, default=2_048, metavar="N", help="tokens that a row should fit into (2048)"
    )
    parser.add_argument("--against", type=Path, metavar="HELD_OUT", help="file of held-out questions to look for")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="another number shows other rows (0)")
    parser.add_argument("--json", action="store_true", help="the figures on stdout, one JSON object for each dataset")


def execute(arguments: argparse.Namespace) -> int:
    """Write the page and the figures of each dataset, tell the findings, and print the page's path."""
    texts = _held_out(arguments.against)
    with _subjects(arguments) as subjects:
        for subject in subjects:
            held_out = HeldOut(texts) if arguments.against else None
            file = arguments.against.name if arguments.against else ""
            question = Question(arguments.context_limit, held_out, file, arguments.seed)
            page = arguments.to or subject.page
            _refuse_foreign(page)
            figures = survey(subject.rows, question)
            findings = findings_of(figures)
            told = orjson.dumps(as_json(figures, findings), option=orjson.OPT_INDENT_2) + b"\n"
            page.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(page, page_of(figures, findings).encode("utf-8", "replace"))
            write_atomically(page.with_suffix(".json"), told)
            _tell(figures, findings)
            print(orjson.dumps(orjson.loads(told)).decode() if arguments.json else page)
    return 0


@contextmanager
def _subjects(arguments: argparse.Namespace) -> Iterator[list[Subject]]:
    path: Path = arguments.dataset
    if path.is_file() and path.suffix not in (".yaml", ".yml"):
        if arguments.name:
            raise ConfigError(f"{path} is one dataset: --name is for runs", hint="Leave --name out.")
        yield [Subject(FileRows(path), path.with_name(f"{path.name}.report.html"))]
        return
    with past_run(path) as run:
        names = _names(run, arguments.name)
        if arguments.to and len(names) > 1:
            raise ConfigError(f"{arguments.to} is one page, and there are datasets {', '.join(names)}",
                              hint="Name one of them with --name.")  # fmt: skip
        if not run.is_whole:
            print_warning(f"the run is {run.manifest['status']}: this is what has reached its datasets so far")
        history = run.history
        yield [
            Subject(RunRows(history.store, history.attempt, run.manifest, name), run.folder / f"report-{name}.html")
            for name in names
        ]


def _names(run: PastRun, name: str | None) -> list[str]:
    if name is not None and name not in run.datasets:
        hint = did_you_mean(name, run.datasets) or f"its datasets: {', '.join(run.datasets) or 'none yet'}"
        raise ConfigError(f"no row of {run.folder} has reached a dataset {name!r}", hint=hint)
    if not run.datasets:
        raise run.without_dataset()
    return [name] if name is not None else run.datasets


def _held_out(path: Path | None) -> list[str]:
    if path is None:
        return []
    texts = [held_out_text(fields) for fields in rows_in(path) if fields is not None]
    if not texts:
        raise StoreError(f"{path} holds no question", hint="Give it a line of JSON, or of text, for each question.")
    return texts


def _refuse_foreign(page: Path) -> None:
    """Raise `ConfigError` where the page or its figures would replace a file that is no report."""
    if page.suffix not in _PAGES:
        raise ConfigError(f"{page} is no name of a page", hint="End it in .html.")
    for path, mark in ((page, f'content="{GENERATOR}"'), (page.with_suffix(".json"), f'"format": "{FORMAT}"')):
        if path.exists() and mark.encode() not in _beginning(path):
            raise ConfigError(f"{path} would be replaced, and it is no report", hint="Name another place with --to.")


def _beginning(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(2_000)


def _tell(figures: Figures, findings: tuple[Finding, ...]) -> None:
    say(f"{figures.name}: {counted(figures.rows, 'row')}")
    for each in findings:
        say(f"  {paint('!', 'yellow', 'bold') if each.level == 'warning' else '·'} {visible(each.text)}")
    if not findings:
        say("  nothing stands out in the figures; read some rows all the same")


def _limit(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of tokens: write one such as 4096")
    return int(text)
