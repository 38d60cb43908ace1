"""When a failed call is tried again: exponential backoff with full jitter, and the endpoint's own wish if it has one.

Full jitter after M. Brooker, "Exponential Backoff And Jitter" (AWS Architecture Blog, 2015). Pure: randomness and the
time of day are arguments.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime

from generation_functions.errors import EndpointError, TransientError
from generation_functions.models.fault import BadAnswer, Unreachable


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often and after how long.

    retries       tries after the first, for a passing fault.
    base, cap     the first and the longest backoff, in seconds.
    longest_wish  the longest `Retry-After` that is honoured, in seconds.
    bad_answers, unreachable   fewer tries for faults that seldom pass.
    """

    retries: int = 8
    base: float = 0.5
    cap: float = 60.0
    longest_wish: float = 120.0
    bad_answers: int = 4
    unreachable: int = 6

    def again(self, failures: int, error: EndpointError) -> bool:
        """Whether a call that has failed this often, last with `error`, gets another try."""
        if not isinstance(error, TransientError):
            return False
        return failures <= min(self.retries, self._retries_of(error))

    def _retries_of(self, error: TransientError) -> int:
        if isinstance(error, BadAnswer):
            return self.bad_answers
        return self.unreachable if isinstance(error, Unreachable) else self.retries

    def delay(self, failures: int, error: TransientError, draw: float) -> float:
        """Seconds to wait after the n-th failure; `draw` is uniform in [0, 1)."""
        backoff = min(self.cap, self.base * 2.0 ** min(failures - 1, 30)) * draw
        if error.retry_after is None:
            return backoff
        wish = min(error.retry_after, self.longest_wish)
        # A tenth on top, drawn, so that callers sent away together do not come back together.
        return max(backoff, wish * (1 + 0.1 * draw))


def retry_after(headers: Mapping[str, str], wall: float) -> float | None:
    """Seconds the endpoint asks to wait, from `Retry-After` (seconds or an HTTP date) or `retry-after-ms`.

    A date counts from the endpoint's own `Date` where it sent one, so that a wrong clock here does no harm. None where
    it asked for nothing, for a time gone by, or for nonsense.
    """
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return _future(milliseconds / 1000)
    wish = headers.get("Retry-After")
    if wish is None:
        return None
    seconds = _number(wish)
    if seconds is not None:
        return _future(seconds)
    until, now = _date(wish), _date(headers.get("Date"))
    return None if until is None else _future(until - (wall if now is None else now))


def _number(text: str | None) -> float | None:
    try:
        number = float(text) if text else None
    except ValueError:
        return None
    return number if number is not None and math.isfinite(number) else None


def _date(text: str | None) -> float | None:
    if not text:
        return None
    try:
        date = parsedate_to_datetime(text)
        return (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError, TypeError):
        return None


def _future(seconds: float) -> float | None:
    return seconds if seconds >= 0 else None
