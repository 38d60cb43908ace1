"""Backoff and `Retry-After`, as pure functions."""

from __future__ import annotations

from email.utils import formatdate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation_functions.errors import EndpointError, EndpointUnusable, RequestRefused, TransientError
from generation_functions.models.fault import BadAnswer, Unreachable
from generation_functions.models.retry import RetryPolicy, retry_after

NOW = 1_700_000_000.0


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Retry-After": "7"}, 7),
        ({"Retry-After": "0.25"}, 0.25),
        ({"Retry-After": "0"}, 0),
        ({"Retry-After": "-5"}, None),
        ({"Retry-After": "99999999"}, 99999999),
        ({"Retry-After": "inf"}, None),
        ({"Retry-After": "nan"}, None),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": ""}, None),
        ({"Retry-After": formatdate(NOW + 30, usegmt=True)}, 30),
        ({"Retry-After": formatdate(NOW - 30, usegmt=True)}, None),
        ({"Retry-After": formatdate(NOW + 630, usegmt=True), "Date": formatdate(NOW + 600, usegmt=True)}, 30),
        ({"Retry-After": "Fri, 99 Foo 2023 99:99:99 GMT"}, None),
        ({"retry-after-ms": "1500", "Retry-After": "2"}, 1.5),
    ],
)
def test_retry_after_in_every_form(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers, NOW) == seconds


@given(st.integers(1, 200), st.floats(0, 1, exclude_max=True))
def test_backoff_is_never_longer_than_its_cap(failures: int, draw: float) -> None:
    policy = RetryPolicy()
    assert 0 <= policy.delay(failures, TransientError("x"), draw) <= policy.cap


def test_backoff_doubles() -> None:
    policy = RetryPolicy(base=1, cap=100)
    assert [policy.delay(n, TransientError("x"), 0.5) for n in (1, 2, 3, 4)] == [0.5, 1, 2, 4]


@pytest.mark.parametrize(("asked", "waited"), [(5.0, 5.0), (0.0, 0.0), (10_000.0, 120.0)])
def test_the_endpoints_wish_counts_up_to_a_bound(asked: float, waited: float) -> None:
    assert RetryPolicy().delay(1, TransientError("x", retry_after=asked), draw=0.0) == waited


def test_callers_sent_away_together_come_back_apart() -> None:
    error = TransientError("x", retry_after=10)
    delays = {RetryPolicy().delay(1, error, draw) for draw in (0.0, 0.3, 0.9)}
    assert len(delays) == 3
    assert all(10 <= delay <= 11 for delay in delays)


@pytest.mark.parametrize(
    ("error", "retries", "tries"),
    [
        (TransientError("x"), 8, 9),
        (TransientError("x"), 0, 1),
        (BadAnswer("x"), 8, 5),
        (BadAnswer("x"), 1, 2),
        (Unreachable("x"), 100, 7),
        (RequestRefused("x"), 8, 1),
        (EndpointUnusable("x"), 8, 1),
    ],
)
def test_tries_by_kind(error: EndpointError, retries: int, tries: int) -> None:
    policy = RetryPolicy(retries)
    assert next(n for n in range(1, 1000) if not policy.again(n, error)) == tries
