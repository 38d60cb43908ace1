"""One model served by several endpoints: each call goes to one that is well, and to another when that one fails.

With `spread: health` the first endpoint of the list that is well takes every call; with `spread: weight` all that are
well share them by their weights. An endpoint whose breaker has opened is left alone for its cool-down; then a single
call finds out whether it is back. Nobody waits at an endpoint that is down while another is well.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from generation_functions.errors import EndpointError, EndpointUnusable
from generation_functions.models.endpoint import EndpointClient
from generation_functions.models.exchange import Completion, Request
from generation_functions.models.model import Price
from generation_functions.models.tries import Tries

_LONGEST_WAIT_S = 5.0


class Site:
    """One of the endpoints, with its price and its part of the calls.

    left    called after each call here
    credit  calls it is owed, in units of all weights together: smooth weighted round robin
    """

    def __init__(self, client: EndpointClient, weight: float = 1.0, price: Price | None = None) -> None:
        self.client = client
        self.weight = weight
        self.price = price
        self.credit = 0.0
        self.left: Callable[[], None] = lambda: None

    @property
    def address(self) -> str:
        """Its base URL."""
        return self.client.address.base_url

    @property
    def usable(self) -> bool:
        """Whether it was not given up."""
        return self.client.caller.breaker.verdict is None

    @property
    def wait_s(self) -> float | None:
        """Seconds until a call may go there; None while another call finds out."""
        return self.client.caller.breaker.wait_s

    def give_up(self, verdict: EndpointUnusable) -> EndpointUnusable:
        """Nobody calls it any more."""
        return self.client.caller.give_up(verdict)

    async def attempt(self, request: Request) -> Completion | EndpointError | None:
        """One try: its answer or its fault, or None where it went down before the call's turn came."""
        caller = self.client.caller
        cost = caller.cost_of(request) if caller.limiter.counts_tokens else 0
        try:
            trial = False if caller.breaker.closed else await caller.breaker.enter()
        except EndpointUnusable as verdict:
            return verdict
        try:
            turn = await caller.limiter.acquire(request.rank, cost)
        except BaseException:
            caller.breaker.left(trial)
            self.left()
            raise
        if not (trial or caller.breaker.closed):
            caller.limiter.release()
            return None
        try:
            outcome = await self.client.attempt(request, trial, turn, cost)
        finally:
            self.left()
        if isinstance(outcome, Completion) and self.price is not None:
            return replace(outcome, price=self.price)
        return outcome


class FailoverClient:
    """A `ModelClient` over several endpoints. It raises `EndpointUnusable` when the last of them is given up.

    by_weight  share calls by weight among all that are well, instead of calling the first that is
    tell       hears of an endpoint that is given up, in one line
    """

    def __init__(
        self,
        sites: Sequence[Site],
        *,
        by_weight: bool,
        tries: Tries,
        tell: Callable[[str], None],
    ) -> None:
        self.sites = tuple(sites)
        for site in self.sites:
            site.left = self._woken
        self._by_weight = by_weight
        self._tries = tries
        self._tell = tell
        self._told: set[str] = set()
        self._waiting: dict[asyncio.Future[None], None] = {}  # in the order of their coming

    async def complete(self, request: Request) -> Completion:
        """Answer one request; see `ModelClient`."""
        return await self._tries.answer(request, self)

    async def probe(self) -> None:
        """Ask every endpoint for its models. Raises `EndpointUnusable` where none of them can be used."""
        for site in self.sites:
            try:
                await site.client.probe()
            except EndpointUnusable as error:
                self.lost(site, error)

    async def close(self) -> None:
        """Close every endpoint's client."""
        for site in self.sites:
            await site.client.close()
        self._woken()

    # Choosing

    def ready(self, failed_at: Site | None) -> Site | None:
        """Where the next try goes; see `Sites`."""
        if not any(site.usable for site in self.sites):
            raise self._none_left()
        return self._next(failed_at) or self._next(None)

    def elsewhere(self, failed_at: Site) -> bool:
        """Whether another endpoint is well."""
        return any(other.usable and other.wait_s == 0 for other in self.sites if other is not failed_at)

    def _next(self, avoided: Site | None) -> Site | None:
        sites = [site for site in self.sites if site.usable and site is not avoided]
        ready = [site for site in sites if site.wait_s == 0]
        if self._by_weight:
            return self._owed_most(ready)
        for site in sites:
            if site in ready:
                return site
            if not site.client.caller.breaker.suspect:
                return None  # it has not failed: the first call to it is under way, and the others wait for that
        return None

    def _owed_most(self, ready: Sequence[Site]) -> Site | None:
        if not ready:
            return None
        for site in ready:
            site.credit += site.weight
        chosen = max(ready, key=lambda site: site.credit)
        chosen.credit -= sum(site.weight for site in ready)
        return chosen

    async def change(self) -> None:
        """Wait until a call ends somewhere, or an endpoint has cooled down."""
        # One that is ready and still not chosen waits for another's first call, whose end is told.
        waits = [wait for site in self.sites if site.usable and (wait := site.wait_s)]
        change: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting[change] = None
        timer = self._tries.timing.call_later(min([_LONGEST_WAIT_S, *waits]), partial(_settle, change))
        try:
            await change
        finally:
            timer.cancel()
            self._waiting.pop(change, None)

    def _woken(self) -> None:
        if self._waiting:
            for change in self._waiting:
                _settle(change)

    # What is told

    def lost(self, site: Site, error: EndpointUnusable) -> None:
        """Tell, once, that an endpoint is given up. Raises `EndpointUnusable` where it was the last."""
        if not any(other.usable for other in self.sites):
            raise self._none_left()
        if site.address not in self._told:
            self._told.add(site.address)
            left = ", ".join(other.address for other in self.sites if other.usable)
            self._tell(f"{site.client.address.name}: {site.address} is given up, going on with {left}: {error.message}")

    def _none_left(self) -> EndpointUnusable:
        verdicts = [verdict for site in self.sites if (verdict := site.client.caller.breaker.verdict) is not None]
        last = verdicts[-1]
        if len(verdicts) == 1:
            return EndpointUnusable(last.message, hint=last.hint, status=last.status)
        told = "; ".join(verdict.message for verdict in verdicts)
        return EndpointUnusable(f"none of {len(verdicts)} endpoints is left: {told}", hint=last.hint)


def _settle(change: asyncio.Future[None]) -> None:
    if not change.done():
        change.set_result(None)
