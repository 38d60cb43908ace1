"""What a call is expected to cost, from what calls before it did cost."""

from __future__ import annotations

from generation_functions import Model
from generation_functions.models import ModelSpec
from generation_functions.models.exchange import Request, Usage
from generation_functions.run.budget import Budget

SPEC = {"model": "fake", "base_url": "http://127.0.0.1:1/v1", "api_key": "none", "price": {"input": 1, "output": 10}}
MODEL = Model("fake", ModelSpec.model_validate(SPEC))
USD = 1e-6


def asked(words: int, most: int = 100) -> Request:
    return Request([{"role": "user", "content": "word " * words}], {"max_tokens": most})


def test_a_call_may_cost_what_the_dearest_before_it_did() -> None:
    budget = Budget(limit_usd=1.0)
    first = budget.reserve(MODEL, asked(10))
    assert first is not None
    assert first > 100 * 10 * USD, "the most it may write, and its prompt"
    budget.settle(MODEL, asked(10), first, Usage(60, 7), 0.1, 0)
    for output in (30, 5, 5, 5, 5, 5, 5):
        budget.settle(MODEL, asked(10), 0.0, Usage(20, output), 0.1, 0)
    cost = budget.reserve(MODEL, asked(10))
    assert cost is not None
    assert round(cost / USD) == 60 + 38 * 10, "a prompt as dear as the first, an answer a quarter beyond the longest"


def test_longer_prompts_are_expected_to_cost_more() -> None:
    budget = Budget(limit_usd=1.0)
    short, long = budget.reserve(MODEL, asked(10)), budget.reserve(MODEL, asked(1_000))
    assert short is not None
    assert long is not None
    assert long - short > 900 * USD


def test_nothing_is_set_aside_once_every_call_has_come_in() -> None:
    budget = Budget(limit_usd=1.0)
    amounts = [budget.reserve(MODEL, asked(words)) for words in range(1, 60)]
    for amount in amounts:
        assert amount is not None
        budget.release(amount)
    assert budget.reserved_usd == 0.0
