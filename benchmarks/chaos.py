"""How often a run survives: real processes are killed, disks filled, sockets cut, at random moments, and runs resumed.

    python benchmarks/chaos.py [--tries 240] [--seed 0] [--at-once 2] [--kind NAME ...] [--json FILE]

Each try runs a shipped pipeline by its config, in processes as a user starts them. A seed draws one to three blows of
a kind and their moments; moments are clocks' and schedulers' too, so a seed repeats the blows, not every instant. Then
the run is resumed until it is finished, and compared with one to which nothing happened: the same bytes, no call more
than the blows account for, one end to each attempt, no process left, the key in no file. Run once more, it asks
nothing. Prints survived / tried, and the seeds of those that did not survive. Takes an hour on two busy cores; the
kind that fills disks needs root.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.blows.kinds import HASTY, KINDS, can_mount, unmount
from benchmarks.blows.oracle import asked, dataset_files, faults_of, repeated
from benchmarks.blows.subject import HASTY_S, PATIENT_S, PIPELINES, Calm, Subject, subjects
from benchmarks.blows.trial import Trial
from benchmarks.rounds import arguments, positive, save, table


@dataclass(frozen=True)
class Tried:
    """How one try ended. It survived if nothing is wrong."""

    seed: int
    kind: str
    pipeline: str
    wrong: Sequence[str]
    story: Sequence[str]
    struck: int = 0
    repeated: int = 0


@dataclass
class Chaos:
    """All tries, in one folder."""

    folder: Path
    pipelines: Sequence[str]
    calm: dict[Subject, Calm] = field(default_factory=dict)

    async def prepare(self) -> None:
        """Run every pipeline undisturbed."""
        for number, subject in enumerate(subjects(self.folder)):
            if subject.pipeline in self.pipelines:
                self.calm[subject] = await undisturbed(subject, self.folder / f"calm-{number}")

    async def one(self, seed: int, kind: str) -> Tried:
        """One try, from its seed."""
        rng = Random(f"chaos {seed}")
        subject = rng.choice(list(self.calm))
        timeout_s = HASTY_S if kind in HASTY else PATIENT_S
        trial = Trial(subject, self.folder / f"try-{seed}", calm=self.calm[subject], timeout_s=timeout_s)
        again = 0
        await trial.open()
        try:
            for _ in range(rng.randint(1, 3)):
                await KINDS[kind](trial, rng)
            await trial.resume(6, 1)
            if not trial.faults:
                again = repeated(trial)
                await judge(trial)
        finally:
            await trial.close()
            unmount(trial)
        return Tried(seed, kind, subject.pipeline, tuple(trial.faults), tuple(trial.story), trial.struck, again)


async def judge(trial: Trial) -> None:
    """Ask the oracle, run the finished run once more, and ask again."""
    trial.faults += faults_of(trial)
    made = trial.endpoint.started
    await trial.resume(1)
    if trial.endpoint.started > made:
        trial.faults.append(f"a finished run made {trial.endpoint.started - made} calls")
    trial.faults += [fault for fault in faults_of(trial) if fault not in trial.faults]


async def undisturbed(subject: Subject, folder: Path) -> Calm:
    """Run a pipeline to which nothing happens: once with its operations on files counted, once with its time taken."""
    for name in ("counted", "timed"):
        trial = Trial(subject, folder / name)
        await trial.open()
        began = time.monotonic()
        told = {"counts_to": str(folder / "count.txt")} if name == "counted" else {}
        await trial.end(await trial.start(**told), 0)
        seconds = time.monotonic() - began
        await trial.close()
        if trial.faults:
            raise SystemExit(f"{subject.pipeline} does not even run undisturbed: {trial.faults}")
    files = [path for path in trial.output.rglob("*") if path.is_file()]
    operations = int((folder / "count.txt").read_text())
    return Calm(
        dataset_files(trial.output), asked(trial), seconds, operations, sum(path.stat().st_size for path in files)
    )


async def tried(chaos: Chaos, tries: Sequence[tuple[int, str]], at_once: int, minutes: float) -> list[Tried]:
    """All of them, so many at once; none begins after so many minutes."""
    ends = time.monotonic() + minutes * 60
    await chaos.prepare()
    for subject, calm in chaos.calm.items():
        print(
            f"{subject.pipeline}: {calm.asked.total()} calls, {calm.operations} file operations, {calm.seconds:.1f} s"
        )
    turn = asyncio.Semaphore(at_once)

    async def one(seed: int, kind: str) -> Tried | None:
        async with turn:
            found = await chaos.one(seed, kind) if time.monotonic() < ends else None
        if found is not None and found.wrong:
            print(f"seed {seed}, {kind}, {found.pipeline}", *found.story, *found.wrong, sep="\n    ", flush=True)
        return found

    return [each for each in await asyncio.gather(*(one(seed, kind) for seed, kind in tries)) if each is not None]


def by_kind(found: Sequence[Tried]) -> dict[str, dict[str, Any]]:
    """Survived and tried of each kind, and what the others had wrong."""
    return {
        kind: {
            "survived": sum(not each.wrong for each in found if each.kind == kind),
            "tried": sum(each.kind == kind for each in found),
            "attempts_struck": sum(each.struck for each in found if each.kind == kind),
            "calls_repeated": sum(each.repeated for each in found if each.kind == kind),
            "not_survived": {each.seed: list(each.wrong) for each in found if each.kind == kind and each.wrong},
        }
        for kind in dict.fromkeys(each.kind for each in found)
    }


def shown(kinds: Mapping[str, Mapping[str, Any]]) -> str:
    """The table of them."""
    counted = ("survived", "tried", "attempts_struck", "calls_repeated")
    every = {name: sum(kind[name] for kind in kinds.values()) for name in counted}
    lines = [
        [name, *(kind[each] for each in counted), ", ".join(map(str, kind.get("not_survived", ())))]
        for name, kind in [*kinds.items(), ("all", every)]
    ]
    return table(["kind", "survived", "tried", "attempts struck", "calls repeated", "others' seeds"], lines)


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--tries", type=positive, default=240, help="how many tries (%(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="the first try's seed; each has the next (%(default)s)")
    parser.add_argument("--at-once", type=positive, default=2, help="tries at once (%(default)s)")
    parser.add_argument("--minutes", type=float, default=60, help="begin no further try after so long (%(default)s)")
    for option, every in (("kind", KINDS), ("pipeline", PIPELINES)):
        told = f"some of {', '.join(every)}"
        parser.add_argument(f"--{option}", choices=every, metavar="NAME", nargs="+", default=list(every), help=told)
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="a folder to keep all tries in")
    given = parser.parse_args()
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job, and its children, ignore it
    logging.getLogger("aiohttp").setLevel(logging.CRITICAL)  # of the endpoint, whose callers die
    kinds = [kind for kind in given.kind if kind != "a full disk" or can_mount()]
    tries = [(seed, kinds[seed % len(kinds)]) for seed in range(given.seed, given.seed + given.tries)]
    with tempfile.TemporaryDirectory(prefix="chaos-", ignore_cleanup_errors=True) as folder:
        began, chaos = time.monotonic(), Chaos(given.keep or Path(folder), given.pipeline)
        found = by_kind(asyncio.run(tried(chaos, tries, given.at_once, given.minutes)))
    print(shown(found))
    minutes = round((time.monotonic() - began) / 60, 1)
    save(given.json, {"first_seed": given.seed, "minutes": minutes, "kinds": found})
    sys.exit(any(kind["not_survived"] for kind in found.values()))


if __name__ == "__main__":
    main()
