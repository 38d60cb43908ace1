"""Who goes when: the adaptive level, the buckets and the queue, in virtual time."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation_functions.errors import TransientError
from generation_functions.models.breaker import Breaker, BreakerPolicy
from generation_functions.models.bucket import Bucket
from generation_functions.models.caller import Caller
from generation_functions.models.exchange import Completion, Rank, Request
from generation_functions.models.level import Level
from generation_functions.models.limiter import Limiter
from generation_functions.models.retry import RetryPolicy
from generation_functions.models.timing import LoopTiming
from generation_functions.models.tries import Tries
from tests.models.virtual_time import in_virtual_time


def limiter(most: int, **limits: float) -> Limiter:
    return Limiter(most, timing=LoopTiming(), **limits)


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


# The queue


def test_a_free_turn_comes_without_yielding_to_the_loop() -> None:
    async def main() -> None:
        turns = limiter(2).acquire()
        with pytest.raises(StopIteration):
            turns.send(None)

    in_virtual_time(main())


@pytest.mark.parametrize(("changed", "expected"), [(False, "bdeacf"), (True, "afebcd")])
def test_higher_ranks_go_first_and_equal_ones_in_order_of_arrival(changed: bool, expected: str) -> None:
    async def main() -> list[str]:
        gate, order = limiter(1), []
        await gate.acquire()

        async def caller(name: str, rank: Rank) -> None:
            await gate.acquire(rank)
            order.append(name)
            gate.release()

        low, middle, high, low_too = Rank(0), Rank(1), Rank(2), Rank(0)
        callers = [("a", low), ("b", high), ("c", low_too), ("d", high), ("e", middle), ("f", low)]
        tasks = [asyncio.create_task(caller(*each)) for each in callers]
        await settle()
        if changed:
            low.value, high.value = 2, 0
        gate.release()
        await asyncio.gather(*tasks)
        return order

    assert "".join(in_virtual_time(main())) == expected


@pytest.mark.parametrize("granted_first", [False, True])
def test_a_cancelled_waiter_loses_no_turn(granted_first: bool) -> None:
    async def main() -> None:
        gate = limiter(1)
        await gate.acquire()
        waiter = asyncio.create_task(gate.acquire())
        await settle()
        if granted_first:
            gate.release()
        waiter.cancel()
        await asyncio.gather(waiter, return_exceptions=True)
        if not granted_first:
            gate.release()
        assert gate.in_flight == 0
        await asyncio.wait_for(gate.acquire(), 1)

    in_virtual_time(main())


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.booleans()), max_size=40), st.integers(1, 4))
def test_never_more_in_flight_than_allowed_and_everyone_is_served(
    callers: list[tuple[int, int, bool]], most: int
) -> None:
    async def main() -> None:
        gate, most_seen = limiter(most), 0

        ranks = [Rank(value) for value in range(4)]

        async def caller(start: int, rank: int) -> None:
            nonlocal most_seen
            await asyncio.sleep(start)
            await gate.acquire(ranks[rank])
            most_seen = max(most_seen, gate.in_flight)
            try:
                await asyncio.sleep(1)
            finally:
                gate.release()

        tasks = [asyncio.create_task(caller(start, rank)) for start, rank, _ in callers]
        await asyncio.sleep(1.5)
        for task, (_, _, doomed) in zip(tasks, callers, strict=True):
            if doomed and not task.done():
                task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        assert most_seen <= most
        assert not any(isinstance(result, Exception) for result in results)
        assert gate.waiting == 0

    in_virtual_time(main())


# Requests and tokens a minute


def greedy_starts(per_minute: float, seconds: float) -> list[float]:
    """When calls start that each go as soon as they may."""
    bucket, now, starts = Bucket(per_minute, 0.0), 0.0, []
    while (now := now + bucket.wait(1, now)) < seconds:
        bucket.take(1)
        starts.append(now)
    return starts


@pytest.mark.parametrize("per_minute", [0.5, 1, 1.5, 7, 60, 601, 6000])
def test_no_minute_sees_more_than_its_number_and_nearly_all_is_used(per_minute: float) -> None:
    starts, most = greedy_starts(per_minute, 240), math.ceil(per_minute)
    pairs = zip(starts, starts[most:], strict=False)
    assert all(later - first >= 60 - 1e-6 for first, later in pairs)
    assert len(starts) >= 4 * per_minute * 0.99


def test_requests_a_minute_are_spread_evenly_and_fully_used() -> None:
    async def main() -> float:
        gate, loop = limiter(100, requests_per_minute=600), asyncio.get_running_loop()
        started = loop.time()

        async def caller() -> None:
            await gate.acquire()
            gate.release()

        await asyncio.gather(*(caller() for _ in range(601)))
        return loop.time() - started

    assert in_virtual_time(main()) == pytest.approx(60, rel=0.02)


def test_tokens_a_minute_hold_callers_back_and_estimates_are_corrected() -> None:
    async def main() -> float:
        gate, loop = limiter(100, tokens_per_minute=6000), asyncio.get_running_loop()
        started = loop.time()

        async def caller() -> None:
            await gate.acquire(cost=100)
            gate.correct(-50)
            gate.release()

        await asyncio.gather(*(caller() for _ in range(240)))
        return loop.time() - started

    assert 100 <= in_virtual_time(main()) <= 140


def test_a_call_larger_than_the_minute_still_goes() -> None:
    async def main() -> None:
        gate = limiter(4, tokens_per_minute=100)
        await gate.acquire(cost=5000)
        gate.release()

    in_virtual_time(main())


# The level


def test_a_lone_refusal_changes_nothing() -> None:
    level = Level(64)
    for number in range(2000):
        assert not (level.refused(level.epoch) if number % 50 == 0 else level.succeeded(level.epoch, 64))
    assert level.limit == 64


def test_one_storm_cuts_once_a_round_trip() -> None:
    level = Level(64)
    cuts = sum(level.refused(0) for _ in range(64))
    assert cuts == 1
    assert 1 < level.limit < 64


def test_after_a_storm_it_climbs_fast_to_where_it_was_good_and_slowly_past_it() -> None:
    level = Level(100)
    while not level.refused(level.epoch):
        pass
    low, answers = level.limit, 0
    while level.limit < 89.9:
        level.succeeded(level.epoch, 100)
        answers += 1
    assert answers <= 90 - low + 1
    for _ in range(80):
        level.succeeded(level.epoch, 100)
    assert level.limit < 92


def test_it_does_not_climb_while_few_calls_are_open() -> None:
    level = Level(100)
    while not level.refused(level.epoch):
        pass
    low = level.limit
    for _ in range(1000):
        level.succeeded(level.epoch, 3)
    assert level.limit == low


@given(st.lists(st.booleans(), max_size=600), st.integers(1, 300))
def test_the_level_stays_between_one_and_most(answers: list[bool], most: int) -> None:
    level = Level(most)
    for good in answers:
        if good:
            level.succeeded(level.epoch, most)
        else:
            level.refused(level.epoch)
        assert 1 <= level.limit <= most


# Everything together against endpoints that turn calls away


class Simulated:
    """An endpoint in virtual time: each call takes a second; `turns_away` says which get a 429 at once."""

    def __init__(self, turns_away: Callable[[Simulated], bool], retry_after: float | None = None) -> None:
        self.turns_away = turns_away
        self.retry_after = retry_after
        self.calls = self.refused = self.open = 0

    async def send(self, request: Request) -> Completion:
        self.calls += 1
        if self.turns_away(self):
            self.refused += 1
            await asyncio.sleep(0.05)
            raise TransientError("busy", status=429, retry_after=self.retry_after)
        self.open += 1
        await asyncio.sleep(1)
        self.open -= 1
        return Completion("fine")


def asking(send: Callable[[Request], Awaitable[Completion]], most: int) -> Callable[[Request], Awaitable[Completion]]:
    timing = LoopTiming()
    caller = Caller(
        send,
        breaker=Breaker("simulated", timing=timing, policy=BreakerPolicy()),
        limiter=Limiter(most, timing=timing),
        longest_wish=RetryPolicy().longest_wish,
    )
    tries = Tries(RetryPolicy(retries=8), timing, Random(7))
    return lambda request: tries.answer(request, caller)


def seconds_for(endpoint: Simulated, calls: int, most: int) -> float:
    async def main() -> float:
        loop = asyncio.get_running_loop()
        ask, started = asking(endpoint.send, most), loop.time()
        await asyncio.gather(*(ask(Request("x")) for _ in range(calls)))
        return loop.time() - started

    return in_virtual_time(main())


@pytest.mark.parametrize("retry_after", [None, 1.0])
def test_scattered_refusals_cost_little_time(retry_after: float | None) -> None:
    calm = seconds_for(Simulated(lambda it: False), 2000, 64)
    scattered = Simulated(lambda it: it.calls % 50 == 0, retry_after)
    assert seconds_for(scattered, 2000, 64) <= calm * 1.15
    assert scattered.refused >= 40


@pytest.mark.parametrize("capacity", [5, 20, 100])
def test_the_level_finds_what_an_endpoint_can_take(capacity: int) -> None:
    endpoint = Simulated(lambda it: it.open >= capacity)
    calls = capacity * 60
    assert seconds_for(endpoint, calls, 256) <= 60 / 0.7
    at_first = 256 - capacity
    assert endpoint.refused - at_first <= 250 + calls * 0.1


def test_a_storm_that_is_over_is_forgotten() -> None:
    def storm(it: Simulated) -> bool:
        return asyncio.get_running_loop().time() < 1020

    assert seconds_for(Simulated(storm, retry_after=5.0), 64 * 60, 64) <= 20 + 60 * 1.6
