"""Running a pipeline to its end: signals, status, and any Python function as a pipeline."""

from __future__ import annotations

import asyncio
import inspect
import os
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generation_functions.config.signature import signature_of
from generation_functions.errors import RunStopped
from generation_functions.run.ending import Ending
from generation_functions.run.folder import RunOptions
from generation_functions.run.run import Run

Pipeline = Callable[..., Any]


@dataclass(frozen=True)
class RunResult:
    """How a run ended, what the pipeline gave back, and the error, if one ended it."""

    ending: Ending
    value: Any = None
    error: BaseException | None = None


def run_pipeline(pipeline: Pipeline, kwargs: Mapping[str, Any], output_dir: Path, options: RunOptions) -> RunResult:
    """Run a pipeline in this process's main thread.

    Raises what kept it from starting, or kept its end from being written down: `RunLocked`, `StoreError`.

    The first SIGINT or SIGTERM drains: no new call is made, calls in flight come in and are saved. The second cancels
    them. A third ends the process at once.
    """
    return asyncio.run(_run(pipeline, kwargs, output_dir, options))


async def _run(pipeline: Pipeline, kwargs: Mapping[str, Any], output_dir: Path, options: RunOptions) -> RunResult:
    run = Run(output_dir, options)
    value: Any = None
    error: BaseException | None = None
    try:
        async with run:
            with Interruption(run):
                value = await _call(pipeline, run, kwargs)
    except (Exception, asyncio.CancelledError, KeyboardInterrupt) as exc:
        if run._folder is None or run._folder.ending is None:
            raise  # it never began, or its end could not be written down
        error = exc
    ending = run.folder.ending
    assert ending is not None
    return RunResult(ending, value, error)


async def _call(pipeline: Pipeline, run: Run, kwargs: Mapping[str, Any]) -> Any:
    takes_run = signature_of(pipeline).run_name is not None
    made = pipeline(run, **kwargs) if takes_run else pipeline(**kwargs)
    return await made if inspect.isawaitable(made) else made


class Interruption:
    """The three steps of stopping, for as long as a pipeline runs: `press` is what a signal does."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._count = 0
        self._task = asyncio.current_task()
        self._loop = asyncio.get_running_loop()

    def __enter__(self) -> Interruption:
        for number in (signal.SIGINT, signal.SIGTERM):
            self._loop.add_signal_handler(number, self.press)
        return self

    def __exit__(self, *_: object) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            self._loop.remove_signal_handler(number)

    def press(self) -> None:
        """Drain; the second time, stop at once; the third, end the process."""
        self._count += 1
        if self._count == 1:
            self._run.log("stopping: calls in flight come in and are saved; press Ctrl-C again to stop at once")
            self._run.folder.stop.request(
                RunStopped("interrupted", "stopped by a signal; everything answered is saved")
            )
        elif self._count == 2 and self._task is not None:
            self._task.cancel()
        else:
            os._exit(130)
