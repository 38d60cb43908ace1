"""What a peer's program shares with the others: its arguments, its clock, and the answers it saved.

It runs in the peer's environment, so it needs nothing but Python. `python benchmarks/peers/NAME.py BASE_URL QUESTIONS
FOLDER --in-flight 256` prints seconds and processor seconds as JSON and leaves `answers.jsonl` in the folder.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Task:
    """Questions, where to ask them, and the folder that answers are saved in."""

    base_url: str
    system: str
    questions: Sequence[str]
    in_flight: int
    folder: Path


Saved = Callable[[], Iterable[tuple[str, str]]]
"""Reads what was saved: questions with their answers. Called once the clock stands still."""


def main(generate: Callable[[Task], Saved]) -> None:
    """Ask eight questions unmeasured, since imports happen late, then all of them."""
    parser = argparse.ArgumentParser()
    parser.add_argument("base_url")
    parser.add_argument("questions", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--in-flight", type=int, default=256)
    given = parser.parse_args()
    asked = json.loads(given.questions.read_text())
    for name, questions in (("warm", asked["questions"][-8:]), ("measured", asked["questions"])):
        folder = given.folder / name
        folder.mkdir(parents=True)
        began, used = time.perf_counter(), processor_s()
        saved = generate(Task(given.base_url, asked["system"], questions, given.in_flight, folder))
        seconds, processor = time.perf_counter() - began, processor_s() - used
    with (given.folder / "answers.jsonl").open("w") as file:
        file.writelines(json.dumps(pair) + "\n" for pair in saved())
    print(json.dumps({"seconds": seconds, "processor_s": processor}))
    sys.stdout.flush()


def processor_s() -> float:
    """Of this process and of those it waited for."""
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in both)
