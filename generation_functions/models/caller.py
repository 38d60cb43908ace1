"""How everyone calls one endpoint: who may go, and what a failure means to the others."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from generation_functions.errors import EndpointError, EndpointUnusable, TransientError
from generation_functions.models.breaker import Breaker, Trial
from generation_functions.models.exchange import Completion, Request
from generation_functions.models.fault import BUSY_STATUSES
from generation_functions.models.limiter import Limiter, Turn
from generation_functions.models.tokens import prompt_tokens


class Caller:
    """Sends requests through `send`, behind a breaker and a limiter.

    longest_wish  the longest `Retry-After` that is honoured, in seconds
    """

    def __init__(
        self,
        send: Callable[[Request], Awaitable[Completion]],
        *,
        breaker: Breaker,
        limiter: Limiter,
        longest_wish: float,
    ) -> None:
        self.breaker = breaker
        self.limiter = limiter
        self._send = send
        self._longest_wish = longest_wish
        self._written_tokens = 256.0

    def ready(self, failed_at: Caller | None) -> Caller:
        """Where the next try goes: here, whatever has happened. This is the whole choice (see `Sites`)."""
        return self

    async def change(self) -> None:
        """Nothing need change before a call may queue here."""

    def elsewhere(self, failed_at: Caller) -> bool:
        """There is no other place."""
        return False

    def lost(self, site: Caller, error: EndpointUnusable) -> None:
        """The one endpoint there is is given up."""
        raise error

    def give_up(self, verdict: EndpointUnusable) -> EndpointUnusable:
        """Nobody calls it any more. Gives the first verdict there was."""
        return self.breaker.give_up(verdict)

    async def attempt(self, request: Request) -> Completion | EndpointError:
        """One try: its answer, or its fault. Raises `EndpointUnusable` where the endpoint was given up meanwhile."""
        breaker, limiter = self.breaker, self.limiter
        cost = self.cost_of(request) if limiter.counts_tokens else 0
        trial = False if breaker.closed else await breaker.enter()
        try:
            turn = await limiter.acquire(request.rank, cost)
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
            return trial, await self.limiter.acquire(request.rank, cost)
        except BaseException:
            self.breaker.left(trial)
            raise

    async def open_call(self, request: Request, trial: Trial, turn: Turn, cost: int) -> Completion | EndpointError:
        """Make a call whose turn has come. Gives its answer, or the fault it ended in."""
        try:
            if request.room is not None and (room := request.room()) is not None:
                await room
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
            self.limiter.refused(turn, None if wish is None else min(wish, self._longest_wish))
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
