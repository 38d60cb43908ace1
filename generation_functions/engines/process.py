"""A task as a process of this machine. It ends with whoever started it, however that one ends.

The task's message is the first line of its standard input. Standard input stays open: "drain" on a line of its own asks
it to come to its end, and the end of the input tells it that nobody is left to wait for it.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
import threading
from contextlib import suppress
from typing import Any

from generation_functions.engines.engine import Task, WorkerLost

_LAST_WORDS = 2_000
_LONGEST_ANSWER = 1 << 20
_DRAIN = b"drain\n"


class ProcessWorker:
    """Runs tasks, one at a time, each in a process of its own."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None

    async def run(self, task: Task) -> dict[str, Any]:
        """The JSON that the process prints last. Raises `WorkerLost` where it prints none."""
        process = self._process = await asyncio.create_subprocess_exec(
            *task.words, cwd=task.folder, start_new_session=True, limit=_LONGEST_ANSWER,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        try:
            await self._tell(json.dumps(task.message).encode() + b"\n")
            assert process.stdout is not None
            assert process.stderr is not None
            answer, told = await asyncio.gather(_last_line(process.stdout), _last_words(process.stderr))
            code = await process.wait()
        finally:
            await self.close()
        if not answer:
            raise WorkerLost(_how_it_ended(code), hint=told or None)
        return dict(json.loads(answer)) | {"host": socket.gethostname()}

    async def drain(self) -> None:
        """Ask the process to come to its end."""
        await self._tell(_DRAIN)

    async def close(self) -> None:
        """Kill the process, if it still runs."""
        process = self._process
        if process is None:
            return
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        self._process = None

    async def _tell(self, line: bytes) -> None:
        process = self._process
        if process is None or process.stdin is None or process.returncode is not None:
            return
        with suppress(ConnectionError):  # it has ended: what became of it is told by its answer
            process.stdin.write(line)
            await process.stdin.drain()


async def _last_line(stream: asyncio.StreamReader) -> bytes:
    last = b""
    while line := await stream.readline():
        last = line if line.startswith(b"{") and line.endswith(b"}\n") else last
    return last


async def _last_words(stream: asyncio.StreamReader) -> str:
    kept = b""
    while part := await stream.read(4_096):
        kept = (kept + part)[-_LAST_WORDS:]
    return kept.decode("utf-8", "replace").strip()


def _how_it_ended(code: int) -> str:
    return f"its process was ended by {signal.Signals(-code).name}" if code < 0 else f"its process ended with {code}"


def begin_task() -> dict[str, Any]:
    """In the process of a task: what it was told, from a standard input that is watched from now on.

    "drain" arrives as SIGINT, as Ctrl-C does. At the input's end the process ends at once.
    """
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT, signal.SIGTERM})  # Ray's processes have them blocked
    message = dict(json.loads(sys.stdin.buffer.readline()))
    threading.Thread(target=_heed, name="millrace-task", daemon=True).start()
    return message


def _heed() -> None:
    for line in sys.stdin.buffer:
        if line == _DRAIN:
            os.kill(os.getpid(), signal.SIGINT)
    os.kill(os.getpid(), signal.SIGKILL)
