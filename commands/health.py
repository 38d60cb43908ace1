"""Whether this machine can run pipelines: one finding for each thing looked at, with what to do about a fault."""

from __future__ import annotations

import importlib.metadata
import platform
import shutil
import stat
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Literal

from commands.terminal import counted
from generation_functions.config.environment import DOTENV, read_dotenv

State = Literal["ok", "warning", "problem"]

OUTPUTS = "outputs"
LOCK_FILE = "requirements.lock"
_OLDEST_PYTHON = (3, 11)
_GIB = 2**30
_LITTLE_DISK, _TOO_LITTLE_DISK = 5 * _GIB, _GIB // 2
_SPARE_DESCRIPTORS = 64
_PUNKT_SAMPLE = "Dr. Lind sailed in 1747. He gave his crew lemons."


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found. `hint` says what to do where it is not `ok`."""

    state: State
    subject: str
    message: str
    hint: str | None = None


def machine_findings(root: Path, in_flight: int) -> Iterator[Finding]:
    """Everything about the machine and the project's folder. `in_flight` is how many calls may be open at once."""
    yield of_python(sys.version_info[:3])
    yield from of_packages(root / LOCK_FILE)
    yield of_punkt()
    yield of_disk(shutil.disk_usage(root).free)
    yield of_outputs(root / OUTPUTS)
    yield of_descriptors(descriptor_limit(), in_flight)
    yield of_clock(time.time(), newest_file(root))
    yield from of_dotenv(root / DOTENV)


def of_python(version: tuple[int, ...]) -> Finding:
    """Whether this Python is new enough."""
    shown = ".".join(map(str, version))
    if version[:2] >= _OLDEST_PYTHON:
        return Finding("ok", "Python", f"{shown} on {platform.system()}")
    return Finding("problem", "Python", f"{shown} is too old", "Install Python 3.11 or newer, and run start.sh again.")


def of_packages(lock: Path) -> Iterator[Finding]:
    """Whether the packages are those of the lock file."""
    if not lock.is_file():
        yield Finding("warning", "packages", f"{lock.name} is missing, so versions are not compared")
        return
    wanted = locked_versions(lock.read_text(encoding="utf-8"))
    found = {name: _installed(name) for name in wanted}
    missing = [name for name in wanted if found[name] is None]
    other = [
        f"{name} {found[name]} (locked: {wanted[name]})" for name in wanted if found[name] not in (None, wanted[name])
    ]
    again = f"python -m pip install -r {lock.name}"
    if missing:
        yield Finding("problem", "packages", f"not installed: {', '.join(missing)}", again)
    if other:
        yield Finding("warning", "packages", f"other versions than locked: {', '.join(other)}", again)
    if not missing and not other:
        yield Finding("ok", "packages", f"{counted(len(wanted), 'package')} as locked")


def locked_versions(text: str) -> dict[str, str]:
    """Names and versions of a lock file's `name==version` lines."""
    pairs = (line.partition(";")[0].split("#")[0].strip().partition("==") for line in text.splitlines())
    return {name.strip(): version.strip() for name, equals, version in pairs if equals}


def _installed(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def of_punkt() -> Finding:
    """Whether sentences can be told apart with no download."""
    from generation_functions.chunking.sentences import sentence_spans

    count = len(list(sentence_spans(_PUNKT_SAMPLE)))
    if count == 2:
        return Finding("ok", "sentences", "Punkt works without a download")
    return Finding("problem", "sentences", f"Punkt found {count} sentences in two", "Install the locked nltk.")


def of_disk(free: int) -> Finding:
    """Whether there is room for a run."""
    shown = f"{free / _GIB:.1f} GiB free"
    if free >= _LITTLE_DISK:
        return Finding("ok", "disk", shown)
    state: State = "warning" if free >= _TOO_LITTLE_DISK else "problem"
    return Finding(state, "disk", shown, "Free some space: a full disk stops a run (nothing paid for is lost).")


def of_outputs(outputs: Path) -> Finding:
    """Whether runs can be written where configs put them by custom."""
    folder = outputs if outputs.exists() else outputs.parent
    try:
        with NamedTemporaryFile(dir=folder, prefix=".doctor-"):
            return Finding("ok", outputs.name, f"{outputs}/ can be written")
    except OSError as exc:
        return Finding(
            "problem", outputs.name, f"{folder} cannot be written: {exc.strerror}", "Check its owner and rights."
        )


def descriptor_limit() -> int | None:
    """Most files and connections this process may have open; None where the system does not say."""
    try:
        import resource
    except ImportError:  # pragma: no cover  (Windows)
        return None
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return None if soft == resource.RLIM_INFINITY else soft


def of_descriptors(limit: int | None, in_flight: int) -> Finding:
    """Whether all calls that may be in flight can have a connection each."""
    needed = in_flight + _SPARE_DESCRIPTORS
    if limit is None or limit >= needed:
        return Finding(
            "ok", "open files", "no limit" if limit is None else f"{limit:,} allowed, {needed:,} needed at most"
        )
    return Finding(
        "problem", "open files", f"{limit:,} allowed, and {in_flight:,} calls in flight need {needed:,}",
        f"ulimit -n {needed}, or lower max_in_flight.",
    )  # fmt: skip


def newest_file(root: Path) -> float:
    """When the newest of the project's own files and runs was written, in Unix seconds."""
    found = [*root.glob("*"), *root.glob(f"{OUTPUTS}/*/run.json")]
    return max((path.stat().st_mtime for path in found if path.is_file()), default=0.0)


def of_clock(now: float, newest: float) -> Finding:
    """Whether the clock goes on: one that is behind the files it wrote makes times and waits wrong."""
    shown = time.strftime("%Y-%m-%d %H:%M", time.localtime(now))
    if now >= newest - 60:
        return Finding("ok", "clock", shown)
    return Finding("warning", "clock", f"{shown}, which is before files here were written", "Set the machine's clock.")


def of_dotenv(path: Path) -> Iterator[Finding]:
    """Whether `.env` can be read, by its owner alone."""
    if not path.exists():
        yield Finding("ok", DOTENV, "none: keys come from the environment")
        return
    names, problems = read_dotenv(path)
    for problem in problems:
        yield Finding("problem", DOTENV, f"{problem.place}: {problem.message}", problem.hint)
    yield of_rights(path.stat().st_mode, names)


def of_rights(mode: int, names: Mapping[str, str]) -> Finding:
    """Whether others on this machine could read the keys."""
    shown = ", ".join(sorted(names)) or "nothing"
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        return Finding("warning", DOTENV, f"others on this machine can read it (sets {shown})", f"chmod 600 {DOTENV}")
    return Finding("ok", DOTENV, f"only you can read it (sets {shown})")
