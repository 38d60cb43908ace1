"""A run told in a few lines, from its manifest: how it ended, where rows went, what it cost and wrote, what is next."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from commands.terminal import counted, duration, money, number, paint, shorten, table, width_of
from generation_functions.errors import MillraceError
from generation_functions.run.manifest import CAME_TO_ITS_END, read_manifest, runs_within

Manifest = Mapping[str, Any]

COLOURS = {"succeeded": "green", "partial": "yellow", "running": "cyan", "cancelling": "yellow", "cancelled": "yellow"}
_MOST_REASONS = 6
_ADDRESS = re.compile(r"(?<=\w): https?://\S+ (?=answered|filtered|broke|gave|cannot|has|could)")
"""Left out of tables, where what was said has little room; a config knows it."""
_ROWS_OF = {"train": "rows", "validation": "validation_rows", "test": "test_rows"}
_DATASET_STEP = "dataset:"


def status_line(manifest: Manifest, *, told: bool = False) -> str:
    """The status, why, and how long the attempt took. Why is left out where it was `told` before."""
    status = str(manifest["status"])
    painted = paint(status, COLOURS.get(status, "red"), "bold")
    message = "" if told else str(manifest.get("message", "")).partition("\n")[0]
    return " · ".join(part for part in (painted, message, duration(seconds_of(manifest))) if part)


def seconds_of(manifest: Manifest) -> float:
    """How long the attempt has taken, or took, in seconds."""
    started = float(manifest.get("started", 0.0))
    return max(0.0, float(manifest.get("ended", manifest.get("updated", started))) - started)


def calls_of(manifest: Manifest) -> tuple[int, int]:
    """Calls made and answers reused in this attempt."""
    steps = manifest.get("steps", {}).values()
    return sum(step["calls"] for step in steps), sum(step["reused"] for step in steps)


def dataset_rows(manifest: Manifest) -> int:
    """Rows in all datasets of the run."""
    return sum(dataset.get(rows, 0) for dataset in manifest.get("datasets", {}).values() for rows in _ROWS_OF.values())


def as_reused(manifest: Manifest) -> dict[str, Any]:
    """A finished run's manifest as a run would leave it that finds every answer stored."""
    steps = {
        name: {**step, "calls": 0, "reused": step["calls"] + step["reused"], "retries": 0}
        for name, step in manifest.get("steps", {}).items()
    }
    return {**manifest, "steps": steps}


def all_reused(manifest: Manifest) -> bool:
    """Whether every answer that the attempt needed was stored before it began."""
    calls, reused = calls_of(manifest)
    return manifest["status"] == "succeeded" and calls == 0 and reused > 0


def funnel(manifest: Manifest) -> list[str]:
    """A table of the steps: rows in and out, those lost, calls and answers reused."""
    steps = manifest.get("steps", {})
    rows = [_funnel_row(name, step) for name, step in steps.items()]
    if not rows:
        return []
    return table(rows, head=("step", "in", "out", "dropped", "failed", "calls", "reused"), align="lrrrrrr")


def _funnel_row(name: str, step: Mapping[str, Any]) -> tuple[str, ...]:
    dropped = sum(step["dropped"].values())
    failed = number(step["failed"]) if not step["failed"] else paint(number(step["failed"]), "red")
    counts = (number(step["in"]), number(step["out"]), _or_dot(dropped), failed if step["failed"] else "·")
    asked = step["calls"] + step["reused"]
    calls = (number(step["calls"]), number(step["reused"])) if asked else ("·", "·")
    return (shown_step(name), *counts, *calls)


def shown_step(name: str) -> str:
    """A step's name as people read it: `dataset:poems` is written to the dataset poems."""
    return f"→ {name.removeprefix(_DATASET_STEP)}" if name.startswith(_DATASET_STEP) else name


def _or_dot(count: int) -> str:
    return number(count) if count else "·"


def reasons(manifest: Manifest, *, most: int = _MOST_REASONS) -> list[str]:
    """Why rows were lost, commonest first."""
    found = [
        (count, step, reason, kind)
        for step, counts in manifest.get("steps", {}).items()
        for kind in ("dropped", "failures")
        for reason, count in counts[kind].items()
    ]
    found.sort(key=lambda item: (-item[0], item[1], item[2]))
    told = [(count, f"{step}: {reason}", kind == "failures") for count, step, reason, kind in found]
    return [*_reason_lines(told, most), *_hints(manifest)]


def _hints(manifest: Manifest) -> list[str]:
    """What would help against the failures, each advice once."""
    steps = manifest.get("steps", {}).values()
    return [f"  hint: {hint}" for hint in dict.fromkeys(h for step in steps for h in step.get("hints", {}).values())]


def coverage(manifest: Manifest, *, most: int = 20) -> list[str]:
    """Source rows that gave no row of a dataset, with the reason of each; empty before a run's end, or without any."""
    sources = manifest.get("sources")
    if not sources or not sources["rows"]:
        return []
    head = f"  {number(sources['in_dataset'])} of {counted(sources['rows'], 'source row')} reached a dataset"
    lost = [(count, reason, False) for reason, count in sources["not_in_dataset"].items()]
    return [head, *_reason_lines(lost, most)]


def batches(manifest: Manifest) -> list[str]:
    """The batches that go on at an endpoint, one a line."""
    return [
        f"  {batch['id'] or 'being submitted'}: {counted(batch['requests'], 'request')} to {batch['model']},"
        f" {number(batch['answered'])} answered"
        for batch in manifest.get("batches", [])
    ]


def without_address(reason: str) -> str:
    """A reason as a table tells it: the endpoint's address is left out."""
    return _ADDRESS.sub(" ", reason)


def _reason_lines(found: Sequence[tuple[int, str, bool]], most: int) -> list[str]:
    digits = max((len(number(count)) for count, _, _ in found), default=0)
    room = width_of() - digits - 4
    lines = [
        f"  {number(count):>{digits}}  {paint(shorten(text, room), *(['red'] if is_failure else []))}"
        for count, text, is_failure in ((count, without_address(told), kind) for count, told, kind in found[:most])
    ]
    rest = len(found) - most
    return [*lines, f"  {'':>{digits}}  and {counted(rest, 'other reason')}"] if rest > 0 else lines


def costs(manifest: Manifest) -> list[str]:
    """Calls, tokens and cost of each model in this attempt; over all attempts once the run has ended."""
    paid = manifest.get("paid")
    accounts = paid if paid is not None else manifest.get("models", {})
    rows = [
        (
            name, number(account.get("answers", account.get("calls", 0))), number(account["input_tokens"]),
            number(account["output_tokens"]), money(account["cost_usd"]), "estimated" if account["estimated"] else "",
        )
        for name, account in accounts.items()
    ]  # fmt: skip
    head = ("model", "answers", "tokens in", "tokens out", "cost", "")
    return table(rows, head=head, align="lrrrrl") if rows else []


def files(manifest: Manifest, output_dir: Path, *, for_training: bool = False) -> list[str]:
    """The files of the datasets with their rows, and which of each is the one to use.

    Rows in no format of trainers, and those that rules wrote, are to be used and not to be trained on.
    """
    rows = []
    for name, dataset in manifest.get("datasets", {}).items():
        # Where some of what is written must not be learnt, the file whose form keeps trainers from it.
        chosen = next((each for each in dataset["files"] if each == f"{name}.segments.jsonl"), f"{name}.jsonl")
        for file in dataset["files"]:
            path = output_dir / "datasets" / file
            count = dataset.get(_ROWS_OF[_split_of(file)], 0)
            remark = ""
            if file == chosen and count:
                trainable = for_training and _is_trained_on(path)
                remark = paint("← train on this" if trainable else "← the dataset", "green")
            rows.append((str(path), counted(count, "row"), remark))
        rows += [(f"  {note}", "", "") for note in dataset["notes"]]
    return table(rows, align="lrl")


def _is_trained_on(path: Path) -> bool:
    from generation_functions.datasets import format_of, read_rows

    try:
        row = next(iter(read_rows(path)), {})
    except (MillraceError, OSError):  # another program may have taken or changed it since
        return False
    metadata = row.get("metadata")
    by_rules = isinstance(metadata, Mapping) and metadata.get("writer") == "offline"
    return format_of(row) is not None and not by_rules


def _split_of(file: str) -> str:
    return next((split for split in ("validation", "test") if f".{split}." in file), "train")


def dataset_paths(manifest: Manifest, output_dir: Path) -> list[Path]:
    """Every file of the run's datasets."""
    folder = output_dir / "datasets"
    return [folder / file for dataset in manifest.get("datasets", {}).values() for file in dataset["files"]]


def next_commands(manifest: Manifest, output_dir: Path) -> list[tuple[tuple[str, ...], str]]:
    """What to do now: `(words of a command line, what they do)`. No words stand for the command that resumes."""
    steps = manifest.get("steps", {}).values()
    failed, dropped = sum(s["failed"] for s in steps), sum(sum(s["dropped"].values()) for s in steps)
    run = str(output_dir)
    inside = {path: read_manifest(path) for path in runs_within(output_dir)}
    inside_failed = sum(step["failed"] for inner in inside.values() for step in inner.get("steps", {}).values())
    advice: list[tuple[tuple[str, ...], str]] = []
    if manifest["status"] in ("running", "cancelling"):
        return []
    came_out_empty = bool(manifest.get("datasets")) and dataset_rows(manifest) == 0
    if manifest["status"] not in CAME_TO_ITS_END and not came_out_empty:
        return [((), "go on where it stopped")]
    if failed or inside_failed:
        advice.append((("retry", run), f"try the {counted(failed + inside_failed, 'failed row')} again"))
    if failed:
        advice.append((("rows", run, "--status", "failed"), "read them"))
    if dropped:
        advice.append((("rows", run, "--status", "dropped"), "read what was dropped, and why"))
    # Of runs inside this one, the outermost have what the others' rows were put together to.
    written = (path for path, inner in inside.items() if dataset_rows(inner))
    outermost = sorted(written, key=lambda path: len(path.parts))
    if dataset_rows(manifest) or outermost:
        where = run if dataset_rows(manifest) else str(outermost[0])
        advice.append((("report", where), "look the data over and read thirty rows before you train"))
    return advice
