"""Running a pipeline to its end: signals, status, and any Python function as a pipeline."""

from __future__ import annotations

import asyncio
import inspect
import os
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from generation_functions.config.signature import signature_of
from generation_functions.errors import RunStopped, StoreError
from generation_functions.run.ending import Ending
from generation_functions.run.manifest import read_manifest
from generation_functions.run.options import RunOptions
from generation_functions.run.run import Run
from generation_functions.run.seal import Asked, is_whole, set_seal
from generation_functions.run.watch import Watch, process_watch

Pipeline = Callable[..., Any]


@dataclass(frozen=True)
class RunResult:
    """How a run ended, what the pipeline gave back, and the error, if one ended it.

    unchanged  whether the run was finished before and nothing has changed since: the pipeline was not even called
    """

    ending: Ending
    value: Any = None
    error: BaseException | None = None
    unchanged: bool = False


def run_pipeline(pipeline: Pipeline, kwargs: Mapping[str, Any], output_dir: Path, options: RunOptions) -> RunResult:
    """Run a pipeline in this process's main thread.

    Raises what kept it from starting, or kept its end from being written down: `RunLocked`, `StoreError`.

    The first SIGINT or SIGTERM drains: no new call is made, calls in flight come in and are saved. The second cancels
    them. A third ends the process at once. A terminal that is closed (SIGHUP) drains like the first.

    A finished run that nothing has changed since ends at once, where this process is watched (`watch_process`).
    """
    watch = process_watch()
    if watch is None or options.config_text is None:
        return asyncio.run(_run(pipeline, kwargs, output_dir, options, None))
    asked = Asked(pipeline, kwargs, options)
    if not options.fresh and is_whole(output_dir, asked):
        return RunResult(Ending("succeeded", 0, read_manifest(output_dir)["message"]), unchanged=True)
    watch.begin(output_dir)
    return asyncio.run(_run(pipeline, kwargs, output_dir, options, Sealing(asked, watch)))


async def _run(
    pipeline: Pipeline, kwargs: Mapping[str, Any], output_dir: Path, options: RunOptions, sealing: Sealing | None
) -> RunResult:
    run = Run(output_dir, options)
    value: Any = None
    error: BaseException | None = None
    try:
        async with run:
            if sealing is not None:
                run.folder.on_success = partial(sealing.seal, run)
            with Interruption(run):
                value = await _call(pipeline, run, kwargs)
    except (Exception, asyncio.CancelledError, KeyboardInterrupt) as exc:
        if run._folder is None or run._folder.ending is None:
            raise  # it never began, or its end could not be written down
        error = exc
    ending = run.folder.ending
    assert ending is not None
    return RunResult(ending, value, error)


@dataclass
class Sealing:
    """How a watched run is sealed once it has succeeded."""

    asked: Asked
    watch: Watch
    key: str = field(init=False)

    def __post_init__(self) -> None:
        self.key = self.asked.key

    def seal(self, run: Run) -> None:
        """Seal the run, or say in its log why it cannot be."""
        runs = list(_with_children(run))
        places = [place for each in runs for place in each.prompt_folders] + list(_paths_in(self.asked.kwargs))
        try:
            why_not = set_seal(self.asked, self.watch, [each.folder for each in runs], key=self.key, places=places)
        except StoreError as exc:
            why_not = exc.message
        if why_not is not None:
            with suppress(StoreError):  # on a full disk there may be no room for the reason either
                run.log(f"not sealed, so running this again goes through every row: {why_not}")


def _with_children(run: Run) -> Iterator[Run]:
    yield run
    for child in run.children.values():
        yield from _with_children(child)


def _paths_in(value: Any) -> Iterator[Path]:
    """The files and folders that arguments name. A text counts only where it is the path of a file."""
    if isinstance(value, Path):
        yield value
    elif isinstance(value, str):
        with suppress(OSError, ValueError):
            if Path(value).is_file():
                yield Path(value)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _paths_in(item)
    elif isinstance(value, list | tuple | set | frozenset):
        for item in value:
            yield from _paths_in(item)
    elif hasattr(value, "model_fields_set"):
        yield from _paths_in(dict(value))
    elif hasattr(value, "__dataclass_fields__"):
        yield from _paths_in({name: getattr(value, name) for name in value.__dataclass_fields__})


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
        self._ends_with_its_terminal = signal.getsignal(signal.SIGHUP) is signal.SIG_DFL  # not under `nohup`

    def __enter__(self) -> Interruption:
        for number in (signal.SIGINT, signal.SIGTERM):
            self._loop.add_signal_handler(number, self.press)
        if self._ends_with_its_terminal:
            self._loop.add_signal_handler(signal.SIGHUP, self.hang_up)
        return self

    def __exit__(self, *_: object) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            self._loop.remove_signal_handler(number)
        if self._ends_with_its_terminal:
            self._loop.remove_signal_handler(signal.SIGHUP)

    def hang_up(self) -> None:
        """Drain, as the terminal was closed. Shells and the system may both tell of it: that is no second time."""
        if self._count == 0:
            self.press()

    def press(self) -> None:
        """Drain; the second time, stop at once; the third, end the process."""
        self._count += 1
        if self._count == 1:
            self._run.folder.stop.request(
                RunStopped("interrupted", "stopped by a signal; everything answered is saved")
            )
            self._run.log("stopping: calls in flight come in and are saved; press Ctrl-C again to stop at once")
        elif self._count == 2 and self._task is not None:
            self._task.cancel()
        else:
            os._exit(130)
