"""One try: an output folder, its endpoint, and the processes that are run on it."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Iterator
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web

from benchmarks.blows.subject import IN_FLIGHT, KEY, KEY_NAME, PATIENT_S, Calm, Subject, endpoint
from generation_functions.errors import StoreError
from generation_functions.run.manifest import ENDED, read_manifest
from tests.end_to_end.project import ROOT
from tests.fake_endpoint import FakeEndpoint

PATIENCE_S = 600.0
MARK = "MILLRACE_CHAOS"
PER_CRASH = 2 * IN_FLIGHT
"""Calls that a crash may repeat: those in flight, and as many whose answers waited for their commit."""


@dataclass
class Trial:
    """One folder and what happened to it.

    spare   calls that may have been made in vain so far
    struck  attempts that did not succeed
    faults  what was found wrong
    story   what was done to it, a line each
    """

    subject: Subject
    folder: Path
    calm: Calm | None = None
    endpoint: FakeEndpoint = field(default_factory=endpoint)
    spare: int = 0
    struck: int = 0
    faults: list[str] = field(default_factory=list)
    story: list[str] = field(default_factory=list)
    timeout_s: float = PATIENT_S
    port: int = 0
    _serving: AsyncExitStack = field(default_factory=AsyncExitStack)
    _started: set[int] = field(default_factory=set)

    @property
    def output(self) -> Path:
        """The run's folder."""
        return self.folder / "out"

    @property
    def mark(self) -> str:
        """What the environment of every process of this try says, and of all that descend from it."""
        return f"{MARK}={self.folder}"

    @property
    def calls_left(self) -> int:
        """Calls that have not been made yet."""
        return max(0, self.calm.asked.total() - self.endpoint.started) if self.calm is not None else 0

    async def open(self) -> None:
        """Make the folder, serve, write the config."""
        self.output.mkdir(parents=True)
        await self.serve()
        config = self.subject.config(f"http://127.0.0.1:{self.port}/v1", self.output, self.timeout_s)
        (self.folder / "config.yaml").write_text(config)

    async def serve(self) -> None:
        """Serve, on the port of before if there was one."""
        runner = web.AppRunner(
            self.endpoint.app(), handler_cancellation=True, shutdown_timeout=0.05, access_log=None
        )  # fmt: skip
        await runner.setup()
        self._serving.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, "127.0.0.1", self.port, backlog=4096, reuse_address=True).start()
        self.port = runner.addresses[0][1]

    async def serve_no_more(self) -> None:
        """Drop every connection and take no other."""
        await self._serving.aclose()
        self._serving = AsyncExitStack()

    async def start(self, **told: Any) -> asyncio.subprocess.Process:
        """Start a run; what is told goes to `victim.py`."""
        words = [str(ROOT / "run_pipeline.py")]
        if told:
            words = [str(ROOT / "benchmarks" / "blows" / "victim.py"), str(self.output), json.dumps(told)]
        with (self.folder / "said.txt").open("ab") as said:
            process = await asyncio.create_subprocess_exec(
                sys.executable, *words, "run", str(self.folder / "config.yaml"), cwd=ROOT,
                env={**os.environ, KEY_NAME: KEY, MARK: str(self.folder), "NO_COLOR": "1"}, stdout=said, stderr=said,
            )  # fmt: skip
        self._started.add(process.pid)
        return process

    async def end(self, process: asyncio.subprocess.Process, *codes: int) -> int:
        """Wait for a process's end; a code that is none of these is a fault, and so is what it leaves running."""
        try:
            code = await asyncio.wait_for(process.wait(), PATIENCE_S)
        except TimeoutError:
            process.kill()
            await process.wait()
            self.faults.append(f"it hung: killed after {PATIENCE_S:.0f} s")
            return -9
        finally:
            self._started.discard(process.pid)
        self.struck += code != 0
        if code not in codes:
            self.faults.append(f"exit code {code}, not one of {codes}: {self.said[-600:]!r}")
        if not self._started:
            # One that was killed has no environment any more, and may hold its lock until it is reaped.
            await self._faults_of_what_is_left()
        return code

    async def _faults_of_what_is_left(self) -> None:
        for _ in range(40):
            if not any(True for _ in self.alive()):
                break
            await asyncio.sleep(0.05)
        self.faults += [f"process {pid} was left running: {line!r}" for pid, line in self.alive()]
        with suppress(StoreError):
            status = read_manifest(self.output)["status"]
            if status not in ENDED:
                self.faults.append(f"nothing runs, and its status is {status!r}")

    def alive(self) -> Iterator[tuple[int, bytes]]:
        """Processes of this try, with their command lines."""
        wanted = self.mark.encode() + b"\0"
        for place in Path("/proc").iterdir():
            if place.name.isdigit():
                with suppress(OSError):
                    if wanted in (place / "environ").read_bytes():
                        yield int(place.name), (place / "cmdline").read_bytes()

    @property
    def said(self) -> str:
        """All that was printed."""
        path = self.folder / "said.txt"
        return path.read_text(errors="replace") if path.exists() else ""

    async def resume(self, most: int = 6, *codes: int) -> None:
        """Run the same again until it succeeds."""
        for _ in range(most):
            if await self.end(await self.start(), 0, *codes) == 0:
                return
        sizes = {path.name: path.stat().st_size for path in self.output.rglob("*") if path.is_file()}
        self.faults.append(f"not finished after {most} attempts: {self.said[-600:]!r}, {sizes}")

    async def close(self) -> None:
        """Kill what is left, and serve no more."""
        for pid, _ in list(self.alive()):
            with suppress(OSError):
                os.kill(pid, 9)
        await self.serve_no_more()
        self.endpoint.close()
