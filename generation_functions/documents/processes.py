"""The processes that parse documents: a few of them, each watched by a thread, none left behind.

A ticket stands for one document being read. Whatever happens to its process, a ticket ends in results or in one reason.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from hashlib import blake2b
from itertools import count
from pathlib import Path
from types import TracebackType

from generation_functions.documents import child
from generation_functions.documents.document import Limits, Member, Result, Skip, size_label
from generation_functions.documents.format import Format, address
from generation_functions.documents.results import read_results, sound
from generation_functions.errors import MillraceError

HASHED_WHOLE = 64 * 1024 * 1024
"""Up to this size a file is known by its content, beyond it by its path, size and time of change."""

STOP_ASKED_EVERY_S = 0.2

WORKER = "generation_functions.documents.worker"


@dataclass(frozen=True)
class Task:
    """One document to read: a file, or what stands inside it by way of `chain`, outermost first."""

    path: Path
    format: Format
    chain: tuple[tuple[Format, Member], ...] = ()

    def fingerprint(self, limits: Limits) -> str:
        """Names the results of this very content by this very reader. Raises `OSError`."""
        digest = blake2b(digest_size=16)
        told = [self.format.edition, asdict(limits), [(outer.edition, m.name, m.index) for outer, m in self.chain]]
        digest.update(json.dumps(told).encode("utf-8", "surrogatepass"))
        status = self.path.stat()
        if status.st_size > HASHED_WHOLE:
            place = os.fsencode(self.path.absolute())
            digest.update(b"%d %d " % (status.st_size, status.st_mtime_ns) + place)
        else:
            digest.update(self.path.read_bytes())
        return digest.hexdigest()

    def request(self, unfinished: Path, finished: Path, limits: Limits) -> bytes:
        """The line that a worker is given."""
        chain = [[address(outer.open), m.name, m.index] for outer, m in self.chain if outer.open]
        told = {
            "path": os.fsencode(self.path).hex(), "read": address(self.format.read), "arguments": self.format.arguments,
            "chain": chain, "limits": asdict(limits), "unfinished": str(unfinished), "finished": str(finished),
        }  # fmt: skip
        return json.dumps(told).encode() + b"\n"


@dataclass(eq=False)
class Ticket:
    """A task under way. `wait` gives its results once they are there."""

    task: Task
    done: threading.Event = field(default_factory=threading.Event)
    results: Path | None = None
    reason: str = ""
    error: MillraceError | None = None

    def wait(self, stop: Callable[[], bool]) -> Iterator[Result]:
        """The results, or the one skip that says why there are none; nothing once `stop` says so. Raises what kept
        results from being kept."""
        while not self.done.wait(STOP_ASKED_EVERY_S):
            if stop():
                return
        if self.error is not None:
            raise self.error
        if self.results is None:
            yield Skip("", self.reason)
        else:
            yield from read_results(self.results)


class Processes:
    """Up to `workers` parsing processes, started when there is something to parse.

    folder   where results are kept; entries that are there already are not made again.
    """

    def __init__(self, folder: Path, limits: Limits, workers: int) -> None:
        self._folder = folder
        self._limits = limits
        self._workers = workers
        self._waiting: deque[Ticket] = deque()
        self._threads: list[threading.Thread] = []
        self._hands: list[_Hand] = []
        self._changed = threading.Condition()
        self._closed = False
        self._names = count()

    def __enter__(self) -> Processes:
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        for hand in self._hands:
            hand.kill()
        for thread in self._threads:
            thread.join()

    def submit(self, task: Task, *, first: bool = False) -> Ticket:
        """Have a document read as soon as a process is free; `first` puts it before those that wait."""
        ticket = Ticket(task)
        with self._changed:
            (self._waiting.appendleft if first else self._waiting.append)(ticket)
            if len(self._threads) < self._workers:
                hand = _Hand()
                thread = threading.Thread(target=self._work, args=(hand,), name="documents", daemon=True)
                self._hands.append(hand)
                self._threads.append(thread)
                thread.start()
            self._changed.notify()
        return ticket

    def _work(self, hand: _Hand) -> None:
        try:
            while (ticket := self._next()) is not None:
                try:
                    self._read(ticket, hand)
                except OSError as exc:
                    ticket.reason = f"it cannot be read: {exc.strerror or exc}"
                finally:
                    ticket.done.set()
        finally:
            hand.close()

    def _next(self) -> Ticket | None:
        with self._changed:
            while not self._waiting and not self._closed:
                self._changed.wait()
            return None if self._closed else self._waiting.popleft()

    def _read(self, ticket: Ticket, hand: _Hand) -> None:
        results = self._folder / f"{ticket.task.fingerprint(self._limits)}.jsonl"
        if not sound(results):
            answer = self._parse(ticket.task, results, hand)
            if answer["status"] == "disk":
                ticket.error = MillraceError(
                    f"what was read cannot be kept in {self._folder}: {answer['reason']}",
                    hint="make room, or name another output folder; then run the same command again",
                )
            if answer["status"] != "done":
                ticket.reason = answer.get("reason", "")
                return
        ticket.results = results

    def _parse(self, task: Task, results: Path, hand: _Hand) -> dict[str, str]:
        unfinished = self._folder / f".{os.getpid()}-{id(self)}-{next(self._names)}"
        request = task.request(unfinished.absolute(), results.absolute(), self._limits)
        try:
            used = hand.served > 0
            answer = hand.ask(request, self._limits)
            # What earlier documents left behind is no fault of this one.
            return hand.ask(request, self._limits) if answer["status"] == "memory" and used else answer
        finally:
            unfinished.unlink(missing_ok=True)


class _Hand:
    """One process at a time, and a new one after it died."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._killed = False
        self._lock = threading.Lock()
        self.served = 0

    def ask(self, request: bytes, limits: Limits) -> dict[str, str]:
        """The answer to a request, or what became of the process instead of one."""
        line = self._exchange(request)
        if line:
            self.served += 1
            answer: dict[str, str] = json.loads(line)
            if answer["status"] == "memory":
                self._end()
                answer["reason"] = f"it needs more memory than the limit of {size_label(limits.max_memory)}"
            return answer
        return {"status": "lost", "reason": _death(self._end(), limits)}

    def _exchange(self, request: bytes) -> bytes:
        process = self._alive()
        if process is None:
            return b""
        assert process.stdin is not None
        assert process.stdout is not None
        with suppress(BrokenPipeError):
            process.stdin.write(request)
            process.stdin.flush()
        return process.stdout.readline()

    def _alive(self) -> subprocess.Popen[bytes] | None:
        with self._lock:
            if self._process is not None and self._process.poll() is not None:
                child.close(self._process)
                self._process = None
            if self._process is None and not self._killed:
                self._process, self.served = child.start(WORKER), 0
            return self._process

    def _end(self) -> int:
        """Wait for a process that is ending, and tell how it ended."""
        with self._lock:
            process, self._process = self._process, None
        return child.close(process) if process is not None else 0

    def kill(self) -> None:
        """End the process now, and start no other."""
        with self._lock:
            self._killed = True
            if self._process is not None:
                self._process.kill()

    def close(self) -> None:
        """End the process and wait until it is gone."""
        self.kill()
        self._end()


def _death(code: int, limits: Limits) -> str:
    if code == -signal.SIGALRM:
        return f"it takes longer than the limit of {limits.seconds:g} s"
    if code < 0:
        return f"reading it crashed the process ({signal.Signals(-code).name})"
    return f"reading it ended the process (exit code {code})"
