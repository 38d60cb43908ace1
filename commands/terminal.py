"""What people read on a terminal: colours, tables, numbers, and errors. Data goes to stdout, all else to stderr."""

from __future__ import annotations

import errno
import os
import re
import shutil
import sys
import textwrap
import traceback
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, TextIO

from generation_functions.errors import ConfigError, MillraceError

_CODES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}
_ESCAPE = re.compile(r"\x1b\[[0-9;]*m")
_UNSAFE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_WIDTH_ELSEWHERE = 100
_INSTALLED_BY = (
    "./start.sh in place of 'python run_pipeline.py' brings what Millrace needs, "
    "'.venv/bin/python -m pip install ...' what a pipeline of yours needs beside"
)


# Writing


def say(text: str = "", *, stream: TextIO | None = None) -> None:
    """A line for a person, on stderr."""
    print(text, file=stream or sys.stderr, flush=True)


class Overheard:
    """A stream for people, who may leave: a pipe that is read no more, a terminal that was closed.

    What is written from then on is lost, and nothing fails by it: a run is worth more than who looks on.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        """Write, or forget."""
        try:
            return self._stream.write(text)
        except OSError:
            forget(self._stream)
            return len(text)

    def flush(self) -> None:
        """Flush, or forget."""
        try:
            self._stream.flush()
        except OSError:
            forget(self._stream)


def forget(stream: TextIO) -> None:
    """Lead a stream that nobody reads any more to where nothing is kept: every later write and flush would fail."""
    with suppress(OSError), Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), stream.fileno())


def has_colour(stream: TextIO, environ: Mapping[str, str] = os.environ) -> bool:
    """Whether to colour what goes there: a terminal, unless `NO_COLOR` is set or it is a dumb one."""
    return stream.isatty() and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"


def paint(text: str, *styles: str, stream: TextIO | None = None) -> str:
    """The text in styles (bold, dim, red, green, yellow, cyan), where the stream (stderr) shows colours."""
    if not styles or not text or not has_colour(stream or sys.stderr):
        return text
    return f"\x1b[{';'.join(_CODES[style] for style in styles)}m{text}\x1b[0m"


def width_of(stream: TextIO | None = None) -> int:
    """Columns a stream has; 100 where it is no terminal."""
    if not (stream or sys.stderr).isatty():
        return _WIDTH_ELSEWHERE
    return max(40, shutil.get_terminal_size((_WIDTH_ELSEWHERE, 24)).columns)


def visible(text: str) -> str:
    """The text with control characters and direction overrides spelled out: no document acts on a terminal."""
    return _UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


# Measures


def number(value: float) -> str:
    """`1,234`; fractions keep two places."""
    return f"{value:,}" if isinstance(value, int) else f"{value:,.2f}"


def counted(count: int, noun: str, plural: str | None = None) -> str:
    """`1 row`, `1,234 rows`."""
    return f"{number(count)} {noun if count == 1 else plural or noun + 's'}"


def money(usd: float) -> str:
    """US dollars, with as many places as small sums need: `$0`, `$0.0012`, `$3.20`."""
    if usd == 0:
        return "$0"
    return f"${usd:,.2f}" if abs(usd) >= 1 else f"${usd:.4f}"


def duration(seconds: float) -> str:
    """`0.4 s`, `12 s`, `2 min 5 s`, `3 h 20 min`."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


# Tables


def display_width(text: str) -> int:
    """Columns a text takes: no colour codes, wide East Asian characters twice, marks that join none."""
    plain = _ESCAPE.sub("", text)
    if plain.isascii():
        return len(plain)
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in plain
    )


def shorten(text: str, width: int) -> str:
    """The text in one line of at most `width` columns, cut with an ellipsis."""
    line = " ".join(visible(text).split())
    if display_width(line) <= width:
        return line
    kept = ""
    for char in line:
        if display_width(kept + char) > width - 1:
            break
        kept += char
    return kept.rstrip() + "…"


def table(rows: Iterable[Sequence[str]], *, head: Sequence[str] = (), align: str = "", indent: str = "  ") -> list[str]:
    """Lines with aligned columns. `align` has `l` or `r` for each column; columns beyond it are left."""
    body = [tuple(row) for row in rows]
    everything = [tuple(head), *body] if head else body
    columns = max(map(len, everything), default=0)
    widths = [max((display_width(row[i]) for row in everything if i < len(row)), default=0) for i in range(columns)]
    lines = [_line(row, widths, align, indent) for row in everything]
    return [paint(lines[0], "dim"), *lines[1:]] if head else lines


def _line(row: Sequence[str], widths: Sequence[int], align: str, indent: str) -> str:
    cells = []
    for index, (cell, width) in enumerate(zip(row, widths, strict=False)):
        gap = " " * (width - display_width(cell))
        cells.append(gap + cell if align[index : index + 1] == "r" else cell + gap)
    return (indent + "  ".join(cells)).rstrip()


def wrapped(text: str, *, indent: str = "", width: int | None = None) -> list[str]:
    """Paragraph lines that fit the terminal; each line keeps its own breaks."""
    room = (width or width_of()) - len(indent)
    lines = [part for line in visible(text).splitlines() for part in (textwrap.wrap(line, max(room, 20)) or [""])]
    return [f"{indent}{line}".rstrip() for line in lines]


# Errors


def print_problem(message: str, hint: str | None = None, *, place: str = "") -> None:
    """`error: place: message`, and what to do about it."""
    where = f"{place}: " if place else ""
    say(f"{paint('error:', 'red', 'bold')} {where}{visible(message)}")
    if hint:
        say(f"  {paint('hint:', 'cyan')} {visible(hint)}")


def print_warning(message: str) -> None:
    """`warning: message`."""
    say(f"{paint('warning:', 'yellow', 'bold')} {visible(message)}")


def print_error(error: BaseException, *, debug: bool = False, redact: Callable[[str], str] = str) -> None:
    """Tell an error: all problems of a config, what happened and what to do, or a bug's place.

    With `debug`, the traceback comes first. `redact` takes secrets out of what is shown.
    """
    if debug:
        say(redact("".join(traceback.format_exception(error))))
    for message, hint, place in _told(error, debug=debug):
        print_problem(redact(message), redact(hint) if hint else None, place=place)


def _told(error: BaseException, *, debug: bool) -> list[tuple[str, str | None, str]]:
    if isinstance(error, ConfigError):
        return [(problem.message, problem.hint, problem.place) for problem in error.problems]
    if isinstance(error, MillraceError):
        return [(error.message, error.hint, "")]
    if isinstance(error, ModuleNotFoundError):
        return [(str(error), f"{sys.executable} does not have it; {_INSTALLED_BY}", bug_place(error))]
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):  # perhaps where output is sent to
        where = f"{error.filename} cannot be written" if error.filename else "something cannot be written or printed"
        return [(f"{where}: {error.strerror}", "free some space, then run the same command again", "")]
    message = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    hint = None if debug else "this is a bug; run again with --debug for the traceback"
    return [(message, hint, bug_place(error))]


def bug_place(error: BaseException) -> str:
    """`file:line` of the innermost code that is not a library's."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if _is_own(frame.filename)] or list(frames)
    return f"{_relative(own[-1].filename)}:{own[-1].lineno}" if own else ""


def _is_own(filename: str) -> bool:
    library = str(Path(os.__file__).parent)
    return not (filename.startswith((library, "<")) or "site-packages" in filename)


def _relative(filename: str) -> str:
    path = Path(filename)
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else filename
