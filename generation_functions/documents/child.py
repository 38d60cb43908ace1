"""A process of our own beside the run's: how it is started and ended, and how it behaves.

It sees no keys, what libraries print in it goes nowhere, and it ends with the process that started it.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, BinaryIO

PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TMPDIR", "TESSDATA_PREFIX", "LD_LIBRARY_PATH")
"""What such a process may see of the environment: no keys, no tokens."""

PR_SET_PDEATHSIG = 1

PIPE = 1 << 20
"""Bytes that a pipe holds."""


def start(module: str) -> subprocess.Popen[bytes]:
    """A process that runs a module, with pipes to its standard input and from its standard output."""
    environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    environment["PYTHONPATH"] = os.pathsep.join(str(Path(entry).absolute()) for entry in sys.path)
    environment["OMP_THREAD_LIMIT"] = "1"
    command = [sys.executable, "-P", "-m", module, str(os.getpid())]
    settings: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, env=environment, **settings)
    for pipe in (process.stdin, process.stdout):
        _widen(pipe)
    return process


def _widen(pipe: IO[bytes] | None) -> None:
    """Let a pipe hold more, where the system can: whoever writes into it waits less for whoever reads."""
    if pipe is not None and hasattr(fcntl, "F_SETPIPE_SZ"):
        with suppress(OSError):
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE)


def close(process: subprocess.Popen[bytes]) -> int:
    """Close its pipes, wait until it is gone, and tell how it ended."""
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with suppress(BrokenPipeError):
                pipe.close()
    return process.wait()


def begin() -> BinaryIO:
    """For the process itself, first of all: ends with its parent from now on. What its answers are written to."""
    answers = os.fdopen(os.dup(1), "wb")
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), 1)
    _die_with_parent(int(sys.argv[1]))
    return answers


def _die_with_parent(parent: int) -> None:
    """On Linux the kernel sees to it; elsewhere the end of the input does, or the alarm."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
