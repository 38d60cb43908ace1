"""Show how a run stands: its status, each step, why rows are missing, what it cost and what it wrote."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import yaml

from commands import summary
from commands.job import command_line
from commands.terminal import duration, money, paint
from generation_functions.errors import StoreError
from generation_functions.run.folder import CONFIG_FILE
from generation_functions.run.manifest import ENDED, MANIFEST_FILE, read_manifest

OUTPUTS = Path("outputs")
FOLLOW_EVERY_S = 1.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `status`."""
    parser.add_argument("run", type=Path, metavar="RUN", help="a run's output_dir")
    parser.add_argument("--json", action="store_true", help="run.json, with the truth about its process, on stdout")
    parser.add_argument("--follow", action="store_true", help="go on showing it until the run ends")


def execute(arguments: argparse.Namespace) -> int:
    """Print a run's state. Raises `StoreError` for a folder that is no run."""
    manifest = manifest_of_run(arguments.run)
    if arguments.follow:
        manifest = follow(arguments.run, as_json=arguments.json)
    if arguments.json:
        print(json.dumps(manifest, ensure_ascii=False))
    else:
        print("\n".join(page(manifest, arguments.run)))
    return 0


def manifest_of_run(folder: Path) -> dict[str, Any]:
    """A run's manifest. Raises `StoreError` with a near name for a folder that is no run."""
    try:
        return read_manifest(folder)
    except StoreError as exc:
        if (folder / MANIFEST_FILE).exists():
            raise
        raise StoreError(exc.message, hint=_near_runs(folder)) from exc


def runs_near(folder: Path) -> list[Path]:
    """The runs beside a folder, in it, and in `outputs/`."""
    places = dict.fromkeys((folder.parent, folder, OUTPUTS))
    return sorted({run for place in places for run in runs_inside(place)})


def runs_inside(folder: Path) -> list[Path]:
    """The runs whose folders stand in a folder, but for hidden ones (previews)."""
    return sorted(path.parent for path in folder.glob(f"[!.]*/{MANIFEST_FILE}"))


def _near_runs(folder: Path) -> str:
    from generation_functions.config.suggestions import closest

    runs = {str(run): run for run in runs_near(folder)}
    by_name = {run.name: text for text, run in runs.items()}
    near = closest(folder.name, by_name)
    if near is not None or folder.name in by_name:
        return f"did you mean '{by_name[near or folder.name]}'?"
    return f"runs there are: {', '.join(runs)}" if runs else "name a run's output_dir; there is no run in outputs/ yet"


def follow(folder: Path, *, as_json: bool = False, sleep: Callable[[float], None] = time.sleep) -> dict[str, Any]:
    """Show the run until it ends; gives its last manifest. Ctrl-C stops the watching, not the run."""
    import sys

    from commands.progress import progress_for

    progress = progress_for(sys.stderr, quiet=as_json)
    manifest = read_manifest(folder)
    try:
        while manifest["status"] not in ENDED:
            progress.show(manifest)
            sleep(FOLLOW_EVERY_S)
            manifest = read_manifest(folder)
    finally:
        progress.close()
    return manifest


def page(manifest: dict[str, Any], folder: Path, *, now: Callable[[], float] = time.time) -> Iterator[str]:
    """A run's state as lines."""
    yield summary.status_line(manifest)
    yield f"  {manifest['pipeline'] or 'a pipeline'} → {folder}, attempt {manifest['attempt']}, seed {manifest['seed']}"
    yield f"  {_when(manifest, now())}"
    sections = (
        ("steps", summary.funnel(manifest)),
        ("rows that were lost, by step", summary.reasons(manifest, most=20)),
        ("what became of every source row", summary.coverage(manifest)),
        (f"cost: {_money(manifest)}", summary.costs(manifest)),
        ("batches still open", summary.batches(manifest)),
        ("datasets", summary.files(manifest, folder)),
        ("runs inside it", lines_of_runs_inside(folder)),
        ("next", _next(manifest, folder)),
    )
    for title, lines in sections:
        if lines:
            yield from ("", paint(title, "bold"), *lines)


def lines_of_runs_inside(folder: Path) -> list[str]:
    """A line for each run whose folder stands in this one's: its place, how it ended, what it wrote."""
    shelves = [place for place in sorted(folder.glob("[!.]*/")) if not (place / MANIFEST_FILE).exists()]
    runs = sorted(run for place in (folder, *shelves) for run in runs_inside(place))  # some are named part/run
    return [f"  {run}: {summary.status_line(read_manifest(run))}" for run in runs]


def _when(manifest: dict[str, Any], now: float) -> str:
    began = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(manifest["started"]))
    if "ended" in manifest:
        return f"began {began}, ended {duration(max(0.0, now - manifest['ended']))} ago"
    heard = duration(max(0.0, now - manifest["updated"]))
    return f"began {began}, last heard of {heard} ago"


def _money(manifest: dict[str, Any]) -> str:
    spent, budget = money(manifest["cost_usd"]), manifest.get("budget_usd")
    return f"{spent} of {money(budget)}" if budget is not None else spent


def _next(manifest: dict[str, Any], folder: Path) -> list[str]:
    resume = resuming(folder)
    return [
        line
        for words, why in summary.next_commands(manifest, folder)
        for line in (f"  {command_line(*(words or resume))}", f"    {paint(why, 'dim')}")
    ]


def resuming(folder: Path) -> tuple[str, ...]:
    """Words of the command that goes on with a run, wherever its folder lies by now and the command is typed."""
    config = folder / CONFIG_FILE
    words = ("run", str(config))
    return words if _output_dir_of(config) == folder.resolve() else (*words, "--set", f"output_dir={folder}")


def _output_dir_of(config: Path) -> Path | None:
    """Where a run's own config would have it written from here; None where that cannot be told."""
    try:
        lines = config.read_text(encoding="utf-8").splitlines()
        given = next(line for line in lines if line.startswith("output_dir:"))
        return Path(str(yaml.safe_load(given)["output_dir"])).resolve()
    except (OSError, ValueError, StopIteration, yaml.YAMLError):
        return None
