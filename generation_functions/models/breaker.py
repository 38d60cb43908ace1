"""A circuit breaker that all callers of one endpoint share.

    untried ──an answer──▶ closed ──many failures──▶ open ──cool-down──▶ one caller tries ──an answer──▶ closed
       │                                               ▲                        │
       └─one caller tries; a failure passes it on──────┴──────a failure─────────┘

Until a first answer has come, and whenever the endpoint is down, one caller tries and the others wait: a wrong key
costs one call, and an outage costs a row no more than a try or two. Where the endpoint has been heard from in another
way, the others wait for the first answer no longer than a refusal would take. What cannot be mended by waiting ends
it: `EndpointUnusable` then goes to everyone, at once and without a call.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import TypeAlias

from generation_functions.errors import EndpointError, EndpointUnusable, RequestRefused, TransientError
from generation_functions.models.fault import BUSY_STATUSES, EmptyAnswer, Unreachable
from generation_functions.models.timing import Timing

Trial: TypeAlias = bool
"""Whether a call is the one that finds out how the endpoint is."""


@dataclass(frozen=True, slots=True)
class BreakerPolicy:
    """When to wait and when to give up. Times in seconds.

    streak              failures in a row that open the breaker.
    window, share       so large a share of failures among so many recent calls opens it too.
    first_cool, longest_cool   the wait before a trial; it doubles with every failed one.
    trials              failed trials in a row after which the endpoint is given up, once `patience` has passed.
    hopeless            failures in a row after which it is given up, once `patience` has passed.
    busy_patience       the same patience for an endpoint that only says it is busy.
    unreachable_trials  trials for an address that has never answered.
    refusals            calls refused as wrong, none ever answered, after which it is given up.
    told_after          a failing endpoint is told of after so long, or after a streak.
    """

    streak: int = 5
    window: int = 40
    share: float = 0.6
    first_cool: float = 0.5
    longest_cool: float = 60.0
    trials: int = 8
    hopeless: int = 50
    patience: float = 30.0
    busy_patience: float = 300.0
    unreachable_trials: int = 5
    refusals: int = 20
    told_after: float = 5.0


class Breaker:
    """Lets calls through while the endpoint is well. `closed` is the fast path: nothing to wait for.

    name   of the model, for what is said
    where  the endpoint's address, for what is said
    tell   hears, in one line, that calls wait for an endpoint that fails, and that it answers again
    """

    def __init__(
        self,
        name: str,
        *,
        timing: Timing,
        policy: BreakerPolicy | None = None,
        where: str = "the endpoint",
        tell: Callable[[str], None] | None = None,
    ) -> None:
        self.closed = False
        self.verdict: EndpointUnusable | None = None
        self._name = name
        self._where = where
        self._tell = tell
        self._told = False
        self._timing = timing
        self._policy = policy or BreakerPolicy()
        self._ever_answered = False
        self._trying = False
        self._refusal_s: float | None = None
        self._ready_at = timing.now()
        self._failed_trials = 0
        self._failures = 0
        self._failing_since = 0.0
        self._refusals = 0
        self._recent: deque[bool] = deque(maxlen=self._policy.window)
        self._waiters: deque[asyncio.Future[None]] = deque()
        self._cooling: asyncio.Future[None] | None = None

    @property
    def suspect(self) -> bool:
        """Whether calls have failed since the last answer, and none goes through."""
        return not self.closed and self._failures > 0

    @property
    def wait_s(self) -> float | None:
        """Seconds until a call may go: 0 where one may now; None while another finds out, or where none ever may."""
        if self.closed:
            return 0.0
        if self._trying or self.verdict is not None:
            return None
        return max(0.0, self._ready_at - self._timing.now())

    async def enter(self) -> Trial:
        """Wait until calling makes sense. Raises `EndpointUnusable` once it never will.

        A true result makes the caller the one that tries: it must tell `answered`, `failed` or `left`.
        """
        while not self.closed and self.verdict is None:
            if self._trying:
                await self._next_change()
            elif await self._cooled_down():
                return True
        if self.verdict is not None:
            # A new one for each caller: a shared one would gather everyone's traceback.
            raise EndpointUnusable(self.verdict.message, hint=self.verdict.hint, status=self.verdict.status)
        return False

    async def _cooled_down(self) -> bool:
        """Be the one that tries: wait for the cool-down, unless things change before its end."""
        self._trying = True
        if self._refusal_s is not None:
            self._timing.call_later(self._refusal_s, self._presume_well)
            self._refusal_s = None
        wait = self._ready_at - self._timing.now()
        if wait <= 0:
            return True
        self._cooling = asyncio.get_running_loop().create_future()
        timer = self._timing.call_later(wait, partial(_settle, self._cooling))
        try:
            await self._cooling
        except asyncio.CancelledError:
            self.left(True)
            raise
        finally:
            timer.cancel()
            self._cooling = None
        if self.closed or self.verdict is not None:
            self._trying = False
            return False
        return True

    async def _next_change(self) -> None:
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        try:
            await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled():
                self._wake_one()
            raise

    def heard_from(self, refusal_s: float) -> None:
        """The endpoint has shown itself well without a call; a call that it refuses would come back in so long."""
        if not self._ever_answered:
            self._refusal_s = refusal_s

    def _presume_well(self) -> None:
        if self._trying and not self._failures and not self.closed and self.verdict is None:
            self._close()

    def answered(self, trial: Trial = False) -> None:
        """The endpoint gave an answer, of whatever worth."""
        self._ever_answered = True
        self._failures = 0
        self._recent.append(False)
        self._trying = self._trying and not trial
        if not self.closed and self.verdict is None:
            self._close()

    def failed(self, error: EndpointError, trial: Trial = False) -> EndpointError:
        """The call ended in an error. Gives back the error to raise: this one, or the verdict it led to."""
        self._trying = self._trying and not trial
        if isinstance(error, EndpointUnusable):
            return self.give_up(error)
        if isinstance(error, RequestRefused):
            return self._refused(error)
        if isinstance(error, EmptyAnswer):
            self.answered()
            return error
        self._count(error)
        if (verdict := self._verdict(error, trial)) is not None:
            return self.give_up(verdict)
        self._open_if_needed(error, trial)
        self._tell_of_trouble(error)
        return error

    def left(self, trial: Trial) -> None:
        """The call was abandoned and says nothing; another caller tries."""
        if trial:
            self._trying = False
            self._wake_one()

    def give_up(self, verdict: EndpointUnusable) -> EndpointUnusable:
        """Nobody calls any more. The first verdict stays."""
        if self.verdict is None:
            self.verdict = verdict
        self.closed = self._trying = False
        self._wake_all()
        return self.verdict

    def _refused(self, error: RequestRefused) -> EndpointError:
        self._refusals += error.status is not None
        if self._ever_answered or error.status is None:
            self.answered()
            return error
        if error.status in (404, 405):
            return self.give_up(
                EndpointUnusable(error.message, hint="check `base_url`; it often ends in /v1", status=error.status)
            )
        if self._refusals >= self._policy.refusals:
            message = f"{self._name}: none of the first {self._refusals} calls was accepted. The last: {error.message}"
            return self.give_up(EndpointUnusable(message, hint=error.hint, status=error.status))
        # The key was accepted, or the request would not have been read.
        self._failures = 0
        self._close()
        return error

    def _count(self, error: EndpointError) -> None:
        if self._failures == 0:
            self._failing_since = self._timing.now()
        self._failures += 1
        if error.status != 429:
            self._recent.append(True)

    def _verdict(self, error: EndpointError, trial: Trial) -> EndpointUnusable | None:
        policy = self._policy
        self._failed_trials += trial
        lasted = self._timing.now() - self._failing_since
        if (
            isinstance(error, Unreachable)
            and not self._ever_answered
            and self._failed_trials >= policy.unreachable_trials
        ):
            return self._broken(error, f"{self._failed_trials} tries failed")
        spent = self._failed_trials >= policy.trials or self._failures >= policy.hopeless
        patience = policy.busy_patience if error.status in BUSY_STATUSES and self._ever_answered else policy.patience
        if spent and lasted >= patience:
            return self._broken(error, f"{self._failures} calls in a row failed, for {lasted:.0f} s")
        return None

    def _broken(self, error: EndpointError, what: str) -> EndpointUnusable:
        last = error.message.removeprefix(f"{self._name}: ")
        message = f"{self._name}: the endpoint is broken: {what}. The last: {last}"
        return EndpointUnusable(
            message, hint=error.hint or "run the same command again once it works", status=error.status
        )

    def _open_if_needed(self, error: EndpointError, trial: Trial) -> None:
        if not self.closed:
            if trial and error.status == 429 and self._ever_answered:
                self._close()  # It is back, only busy: that is the limiter's business.
            elif trial:
                self._open(error)
        elif error.status != 429 and self._is_down():
            self.closed = False
            self._open(error)

    def _tell_of_trouble(self, error: EndpointError) -> None:
        """Say once that calls wait, before whoever looks at the run wonders why nothing happens."""
        if self._tell is None or self._told or self.closed or self._failures < 2:
            return
        lasted = self._timing.now() - self._failing_since
        if self._failures >= self._policy.streak or lasted >= self._policy.told_after:
            self._told = True
            self._tell(
                f"{error.message}; {self._failures} calls in a row failed, the others wait until one is answered"
            )

    def _is_down(self) -> bool:
        recent, streak = self._recent, self._policy.streak
        if len(recent) >= streak and all(islice(reversed(recent), streak)):
            return True
        return len(recent) >= self._policy.window // 2 and sum(recent) >= self._policy.share * len(recent)

    def _open(self, error: EndpointError) -> None:
        cool = self._policy.first_cool * 2.0 ** min(max(self._failed_trials - 1, 0), 30)
        wish = error.retry_after or 0.0 if isinstance(error, TransientError) else 0.0
        self._ready_at = self._timing.now() + min(max(cool, wish), self._policy.longest_cool)
        self._wake_one()

    def _close(self) -> None:
        self.closed = True
        self._failed_trials = 0
        self._recent.clear()
        self._wake_all()
        if self._told and self._tell is not None:
            self._told = False
            self._tell(f"{self._name}: {self._where} answers again")

    def _wake_one(self) -> None:
        while self._waiters:
            waiter = self._waiters.popleft()
            if not waiter.done():
                waiter.set_result(None)
                return

    def _wake_all(self) -> None:
        if self._cooling is not None:
            _settle(self._cooling)
        while self._waiters:
            self._wake_one()


def _settle(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
