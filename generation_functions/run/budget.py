"""What a run has spent, and whether the next call still fits into its budget."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from generation_functions.models.exchange import Request, Usage
from generation_functions.models.model import Model, Price

_UNKNOWN_OUTPUT_TOKENS = 1_000
_ENOUGH_TO_AVERAGE = 8


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
class Budget:
    """Money, in USD, over all attempts of a run and its child runs.

    `reserve` sets aside what a call may cost before it is made, so that calls in flight overrun the limit by no more
    than their estimates are off. What no longer fits beside those may fit once one of them has come in: `given_back`.
    """

    limit_usd: float | None = None
    spent_usd: float = 0.0
    reserved_usd: float = 0.0
    accounts: dict[str, ModelAccount] = field(default_factory=dict)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
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
        self, model: Model, reserved: float, usage: Usage, seconds: float, retries: int, price: Price | None = None
    ) -> float:
        """Turn a reservation into what the call did cost, and give that cost in USD.

        price  what the endpoint that answered asks, where the model has several
        """
        self.release(reserved)
        price = price or model.spec.dearest
        cost = price.of(usage.input_tokens, usage.output_tokens) if price is not None else 0.0
        self.spent_usd += cost
        self.account(model).add(usage, cost, seconds, retries)
        return cost

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
        account = self.account(model)
        price = model.spec.dearest
        assert price is not None
        prompt = request.prompt
        characters = len(prompt) if isinstance(prompt, str) else sum(len(str(m["content"])) for m in prompt)
        if account.calls >= _ENOUGH_TO_AVERAGE:
            output = account.output_tokens / account.calls
        else:
            output = request.sampling.get("max_tokens") or _UNKNOWN_OUTPUT_TOKENS
        return price.of(characters // 3, int(output))
