"""How everyone calls one endpoint: who may go, what a failure means to the others, and when it is tried again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from random import Random

from generation_functions.errors import EndpointError, EndpointUnusable, TransientError
from generation_functions.models.answer import prompt_tokens
from generation_functions.models.breaker import Breaker, Trial
from generation_functions.models.exchange import Completion, Request, Usage
from generation_functions.models.fault import BUSY_STATUSES, Unreachable
from generation_functions.models.limiter import Limiter, Turn
from generation_functions.models.retry import RetryPolicy
from generation_functions.models.timing import Timing


class Caller:
    """Sends requests through `send`, behind a breaker and a limiter, and again after passing faults.

    A caller holds a place in flight only while its call is open, never while it waits to try again.
    """

    def __init__(
        self,
        send: Callable[[Request], Awaitable[Completion]],
        *,
        breaker: Breaker,
        limiter: Limiter,
        retries: RetryPolicy,
        timing: Timing,
        rng: Random,
    ) -> None:
        self.breaker = breaker
        self.limiter = limiter
        self._send = send
        self._retries = retries
        self._timing = timing
        self._rng = rng
        self._written_tokens = 256.0

    async def call(self, request: Request) -> Completion:
        """Answer one request. Raises `TransientError` when every try failed, `RequestRefused`, `EndpointUnusable`."""
        failures = read = written = 0
        while True:
            outcome = await self._try(request)
            if isinstance(outcome, Completion):
                return after_failures(outcome, failures, read, written) if failures else outcome
            failures += 1
            read, written = read + outcome.input_tokens, written + outcome.output_tokens
            outcome.input_tokens, outcome.output_tokens = read, written
            if not isinstance(outcome, TransientError) or not self._retries.again(failures, outcome):
                raise self._final(outcome, failures)
            if request.draining is not None and request.draining():
                raise outcome
            await self._timing.sleep(self._retries.delay(failures, outcome, self._rng.random()))

    async def _try(self, request: Request) -> Completion | EndpointError:
        breaker, limiter = self.breaker, self.limiter
        cost = self.cost_of(request) if limiter.counts_tokens else 0
        trial = False if breaker.closed else await breaker.enter()
        try:
            turn = await limiter.acquire(request.priority, cost)
        except BaseException:
            breaker.left(trial)
            raise
        # While this caller queued, others may have found the endpoint down.
        while not (trial or breaker.closed):
            limiter.release()
            trial, turn = await self._enter_again(request, cost)
        return await self.open_call(request, trial, turn, cost)

    async def _enter_again(self, request: Request, cost: int) -> tuple[Trial, Turn]:
        trial = await self.breaker.enter()
        try:
            return trial, await self.limiter.acquire(request.priority, cost)
        except BaseException:
            self.breaker.left(trial)
            raise

    async def open_call(self, request: Request, trial: Trial, turn: Turn, cost: int) -> Completion | EndpointError:
        """Make a call whose turn has come. Gives its answer, or the fault it ended in."""
        try:
            if request.room is not None:
                await request.room()
            request.sent = True
            completion = await self._send(request)
        except EndpointError as error:
            request.sent = False
            self._give_back(turn, error)
            return self.breaker.failed(error, trial)
        except BaseException:
            self.limiter.release()
            self.breaker.left(trial)
            raise
        if cost:
            self._account(completion, cost)
        self.limiter.answered(turn)
        self.breaker.answered(trial)
        return completion

    def _give_back(self, turn: Turn, error: EndpointError) -> None:
        if error.status in BUSY_STATUSES and isinstance(error, TransientError):
            wish = error.retry_after
            self.limiter.refused(turn, None if wish is None else min(wish, self._retries.longest_wish))
        elif isinstance(error, TransientError):
            self.limiter.release()
        else:
            self.limiter.answered(turn)

    def cost_of(self, request: Request) -> int:
        """Tokens that a call will likely use, in and out."""
        return prompt_tokens(request.prompt) + int(self._written_tokens)

    def _account(self, completion: Completion, cost: int) -> None:
        usage = completion.usage
        self._written_tokens += (usage.output_tokens - self._written_tokens) / 16
        self.limiter.correct(usage.input_tokens + usage.output_tokens - cost)

    def _final(self, error: EndpointError, failures: int) -> EndpointError:
        if isinstance(error, Unreachable):
            message = f"{error.message} ({failures} tries)"
            return self.breaker.give_up(EndpointUnusable(message, hint=error.hint, status=error.status))
        if isinstance(error, TransientError) and failures > 1:
            error.args = (f"{error.message} (the last of {failures} tries)",)
            error.message = error.args[0]
        return error


def after_failures(completion: Completion, failures: int, read: int, written: int) -> Completion:
    """A completion with the tokens of the failed tries before it: they are billed too."""
    usage = completion.usage
    whole = Usage(usage.input_tokens + read, usage.output_tokens + written, usage.estimated)
    return replace(completion, retries=failures, usage=whole)
