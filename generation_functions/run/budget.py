"""What a run has spent, and whether the next call still fits into its budget."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from generation_functions.models.exchange import Request, Usage
from generation_functions.models.model import Model, Price
from generation_functions.models.tokens import prompt_tokens

_UNKNOWN_OUTPUT_TOKENS = 1_000
_ENOUGH_TO_GO_BY = 8
"""Answers after which the longest of them tells what a call may cost, instead of the most it is allowed to write."""


@dataclass
class ModelAccount:
    """One model's calls, tokens and cost in this attempt."""

    calls: int = 0
    retries: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float = 0.0
    estimated: bool = False
    seconds: float = 0.0

    def add(self, usage: Usage, cost: float, seconds: float, retries: int) -> None:
        """Count one finished call."""
        self.calls += 1
        self.retries += retries
        self.input_tokens += usage.input_tokens
        self.output_tokens += usage.output_tokens
        self.cost_usd += cost
        self.estimated = self.estimated or usage.estimated
        self.seconds += seconds


@dataclass
class _Known:
    """Tokens: the longest answer of a model so far, and the most that a prompt took beyond what was likely."""

    longest: int = 0
    surplus: int = 0


@dataclass
class Budget:
    """Money, in USD, over all attempts of a run and its child runs.

    `reserve` sets aside what a call may cost before it is made, by the dearest so far, so that calls in flight overrun
    the limit only by what they are dearer. What no longer fits beside those may fit once one of them has come
    in: `given_back`.
    """

    limit_usd: float | None = None
    spent_usd: float = 0.0
    reserved_usd: float = 0.0
    accounts: dict[str, ModelAccount] = field(default_factory=dict)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _known: dict[str, _Known] = field(default_factory=dict)
    _reservations: int = 0
    _returned: asyncio.Event = field(default_factory=asyncio.Event)

    def account(self, model: Model) -> ModelAccount:
        """The account of a model, by its name in the config."""
        return self.accounts.setdefault(model.name, ModelAccount())

    def reserve(self, model: Model, request: Request) -> float | None:
        """USD set aside for a call, or None when it no longer fits."""
        if self.limit_usd is None or model.spec.dearest is None:
            return 0.0
        amount = self._expected(model, request)
        if self.spent_usd + self.reserved_usd + amount > self.limit_usd:
            return None
        if amount:
            self.reserved_usd += amount
            self._reservations += 1
        return amount

    def short_of(self, model: Model, request: Request) -> float | None:
        """What a call may cost, in USD, where that is more than is left even if all others cost nothing; else None."""
        assert self.limit_usd is not None
        amount = self._expected(model, request)
        return amount if self.spent_usd + amount > self.limit_usd else None

    async def given_back(self) -> None:
        """Wait until a call that money was set aside for has come in. `turn` is held meanwhile: one waits at a time."""
        self._returned.clear()
        await self._returned.wait()

    def settle(
        self,
        model: Model,
        request: Request,
        reserved: float,
        usage: Usage,
        seconds: float,
        retries: int,
        price: Price | None = None,
    ) -> float:
        """Turn a reservation into what the call did cost, and give that cost in USD.

        price  what the endpoint that answered asks, where the model has several
        """
        self.release(reserved)
        price = price or model.spec.dearest
        cost = price.of(usage.input_tokens, usage.output_tokens) if price is not None else 0.0
        self.spent_usd += cost
        self.count(model.name, usage, cost, seconds, retries)
        if self.limit_usd is not None:
            known = self._known[model.name]
            known.surplus = max(known.surplus, usage.input_tokens - _likely_tokens(request))
        return cost

    def count(self, model_name: str, usage: Usage, cost: float, seconds: float, retries: int) -> None:
        """Count a finished call, perhaps one that another process made."""
        self.accounts.setdefault(model_name, ModelAccount()).add(usage, cost, seconds, retries)
        known = self._known.setdefault(model_name, _Known())
        known.longest = max(known.longest, usage.output_tokens)

    def release(self, reserved: float) -> None:
        """Give back what was set aside for a call."""
        if not reserved:
            return
        self.reserved_usd -= reserved
        self._reservations -= 1
        if not self._reservations:  # sums of fractions seldom come out even, and somebody may wait for what is left
            self.reserved_usd = 0.0
        self._returned.set()

    def _expected(self, model: Model, request: Request) -> float:
        price = model.spec.dearest
        assert price is not None
        known = self._known.get(model.name) or _Known()
        output = -(-known.longest * 5 // 4)  # the next one may be a little longer
        if not output or self.account(model).calls < _ENOUGH_TO_GO_BY:
            output = max(output, int(request.sampling.get("max_tokens") or _UNKNOWN_OUTPUT_TOKENS))
        return price.of(_likely_tokens(request) + known.surplus, output)


def _likely_tokens(request: Request) -> int:
    """A prompt's tokens with a third for what tokenizers and chat templates differ by: rather too many than too few."""
    return prompt_tokens(request.prompt) * 4 // 3
