"""The one oracle: after whatever happened, a finished run is as if nothing had."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path

import orjson

from benchmarks.blows.subject import KEY
from benchmarks.blows.trial import Trial
from generation_functions.run.events import read_events


def dataset_files(output: Path) -> dict[str, bytes]:
    """The datasets' files that hold rows."""
    found = sorted(output.glob("datasets/*.jsonl")) + sorted(output.glob("datasets/*.parquet"))
    return {path.name: path.read_bytes() for path in found}


def asked(trial: Trial) -> Counter[bytes]:
    """How often each question reached the endpoint."""
    return Counter(orjson.dumps(body, option=orjson.OPT_SORT_KEYS) for body in trial.endpoint.bodies)


def repeated(trial: Trial) -> int:
    """Calls more than the undisturbed run made."""
    assert trial.calm is not None
    return asked(trial).total() - trial.calm.asked.total()


def faults_of(trial: Trial) -> Iterator[str]:
    """What is not as if nothing had happened."""
    assert trial.calm is not None
    yield from _faults_of_bytes(dataset_files(trial.output), trial.calm.files)
    if missing := len(set(trial.calm.asked) - set(asked(trial))):
        yield f"{missing} questions were never asked"
    if (again := repeated(trial)) > trial.spare:
        yield f"{again} calls more than undisturbed, {trial.spare} are accounted for"
    yield from _faults_of_manifest(trial.output)
    yield from _faults_of_events(trial.output)
    yield from _leftovers(trial.output)
    yield from secrets_in(trial.folder)


def _faults_of_bytes(found: Mapping[str, bytes], calm: Mapping[str, bytes]) -> Iterator[str]:
    if set(found) != set(calm):
        yield f"datasets {sorted(found)}, undisturbed {sorted(calm)}"
    for name in set(found) & set(calm):
        if found[name] != calm[name]:
            yield f"{name} has other bytes: {len(found[name])}, undisturbed {len(calm[name])}"


def _faults_of_manifest(output: Path) -> Iterator[str]:
    manifest = orjson.loads((output / "run.json").read_bytes())
    if manifest["status"] != "succeeded":
        yield f"its status is {manifest['status']!r}"
    for name, step in manifest["steps"].items():
        if step.get("failed"):
            yield f"{step['failed']} rows failed in {name}: {step['failures']}"
    sources = manifest["sources"]
    if sources["in_dataset"] + sum(sources["not_in_dataset"].values()) != sources["rows"]:
        yield f"source rows are not accounted for: {sources}"


def _faults_of_events(output: Path) -> Iterator[str]:
    events = list(read_events(output / "events.jsonl"))
    if any(later["n"] <= earlier["n"] for earlier, later in pairwise(events)):
        yield "events are not in order"
    kinds = [event["event"] for event in events if event["event"] in ("run_started", "run_ended")]
    if ("run_ended", "run_ended") in set(pairwise(kinds)):
        yield "an attempt has two ends"
    if kinds[-2:] != ["run_started", "run_ended"]:
        yield f"the last attempt has no end: {kinds[-2:]}"


def _leftovers(output: Path) -> Iterator[str]:
    left = [path.name for path in output.rglob(".*") if path.suffix in (".tmp", ".part")]
    if left:
        yield f"unfinished files are left: {left}"


def secrets_in(folder: Path) -> Iterator[str]:
    """Files in which the key stands."""
    for path in folder.rglob("*"):
        if path.is_file() and KEY.encode() in path.read_bytes():
            yield f"the key stands in {path.relative_to(folder)}"
