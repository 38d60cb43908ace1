"""Reading pictures of text, by the program Tesseract where it is installed."""

from __future__ import annotations

import shutil
import signal
import subprocess
from functools import cache

from generation_functions.errors import DocumentError

HINT = "install Tesseract (the program `tesseract`, with the data of your languages) to have scans read"
_LANGUAGES_KEPT = 8


def program() -> str | None:
    """Where Tesseract is, if anywhere."""
    return shutil.which("tesseract")


def version() -> str:
    """What recognised text depends on: the program's version and its languages; empty without the program."""
    found = program()
    return f"{found} {_version(found)} {'+'.join(_languages(found))}" if found else ""


@cache
def _version(found: str) -> str:
    return _asked(found, "--version").splitlines()[0]


@cache
def _languages(found: str) -> tuple[str, ...]:
    """The languages that are installed. English comes first, for the first counts most."""
    lines = _asked(found, "--list-langs").splitlines()[1:]
    names = sorted(name.strip() for name in lines if name.strip() not in ("", "osd") and "/" not in name)
    return tuple(sorted(names, key=lambda name: name != "eng"))[:_LANGUAGES_KEPT]


def recognise(picture: bytes, seconds: float) -> str:
    """The text of one page, given as a PGM picture. Raises `DocumentError`."""
    found = program()
    if found is None:
        raise DocumentError("a scan without text", hint=HINT)
    _begin_time_anew(seconds)
    languages = _languages(found)
    chosen = ["-l", "+".join(languages)] if languages else []
    try:
        done = subprocess.run([found, "stdin", "stdout", *chosen], input=picture, capture_output=True, timeout=seconds)
    except subprocess.TimeoutExpired as exc:
        raise DocumentError(f"Tesseract took longer than {seconds:g} s") from exc
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise DocumentError(f"Tesseract failed: {said[-1] if said else f'exit code {done.returncode}'}")
    _begin_time_anew(seconds)
    return done.stdout.decode("utf-8", "replace").replace("\f", "")


def _begin_time_anew(seconds: float) -> None:
    """Recognition takes seconds a page, so the alarm that bounds a document counts from the last page on."""
    if signal.getitimer(signal.ITIMER_REAL)[0] > 0:
        signal.setitimer(signal.ITIMER_REAL, seconds * 1.5)


def _asked(found: str, option: str) -> str:
    try:
        done = subprocess.run([found, option], capture_output=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return "\n"
    return (done.stdout or done.stderr).decode("utf-8", "replace") or "\n"
