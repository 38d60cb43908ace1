"""The kinds of blows: each starts a run of a trial, does its worst to it, and accounts for calls that may be lost."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from random import Random

from benchmarks.blows.subject import IN_FLIGHT, Wrong, at_its_own_pace
from benchmarks.blows.trial import PER_CRASH, Trial

Blow = Callable[[Trial, Random], Awaitable[None]]
KILLED, INTERRUPTED, LOCKED = -9, 130, 5
ROOM = 2**24
"""Bytes of a disk beyond what a run leaves on it. A write-ahead log takes some megabytes before it is folded in."""
YET_UNHEARD = (-signal.SIGINT, -signal.SIGTERM)
"""A signal before Python got as far as to listen ends the process as it ends any other."""


async def _a_moment(trial: Trial, rng: Random, process: asyncio.subprocess.Process) -> str:
    """Wait for a moment of a run: some time after its start, or, more often, some time after one of its calls."""
    assert trial.calm is not None
    if rng.random() < 0.25:
        seconds = rng.uniform(0, trial.calm.seconds)
        await _ended_within(process, seconds)
        return f"after {seconds:.3f} s"
    at, later = trial.endpoint.started + rng.randint(0, trial.calls_left), rng.choice([0.0, rng.uniform(0, 0.2)])
    while trial.endpoint.started < at and process.returncode is None:  # noqa: ASYNC110  the endpoint counts, it tells nobody
        await asyncio.sleep(0.002)
    await _ended_within(process, later)
    return f"{later:.3f} s after call {at}"


async def killed_at_any_moment(trial: Trial, rng: Random) -> None:
    """kill -9 somewhere between its start and its end."""
    process = await trial.start()
    await _kill(trial, process, await _a_moment(trial, rng, process))


async def killed_as_it_starts(trial: Trial, rng: Random) -> None:
    """kill -9 before it does much."""
    assert trial.calm is not None
    process, seconds = await trial.start(), rng.uniform(0, trial.calm.seconds)
    await _ended_within(process, seconds)
    await _kill(trial, process, f"after {seconds:.3f} s")


async def _kill(trial: Trial, process: asyncio.subprocess.Process, when: str) -> None:
    with suppress(ProcessLookupError):
        process.kill()
    trial.spare += PER_CRASH
    trial.story.append(f"killed {when}: {await trial.end(process, 0, KILLED)}")


async def _ended_within(process: asyncio.subprocess.Process, seconds: float) -> bool:
    try:
        await asyncio.wait_for(process.wait(), seconds)
    except TimeoutError:
        return False
    return True


async def killed_at_a_file(trial: Trial, rng: Random) -> None:
    """kill -9 as a file is opened, replaced or removed: manifest, config, datasets, card, seal; or just after."""
    assert trial.calm is not None
    at, after = rng.randint(1, trial.calm.operations), rng.choice([0.0, rng.uniform(0, 0.004)])
    trial.spare += PER_CRASH
    code = await trial.end(await trial.start(dies_at=at, after_s=after), 0, KILLED)
    trial.story.append(f"killed {after * 1000:.2f} ms after file operation {at}: {code}")


async def killed_at_a_call(trial: Trial, rng: Random) -> None:
    """kill -9 in the very moment at which a call reaches the endpoint."""
    assert trial.calm is not None
    at = trial.endpoint.started + rng.randint(1, max(1, trial.calls_left))
    reached, plan = asyncio.Event(), trial.endpoint.plan

    def watching(number: int, body: dict[str, object]) -> object:
        if number + 1 >= at:
            reached.set()
        return plan(number, body) if callable(plan) else None

    trial.endpoint.plan = watching  # type: ignore[assignment]
    process = await trial.start()
    waiting = [asyncio.create_task(reached.wait()), asyncio.create_task(process.wait())]
    _, pending = await asyncio.wait(waiting, timeout=60, return_when=asyncio.FIRST_COMPLETED)
    with suppress(ProcessLookupError):
        process.kill()
    for task in pending:
        task.cancel()
    trial.spare += PER_CRASH
    trial.endpoint.plan = plan
    trial.story.append(f"killed at call {at}: {await trial.end(process, 0, KILLED)}")


async def told_to_stop(trial: Trial, rng: Random) -> None:
    """Ctrl-C, or SIGTERM: what is in flight comes in, nothing is lost."""
    number, process = rng.choice([signal.SIGINT, signal.SIGTERM]), await trial.start()
    when = await _a_moment(trial, rng, process)
    _signal(process, number)
    code = await trial.end(process, 0, INTERRUPTED, *YET_UNHEARD)
    trial.story.append(f"{number.name} {when}: {code}")


async def told_twice_to_stop(trial: Trial, rng: Random) -> None:
    """Ctrl-C, and once more a little later: calls in flight are given up."""
    second, process = rng.choice([rng.uniform(0, 0.02), rng.uniform(0, 0.5)]), await trial.start()
    when = await _a_moment(trial, rng, process)
    _signal(process, signal.SIGINT)
    await _ended_within(process, second)
    _signal(process, signal.SIGINT)
    trial.spare += IN_FLIGHT
    code = await trial.end(process, 0, INTERRUPTED, *YET_UNHEARD)
    trial.story.append(f"SIGINT {when}, and {second:.3f} s later: {code}")


def _signal(process: asyncio.subprocess.Process, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        process.send_signal(number)


async def frozen(trial: Trial, rng: Random) -> None:
    """Stopped like a laptop that is closed, for longer than calls may take, and then going on."""
    length, process = rng.uniform(0.5, 3.0), await trial.start()
    when = await _a_moment(trial, rng, process)
    _signal(process, signal.SIGSTOP)
    await asyncio.sleep(length)
    _signal(process, signal.SIGCONT)
    trial.spare += IN_FLIGHT
    code = await trial.end(process, 0)
    trial.story.append(f"frozen {when} for {length:.1f} s: {code}")


async def two_runs(trial: Trial, rng: Random) -> None:
    """A second run on the folder, at once or later; the first may be killed. One works, the other is sent away."""
    soon, kill, first = rng.random() < 0.5, rng.random() < 0.3, await trial.start()
    when = "at once" if soon else await _a_moment(trial, rng, first)
    second = await trial.start()
    if kill:
        await _a_moment(trial, rng, first)
        with suppress(ProcessLookupError):
            first.kill()
        trial.spare += PER_CRASH
    codes = await asyncio.gather(
        trial.end(first, 0, LOCKED, *([KILLED] if kill else [])), trial.end(second, 0, LOCKED)
    )  # fmt: skip
    trial.story.append(f"a second run {when}, the first {'killed' if kill else 'left alone'}: {codes}")
    if LOCKED in codes and "is being written by" not in trial.said:
        trial.faults.append("who holds the folder was not said")
    if codes.count(LOCKED) == 2:
        trial.faults.append("each of two runs was sent away")


async def full_disk(trial: Trial, rng: Random) -> None:
    """A real file system that is full at some moment, and has room again for the next attempt."""
    assert trial.calm is not None
    room = trial.calm.size * 3 + ROOM
    _mount(trial, room)
    free = int(2 ** rng.uniform(8, 21.5))
    ballast = trial.output / "ballast"
    held = sum(path.stat().st_size for path in trial.output.rglob("*") if path.is_file())
    try:
        ballast.write_bytes(b"x" * max(0, room - held - free))
    except OSError:  # fuller than full
        trial.story.append("the ballast filled it whole")
    code = await trial.end(await trial.start(), 0, 1)
    trial.spare += PER_CRASH
    ballast.unlink(missing_ok=True)
    trial.story.append(f"{free} bytes free of {room}: {code}")


def _mount(trial: Trial, room: int) -> None:
    """A small tmpfs as the output folder, with what the folder held. Ends in `unmount`."""
    if os.path.ismount(trial.output):
        return
    aside = trial.folder / "aside"
    trial.output.rename(aside)
    trial.output.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={room}", "tmpfs", str(trial.output)], check=True)
    shutil.copytree(aside, trial.output, dirs_exist_ok=True)
    shutil.rmtree(aside)


def unmount(trial: Trial) -> None:
    """Take away a disk of `full_disk`, with all that is on it."""
    if os.path.ismount(trial.output):
        subprocess.run(["umount", "-l", str(trial.output)], check=True)


def can_mount() -> bool:
    """Whether a small file system can be mounted here."""
    return hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("mount") is not None


async def endpoint_lies(trial: Trial, rng: Random) -> None:
    """Sockets that hang, cut and lie, refusals, web pages: up to a third of all calls."""
    wrong = Wrong(rng.randrange(2**32), rng.uniform(0.03, 0.33))
    trial.endpoint.plan = wrong
    code = await trial.end(await trial.start(), 0, 1)
    trial.endpoint.plan = at_its_own_pace
    trial.spare += wrong.count + (IN_FLIGHT if code else 0)
    trial.story.append(f"{wrong.count} calls went wrong, of {wrong.share:.0%}: {code}")


async def endpoint_dies(trial: Trial, rng: Random) -> None:
    """The server's port closes with all its connections, and opens again after a while."""
    length, process = rng.uniform(0.1, 2.0), await trial.start()
    when = await _a_moment(trial, rng, process)
    await trial.serve_no_more()
    await asyncio.sleep(length)
    await trial.serve()
    trial.spare += IN_FLIGHT
    code = await trial.end(process, 0, 1)
    trial.story.append(f"the endpoint was gone {when} for {length:.1f} s: {code}")


async def clock_jumps(trial: Trial, rng: Random) -> None:
    """The time of day is days off, another amount at every look; it may be killed as well."""
    told: dict[str, float] = {"jumps_s": rng.uniform(1, 10 * 86_400)}
    if rng.random() < 0.5:
        assert trial.calm is not None
        told["dies_at"] = rng.randint(1, trial.calm.operations)
        trial.spare += PER_CRASH
    code = await trial.end(await trial.start(**told), 0, KILLED)
    trial.story.append(f"{told}: {code}")


ONE: Mapping[str, Blow] = {
    "kill -9 at any moment": killed_at_any_moment, "kill -9 as it starts": killed_as_it_starts,
    "kill -9 as a file is replaced": killed_at_a_file, "kill -9 at a call": killed_at_a_call,
    "Ctrl-C": told_to_stop, "Ctrl-C twice": told_twice_to_stop, "frozen for a while": frozen,
    "two runs on one folder": two_runs, "a full disk": full_disk, "sockets that hang, cut and lie": endpoint_lies,
    "an endpoint that dies": endpoint_dies, "a clock that jumps": clock_jumps,
}  # fmt: skip


async def anything(trial: Trial, rng: Random) -> None:
    """One of all these, drawn."""
    names = [name for name in ONE if name != "a full disk" or can_mount()]
    await ONE[rng.choice(names)](trial, rng)


KINDS: Mapping[str, Blow] = {**ONE, "all of these in turn": anything}
HASTY = {"frozen for a while", "sockets that hang, cut and lie", "all of these in turn"}
"""Kinds in which calls time out soon."""
