"""The one oracle: after whatever happened, resume, and compare with a run to which nothing happened."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import orjson

from generation_functions.models.retry import RetryPolicy
from generation_functions.run.events import read_events
from generation_functions.store import StoreReader
from tests.simulation.answers import STEPS
from tests.simulation.endpoint import CANARY, Call
from tests.simulation.machine import Attempt
from tests.simulation.story import INNER

# A run in which no row came through keeps what earlier attempts had put on record.
_LATEST = "run_attempt = (SELECT MAX(run_attempt) FROM rows)"


def faults_of_attempt(attempt: Attempt) -> Iterator[str]:
    """What an attempt did that it should not have."""
    plan = attempt.plan
    if attempt.status == "cancelled" and plan.blow not in ("interrupt", "stop_at_once"):
        yield "it was cancelled by nobody"
    if attempt.status == "partial" and plan.blow != "budget":
        yield f"it stopped half way: {attempt.message}"
    late = 0 if attempt.pressed is None else len(attempt.calls) - attempt.pressed
    if late > 0:
        yield f"{late} calls were made after the run was asked to stop"
    if attempt.status not in ("crashed", "failed", "cancelled", "partial", "succeeded"):
        yield f"it ended as {attempt.status!r}"
    if attempt.status == "failed" and not _had_reason_to_fail(attempt):
        yield f"it failed for no reason: {attempt.error}"


def _had_reason_to_fail(attempt: Attempt) -> bool:
    empty = "no row reached a dataset" in attempt.message
    hit = all(any(storm.hits(site) for storm in attempt.plan.storms) for site in range(attempt.sites))
    return attempt.disk_failed or hit or attempt.plan.sleep is not None or empty


def faults_of_calls(attempts: Sequence[Attempt]) -> Iterator[str]:
    """Answers that were paid for again, though no crash or broken disk can have lost them."""
    told: dict[bytes, Attempt] = {}
    for attempt in attempts:
        again = Counter(call.body for call in attempt.calls if call.answered)
        for call in attempt.calls:
            before = told.get(call.body)
            if before is not None and not _may_be_lost(before, call):
                yield f"asked again in attempt {attempt.number}: {call.question}, answered in {before.number}"
        for body, count in again.items():
            # What a broken disk did not keep, an equal row may ask again.
            # When a machine wakes, an answer and its timeout are there at once.
            if count > 1 and not attempt.disk_failed and attempt.plan.sleep is None:
                yield f"answered {count} times in attempt {attempt.number}: {body[-80:]!r}"
            told[body] = attempt


def _may_be_lost(attempt: Attempt, again: Call) -> bool:
    """Whether an answer of this attempt may be gone: only if it ended unforeseen, and no step went on from it."""
    # What ends at once drops the calls in flight, also one whose answer is just being read.
    at_once = attempt.status in ("cancelled", "failed") and attempt.plan.blow != "interrupt"
    if not (attempt.status == "crashed" or attempt.disk_failed or at_once):
        return False
    mine = next(call for call in attempt.calls if call.body == again.body and call.answered)
    return not any(_follows(call, mine) for call in attempt.calls)


def _follows(later: Call, call: Call) -> bool:
    """Whether a call can only have been made from another's answer."""
    a, b = call.question, later.question
    if later.number <= call.number or a.run != b.run:
        return False
    if a.step == b.step:
        return a.subject == b.subject and a.sample == b.sample and b.attempt > a.attempt
    of_it = a.step == "rules" or b.subject == a.subject or b.subject.startswith(f"{a.subject}.")
    return of_it and STEPS.index(b.step) > STEPS.index(a.step)


def runs_in(folder: Path) -> list[Path]:
    """The runs that have datasets: the one of the folder, or those inside it."""
    return [folder / inner for inner in INNER if (folder / inner).exists()] or [folder]


def faults_of_folder(folder: Path, attempts: Sequence[Attempt]) -> Iterator[str]:
    """What a finished run's folder says that is not so."""
    runs, texts = runs_in(folder), attempts[-1].plan.texts
    for number, run in enumerate(runs):
        yield from _faults_of_sources(run, len(texts[number :: len(runs)]))
    for run in {folder, *runs}:
        yield from _faults_of_events(run, attempts)
    yield from _secrets(folder)


def _faults_of_sources(folder: Path, rows: int) -> Iterator[str]:
    sources = orjson.loads((folder / "run.json").read_bytes())["sources"]
    # The one call of the whole run is a source of its own.
    if sources["rows"] != rows or sources["in_dataset"] + sum(sources["not_in_dataset"].values()) != sources["rows"]:
        yield f"{rows} source rows went in, and {sources} are accounted for"
    if any(reason.startswith(("not worked on", "no reason")) for reason in sources["not_in_dataset"]):
        yield f"rows without a reason: {sources['not_in_dataset']}"


def _faults_of_events(folder: Path, attempts: Sequence[Attempt]) -> Iterator[str]:
    events = list(read_events(folder / "events.jsonl"))
    numbers = [event["n"] for event in events]
    if any(later <= earlier for earlier, later in pairwise(numbers)):
        yield f"events are not in order: {numbers}"
    endings: dict[int, int] = defaultdict(int)
    at = 0
    for event in events:
        at = event["attempt"] if event["event"] == "run_started" else at
        endings[at] += event["event"] == "run_ended"
    if any(count > 1 for count in endings.values()):
        yield f"an attempt ended more than once: {dict(endings)}"
    if endings[at] != 1:
        yield "the last attempt has no ending"


def _secrets(folder: Path) -> Iterator[str]:
    for path in folder.rglob("*"):
        if path.is_file() and CANARY.encode() in path.read_bytes():
            yield f"the key stands in {path.name}"


def failed_for_a_while(folder: Path) -> list[tuple[Path, str, str, str]]:
    """Runs, steps, keys and reasons of rows that failed because the endpoint was not well."""
    return [(run, *row) for run in runs_in(folder) for row in _failed_in(run)]


def _failed_in(run: Path) -> list[tuple[str, str, str]]:
    reader = StoreReader(run / "store.sqlite")
    try:
        found = reader.query(f"SELECT step, key, reason FROM rows WHERE status = 'failed' AND {_LATEST}")
        return [(step, key, reason) for step, key, reason in found if _is_passing(reason)]
    finally:
        reader.close()


def given_up_too_early(folder: Path, max_retries: int) -> Iterator[str]:
    """Rows of a finished run that failed for a passing fault before it had been tried as often as was promised."""
    least = 1 + min(max_retries, RetryPolicy().bad_answers)
    for _, step, key, reason in failed_for_a_while(folder):
        tries = re.search(r"the last of (\d+) tries", reason)
        if tries is None or int(tries[1]) < least:
            yield f"row {key} of {step} was given up too early: {reason}"


def _is_passing(reason: str) -> bool:
    own = ("answered 400", "cut off at its longest", "filtered the completion", "no vote could be read")
    return reason.startswith("simulated: ") and not any(words in reason for words in own)


def facts_of(folder: Path) -> dict[str, Any]:
    """What two runs of the same input must agree on."""
    return {
        run.relative_to(folder).as_posix(): ((run / "datasets" / "out.jsonl").read_bytes(), lost_rows(run))
        for run in runs_in(folder)
    }


def lost_rows(folder: Path) -> list[tuple[Any, ...]]:
    """Every row that did not go on: where and how."""
    reader = StoreReader(folder / "store.sqlite")
    try:
        return reader.query(
            f"SELECT step, key, status FROM rows WHERE status != 'kept' AND {_LATEST} ORDER BY step, key"
        )
    finally:
        reader.close()


def joined(faults: Iterable[str]) -> str:
    """The first few of them, one a line."""
    shown = list(faults)
    return "\n".join(shown[:8])
