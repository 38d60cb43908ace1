"""How often a question is tried, and where: one loop, over one endpoint or over a choice of several."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random
from typing import Protocol, TypeVar

from generation_functions.errors import EndpointError, EndpointUnusable, TransientError
from generation_functions.models.exchange import Completion, Request, Usage
from generation_functions.models.fault import Unreachable
from generation_functions.models.retry import RetryPolicy
from generation_functions.models.timing import Timing


class Site(Protocol):
    """Where a try may go."""

    async def attempt(self, request: Request) -> Completion | EndpointError | None:
        """One try: its answer, its fault, or None where the site went down before the call's turn came."""
        ...

    def give_up(self, verdict: EndpointUnusable) -> EndpointUnusable:
        """Nobody calls here any more."""
        ...


SiteT = TypeVar("SiteT", bound=Site)


class Sites(Protocol[SiteT]):
    """The sites that a try has the choice of."""

    def ready(self, failed_at: SiteT | None) -> SiteT | None:
        """Where the next try goes, rather not where the last one failed; None while none may be called.

        Raises `EndpointUnusable` once none is left.
        """
        ...

    async def change(self) -> None:
        """Wait until a site may be ready."""
        ...

    def elsewhere(self, failed_at: SiteT) -> bool:
        """Whether another site is well, so that nobody need wait before the next try."""
        ...

    def lost(self, site: SiteT, error: EndpointUnusable) -> None:
        """A site is given up. Raises `EndpointUnusable` where it was the last."""
        ...


@dataclass(frozen=True, slots=True)
class Tries:
    """Tries again after passing faults, with waits that grow. The caller holds no place in flight while it waits."""

    policy: RetryPolicy
    timing: Timing
    rng: Random

    async def answer(self, request: Request, sites: Sites[SiteT]) -> Completion:
        """Answer one request. Raises `TransientError` when every try failed, `RequestRefused`, `EndpointUnusable`."""
        failures = read = written = 0
        failed_at: SiteT | None = None
        while True:
            while (site := sites.ready(failed_at)) is None:
                await sites.change()
            outcome = await site.attempt(request)
            if isinstance(outcome, Completion):
                return _after_failures(outcome, failures, read, written) if failures else outcome
            if outcome is None:
                continue
            if isinstance(outcome, EndpointUnusable):
                sites.lost(site, outcome)
                continue
            failures += 1
            read, written = read + outcome.input_tokens, written + outcome.output_tokens
            outcome.input_tokens, outcome.output_tokens = read, written
            if not isinstance(outcome, TransientError) or not self.policy.again(failures, outcome):
                self._end(outcome, failures, site, sites)
                continue
            if request.draining is not None and request.draining():
                raise outcome
            failed_at = site
            if not sites.elsewhere(site):
                await self.timing.sleep(self.policy.delay(failures, outcome, self.rng.random()))

    def _end(self, error: EndpointError, failures: int, site: SiteT, sites: Sites[SiteT]) -> None:
        """Raise the fault of the last try, unless a site that cannot be reached is given up and others are left."""
        if isinstance(error, Unreachable) and not sites.elsewhere(site):
            message = f"{error.message} ({failures} tries)"
            verdict = EndpointUnusable(message, hint=error.hint, status=error.status)
            sites.lost(site, site.give_up(verdict))
            return
        if isinstance(error, TransientError) and failures > 1:
            error.args = (f"{error.message} (the last of {failures} tries)",)
            error.message = error.args[0]
        raise error


def _after_failures(completion: Completion, failures: int, read: int, written: int) -> Completion:
    """A completion with the tokens of the failed tries before it: they are billed too."""
    usage = completion.usage
    whole = Usage(usage.input_tokens + read, usage.output_tokens + written, usage.estimated)
    return replace(completion, retries=failures, usage=whole)
