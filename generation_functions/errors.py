"""Every error Millrace raises on purpose, in one tree.

    MillraceError
    ├── ConfigError            one or many problems in a config, a prompt file or a command's arguments (exit 2)
    │   └── PromptError        a prompt file that cannot be used
    ├── DocumentError          one document that cannot be read: reported as a skip, the rest goes on
    ├── ParseError             a completion that is not what the step asked for: the step asks again
    ├── EndpointError          a model call that gave no usable completion
    │   ├── TransientError     timeouts, 408/409/429/5xx, cut streams: tried again, then the row fails
    │   ├── RequestRefused     400/404/422, `length`, `content_filter`: never tried again as it is, the row fails
    │   └── EndpointUnusable   a bad key, no money, no such model, a broken endpoint: the run stops
    ├── StoreError             the run's database cannot be used
    │   └── StoreDamaged       its content is not what was written: set aside, the run stops
    ├── RunLocked              another process writes this output folder (exit 5)
    └── RunStopped             the run ended early on purpose: a signal, the budget, the limit (exit 4 or 130)

A message says what happened, with the value; `hint` says what to do about it. Foreign exceptions are wrapped where they
enter, `from exc`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

StopReason = Literal["interrupted", "budget", "limit", "error_rate"]


class MillraceError(Exception):
    """The root: something a user can understand and act on."""

    exit_code = 1

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a file: what, where, and what would mend it. `line` counts from 1."""

    message: str
    file: Path | None = None
    line: int | None = None
    hint: str | None = None

    @property
    def place(self) -> str:
        """`file:line`, as editors and terminals link it; empty when the problem has no file."""
        if self.file is None:
            return ""
        return f"{self.file}:{self.line}" if self.line is not None else str(self.file)

    def __str__(self) -> str:
        head = f"{self.place}: {self.message}" if self.place else self.message
        return f"{head}\n  hint: {self.hint}" if self.hint else head


class ConfigError(MillraceError):
    """Everything wrong with a config, found in one go."""

    exit_code = 2

    def __init__(self, problems: list[Problem] | Problem | str, *, hint: str | None = None) -> None:
        if isinstance(problems, str):
            problems = Problem(problems, hint=hint)
        self.problems = problems if isinstance(problems, list) else [problems]
        super().__init__("\n".join(map(str, self.problems)), hint=None)


class PromptError(ConfigError):
    """A prompt file is missing, malformed, or names a value the row does not have."""


class DocumentError(MillraceError):
    """One document cannot be read. The run goes on and reports it."""


class ParseError(MillraceError):
    """A completion could not be read as what the step asked for. The message can be shown to the model."""


class EndpointError(MillraceError):
    """A model call that gave no usable completion. `status` is the HTTP status, where there was one.

    `input_tokens` and `output_tokens` are what the failed call used all the same, and will be billed for.
    """

    def __init__(self, message: str, *, hint: str | None = None, status: int | None = None) -> None:
        super().__init__(message, hint=hint)
        self.status = status
        self.input_tokens = 0
        self.output_tokens = 0


class TransientError(EndpointError):
    """Worth trying again. `retry_after` is what the endpoint asked for, in seconds."""

    def __init__(
        self, message: str, *, hint: str | None = None, status: int | None = None, retry_after: float | None = None
    ) -> None:
        super().__init__(message, hint=hint, status=status)
        self.retry_after = retry_after


class RequestRefused(EndpointError):
    """The endpoint will not answer this very request; another row may fare better."""


class EndpointUnusable(EndpointError):
    """No request can succeed until a person mends something. The run stops."""


class StoreError(MillraceError):
    """The run's database cannot be opened, read or written."""


class StoreDamaged(StoreError):
    """The run's database, at `path`, does not hold what was written to it."""

    def __init__(self, message: str, *, hint: str | None = None, path: Path | None = None) -> None:
        super().__init__(message, hint=hint)
        self.path = path


class RunLocked(MillraceError):
    """Another process is writing this output folder."""

    exit_code = 5


class RunStopped(MillraceError):
    """The run ended before its end, on purpose, with everything saved."""

    def __init__(self, reason: StopReason, message: str, *, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.reason: StopReason = reason

    @property
    def exit_code(self) -> int:  # type: ignore[override]
        return {"interrupted": 130, "budget": 4, "limit": 4, "error_rate": 1}[self.reason]
