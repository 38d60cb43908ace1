"""How a shard ended, in the words that its process sends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from generation_functions.errors import EndpointUnusable, MillraceError, RunStopped

_TO_BE_EXPECTED = ("limit", "budget", "interrupted")


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of one shard.

    status    as in its manifest, or "failed"
    calls     that were made in the last attempt
    kind      the error's class and `reason` that of a stop, where one ended it
    """

    status: str
    message: str
    calls: int = 0
    kind: str = ""
    reason: str = ""
    hint: str | None = None
    host: str = ""

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Outcome:
        """From what a process sent."""
        return cls(**told)

    @classmethod
    def failed(cls, error: BaseException) -> Outcome:
        """A shard that an error ended, or kept from beginning."""
        reason = error.reason if isinstance(error, RunStopped) else ""
        message = error.message if isinstance(error, MillraceError) else f"{type(error).__name__}: {error}"
        return cls("failed", message, kind=type(error).__name__, reason=reason, hint=getattr(error, "hint", None))

    def as_json(self) -> dict[str, Any]:
        """What a process sends."""
        return asdict(self)

    def told(self) -> str:
        """In a few words, for a log."""
        how = f"done, {self.message}" if self.reason else "done" if not self.kind else f"failed: {self.message}"
        return f"{how}; {self.calls} calls on {self.host}"

    def check(self, name: str) -> None:
        """Raises what ended the shard, but for ends that are its run's own business: a budget, a signal."""
        if not self.kind or self.reason in _TO_BE_EXPECTED:
            return
        message = f"{name} failed on {self.host}: {self.message}"
        if self.reason == "error_rate":
            raise RunStopped("error_rate", message, hint=self.hint)
        raise (EndpointUnusable if self.kind == "EndpointUnusable" else MillraceError)(message, hint=self.hint)
