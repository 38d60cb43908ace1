"""How far a run is, while it runs: a line for each step on a terminal, now and then a plain line elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol, TextIO

from commands.summary import calls_of, seconds_of, shown_step
from commands.terminal import counted, display_width, duration, money, number, paint, shorten, visible, width_of

if TYPE_CHECKING:
    from tqdm import tqdm

Manifest = Mapping[str, Any]

PLAIN_EVERY_S = 5.0


class Progress(Protocol):
    """Shows a run's manifest as it changes, and the lines of its log."""

    def show(self, manifest: Manifest) -> None:
        """Show where the run stands."""
        ...

    def log(self, line: str) -> None:
        """Show a line of the log."""
        ...

    def close(self) -> None:
        """Take what is drawn away, so that a summary can follow."""
        ...


def progress_for(stream: TextIO, *, quiet: bool) -> Progress:
    """The progress that fits a stream: nothing, live lines, or plain ones."""
    if quiet:
        return SilentProgress()
    return LiveProgress(stream) if stream.isatty() else PlainProgress(stream)


class SilentProgress:
    """Shows nothing."""

    def show(self, manifest: Manifest) -> None:
        """Nothing."""

    def log(self, line: str) -> None:
        """Nothing."""

    def close(self) -> None:
        """Nothing."""


class PlainProgress:
    """A line at most every few seconds, for logs and pipes. The clock gives seconds."""

    def __init__(self, stream: TextIO, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._clock = clock
        self._shown = clock()

    def show(self, manifest: Manifest) -> None:
        """One line for the whole run, when enough time has passed since the last."""
        if "ended" in manifest or self._clock() - self._shown < PLAIN_EVERY_S:
            return
        self._shown = self._clock()
        self.log(one_line(manifest))

    def log(self, line: str) -> None:
        """The line as it is."""
        print(visible(line), file=self._stream, flush=True)

    def close(self) -> None:
        """Nothing is drawn."""


class LiveProgress:
    """A line for each step and one for the run, redrawn in place."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._bars: list[tqdm[Any]] = []

    def show(self, manifest: Manifest) -> None:
        """Redraw every line; steps that were not there before get one."""
        if "ended" in manifest:
            return
        lines = live_lines(manifest, width_of(self._stream) - 1)
        while len(self._bars) < len(lines):
            self._bars.append(self._bar(len(self._bars)))
        for bar, line in zip(self._bars, lines, strict=False):
            bar.set_description_str(line, refresh=True)

    def log(self, line: str) -> None:
        """The line above those that are redrawn."""
        from tqdm import tqdm

        tqdm.write(visible(line), file=self._stream)

    def close(self) -> None:
        """Take the lines away, the last first."""
        while self._bars:
            self._bars.pop().close()

    def _bar(self, position: int) -> tqdm[Any]:
        from tqdm import tqdm

        return tqdm(bar_format="{desc}", file=self._stream, position=position, leave=False, dynamic_ncols=True)


def live_lines(manifest: Manifest, width: int) -> list[str]:
    """The run's line and one for each step, none wider than `width`."""
    steps = manifest.get("steps", {})
    names = {name: shown_step(name) for name in steps}
    column = max((display_width(name) for name in names.values()), default=0)
    return [_run_line(manifest, width), *(_step_line(names[name], step, column, width) for name, step in steps.items())]


def _run_line(manifest: Manifest, width: int) -> str:
    calls, reused = calls_of(manifest)
    shards = manifest.get("shards", {})
    calls += shards.get("calls", 0)
    seconds = seconds_of(manifest)
    rate = f" ({calls / seconds:.1f}/s)" if calls and seconds else ""
    parts = [
        duration(seconds), f"{shards['done']} of {counted(shards['count'], 'shard')} done" if shards else "",
        counted(calls, "call") + rate, f"{number(reused)} reused" if reused else "", _spent(manifest),
    ]  # fmt: skip
    status = "stopping" if manifest["status"] == "cancelling" else "running"
    return shorten(" · ".join([f"{status} {manifest['pipeline']}", *filter(None, parts)]), width)


def _spent(manifest: Manifest) -> str:
    budget = manifest.get("budget_usd")
    spent = money(manifest["cost_usd"])
    return f"{spent} of {money(budget)}" if budget is not None else spent


def _step_line(name: str, step: Mapping[str, Any], column: int, width: int) -> str:
    dropped, failed = sum(step["dropped"].values()), step["failed"]
    parts = [
        f"{number(step['in'])} in", f"{number(step['out'])} out", f"{number(dropped)} dropped" if dropped else "",
        f"{number(failed)} failed" if failed else "", counted(step["calls"], "call") if step["calls"] else "",
    ]  # fmt: skip
    gap = " " * (column - display_width(name))
    text = " · ".join(filter(None, parts))
    line = f"  {name}{gap}  {text}"
    return paint(line, "red") if failed and display_width(line) <= width else _cut(line, width)


def _cut(line: str, width: int) -> str:
    return line if display_width(line) <= width else line[: max(0, width - 1)] + "…"


def one_line(manifest: Manifest) -> str:
    """The whole run in one plain line."""
    steps = " · ".join(
        f"{shown_step(name)} {number(step['out'])}/{number(step['in'])}" for name, step in manifest["steps"].items()
    )
    return f"{_run_line(manifest, 200)} · {steps}" if steps else _run_line(manifest, 200)
