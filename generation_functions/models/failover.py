"""One model served by several endpoints: each call goes to one that is well, and to another when that one fails.

With `spread: health` the first endpoint of the list that is well takes every call; with `spread: weight` all that are
well share them by their weights. An endpoint whose breaker has opened is left alone for its cool-down; then a single
call finds out whether it is back. Nobody waits at an endpoint that is down while another is well.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from random import Random

from generation_functions.errors import EndpointError, EndpointUnusable, TransientError
from generation_functions.models.caller import after_failures
from generation_functions.models.endpoint import EndpointClient
from generation_functions.models.exchange import Completion, Request
from generation_functions.models.model import Price
from generation_functions.models.retry import RetryPolicy
from generation_functions.models.timing import Timing

_LONGEST_WAIT_S = 5.0


@dataclass
class Site:
    """One of the endpoints, with its price and its part of the calls.

    credit  calls it is owed, in units of all weights together: smooth weighted round robin
    """

    client: EndpointClient
    weight: float = 1.0
    price: Price | None = None
    credit: float = 0.0

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
        retries: RetryPolicy,
        timing: Timing,
        rng: Random,
        tell: Callable[[str], None],
    ) -> None:
        self.sites = tuple(sites)
        self._by_weight = by_weight
        self._retries = retries
        self._timing = timing
        self._rng = rng
        self._tell = tell
        self._told: set[str] = set()
        self._waiting: set[asyncio.Future[None]] = set()

    async def complete(self, request: Request) -> Completion:
        """Answer one request; see `ModelClient`."""
        failures = read = written = 0
        failed_at: Site | None = None
        while True:
            site = await self._chosen(failed_at)
            outcome = await self._attempt(site, request)
            if outcome is None:
                continue
            if isinstance(outcome, Completion):
                answered = after_failures(outcome, failures, read, written) if failures else outcome
                return answered if site.price is None else replace(answered, price=site.price)
            if isinstance(outcome, EndpointUnusable):
                self._note(site, outcome)
                continue
            failures += 1
            read, written = read + outcome.input_tokens, written + outcome.output_tokens
            outcome.input_tokens, outcome.output_tokens = read, written
            if not isinstance(outcome, TransientError) or not self._retries.again(failures, outcome):
                raise outcome
            if request.draining is not None and request.draining():
                raise outcome
            failed_at = site
            if not self._others_well(site):
                await self._timing.sleep(self._retries.delay(failures, outcome, self._rng.random()))

    async def probe(self) -> None:
        """Ask every endpoint for its models. Raises `EndpointUnusable` where none of them can be used."""
        for site in self.sites:
            try:
                await site.client.probe()
            except EndpointUnusable as error:
                self._note(site, error)

    async def close(self) -> None:
        """Close every endpoint's client."""
        for site in self.sites:
            await site.client.close()
        self._woken()

    # Choosing

    async def _chosen(self, failed_at: Site | None) -> Site:
        """An endpoint that a call may go to now. Raises `EndpointUnusable` once none is left."""
        while True:
            if not any(site.usable for site in self.sites):
                raise self._none_left()
            site = self._next(failed_at) or self._next(None)
            if site is not None:
                return site
            await self._change()

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

    def _others_well(self, site: Site) -> bool:
        return any(other.usable and other.wait_s == 0 for other in self.sites if other is not site)

    # Calling

    async def _attempt(self, site: Site, request: Request) -> Completion | EndpointError | None:
        """One try at one endpoint: its answer or its fault, or None where it went down before the call's turn came."""
        caller = site.client.caller
        cost = caller.cost_of(request) if caller.limiter.counts_tokens else 0
        try:
            trial = False if caller.breaker.closed else await caller.breaker.enter()
        except EndpointUnusable as verdict:
            return verdict
        try:
            turn = await caller.limiter.acquire(request.priority, cost)
        except BaseException:
            caller.breaker.left(trial)
            self._woken()
            raise
        if not (trial or caller.breaker.closed):
            caller.limiter.release()
            return None
        try:
            return await site.client.attempt(request, trial, turn, cost)
        finally:
            self._woken()

    async def _change(self) -> None:
        """Wait until a call ends somewhere, or an endpoint has cooled down."""
        waits = [wait for site in self.sites if site.usable and (wait := site.wait_s) is not None]
        change: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.add(change)
        timer = self._timing.call_later(min([_LONGEST_WAIT_S, *waits]), partial(_settle, change))
        try:
            await change
        finally:
            timer.cancel()
            self._waiting.discard(change)

    def _woken(self) -> None:
        if self._waiting:
            for change in self._waiting:
                _settle(change)

    # What is told

    def _note(self, site: Site, error: EndpointUnusable) -> None:
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
