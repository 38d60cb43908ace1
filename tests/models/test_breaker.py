"""What everyone does while an endpoint is untried, down, or beyond hope; in virtual time."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from random import Random

import pytest

from generation_functions.errors import EndpointError, EndpointUnusable, RequestRefused, TransientError
from generation_functions.models.breaker import Breaker, BreakerPolicy
from generation_functions.models.caller import Caller
from generation_functions.models.exchange import Completion, Request
from generation_functions.models.fault import EmptyAnswer, Unreachable
from generation_functions.models.limiter import Limiter
from generation_functions.models.retry import RetryPolicy
from generation_functions.models.timing import LoopTiming
from generation_functions.models.tries import Tries
from tests.models.virtual_time import in_virtual_time

Script = Callable[[int, float], EndpointError | None]
"""What the n-th call (from 1), made so many seconds after the start, ends in; None is an answer."""


class Scripted:
    """An endpoint that takes a tenth of a second a call and does as told."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.times: list[float] = []
        self.open = self.most_open = 0

    async def send(self, request: Request) -> Completion:
        elapsed = asyncio.get_running_loop().time() - 1000
        self.times.append(elapsed)
        self.open += 1
        self.most_open = max(self.open, self.most_open)
        try:
            await asyncio.sleep(0.1)
        finally:
            self.open -= 1
        if (error := self.script(len(self.times), elapsed)) is not None:
            raise error
        return Completion("fine")

    @property
    def calls(self) -> int:
        return len(self.times)


def run(
    endpoint: Scripted, rows: int, *, most: int = 16, retries: int = 8, refusal_s: float | None = None
) -> tuple[list[Completion | BaseException], float]:
    """What each row got, and how long all took."""

    async def main() -> tuple[list[Completion | BaseException], float]:
        timing = LoopTiming()
        breaker = Breaker("writer", timing=timing, policy=BreakerPolicy())
        if refusal_s is not None:
            breaker.heard_from(refusal_s)
        caller = Caller(
            endpoint.send,
            breaker=breaker,
            limiter=Limiter(most, timing=timing),
            longest_wish=RetryPolicy().longest_wish,
        )
        tries = Tries(RetryPolicy(retries), timing, Random(1))
        results = await asyncio.gather(
            *(tries.answer(Request("x"), caller) for _ in range(rows)), return_exceptions=True
        )
        return results, timing.now() - 1000

    return in_virtual_time(main())


def down(number: int, elapsed: float) -> EndpointError:
    return TransientError("writer: it answered 500", status=500)


def test_while_untried_one_call_goes_and_the_others_wait_for_its_answer() -> None:
    endpoint = Scripted(lambda number, elapsed: None)
    run(endpoint, 10)
    assert endpoint.times[0] == 0
    assert min(endpoint.times[1:]) == pytest.approx(0.1)
    assert endpoint.most_open == 9


def test_where_the_endpoint_was_heard_from_the_others_wait_as_long_as_a_refusal_takes() -> None:
    endpoint = Scripted(lambda number, elapsed: None)
    run(endpoint, 10, refusal_s=0.03)
    assert endpoint.times[:2] == [0, pytest.approx(0.03)]
    assert endpoint.most_open == 10


def test_a_refusal_in_that_time_costs_one_call() -> None:
    endpoint = Scripted(lambda number, elapsed: EndpointUnusable("bad key", status=401))
    run(endpoint, 10, refusal_s=0.2)
    assert endpoint.calls == 1


def test_a_first_call_that_fails_in_that_time_keeps_the_others_waiting() -> None:
    endpoint = Scripted(lambda number, elapsed: down(number, elapsed) if number == 1 else None)
    run(endpoint, 10, refusal_s=0.2)
    assert endpoint.times[1] > 0.4, "the breaker's pause comes before the next trial"
    assert endpoint.most_open == 9


def test_a_verdict_of_the_first_call_costs_one_call_and_reaches_everyone() -> None:
    endpoint = Scripted(lambda number, elapsed: EndpointUnusable("bad key", hint="check ${KEY}", status=401))
    results, _ = run(endpoint, 100)
    assert endpoint.calls == 1
    assert {(type(each), str(each)) for each in results} == {(EndpointUnusable, "bad key")}


def test_a_passing_fault_of_the_first_call_passes_the_gate_on() -> None:
    endpoint = Scripted(lambda number, elapsed: down(number, elapsed) if number <= 2 else None)
    results, seconds = run(endpoint, 10)
    assert all(isinstance(each, Completion) for each in results)
    assert endpoint.calls == 12
    assert seconds < 10


@pytest.mark.parametrize("first", [RequestRefused("too long", status=400), RequestRefused("cut"), EmptyAnswer("empty")])
def test_a_first_call_that_was_understood_opens_the_gate(first: EndpointError) -> None:
    endpoint = Scripted(lambda number, elapsed: first if number == 1 else None)
    results, _ = run(endpoint, 10)
    assert sum(isinstance(each, Completion) for each in results) >= 9


def test_an_address_that_was_never_right_stops_at_the_first_404() -> None:
    endpoint = Scripted(lambda number, elapsed: RequestRefused("answered 404", status=404))
    results, _ = run(endpoint, 10)
    assert endpoint.calls == 1
    assert isinstance(results[0], EndpointUnusable)
    assert "base_url" in (results[0].hint or "")


def test_an_endpoint_that_accepts_none_of_the_first_calls_is_given_up() -> None:
    endpoint = Scripted(lambda number, elapsed: RequestRefused("no such field", status=400))
    results, _ = run(endpoint, 500)
    assert endpoint.calls <= 20 + 16
    assert sum(isinstance(each, EndpointUnusable) for each in results) >= 460


def test_a_wrong_address_is_told_within_seconds() -> None:
    endpoint = Scripted(lambda number, elapsed: Unreachable("cannot be reached"))
    results, seconds = run(endpoint, 50)
    assert all(isinstance(each, EndpointUnusable) for each in results)
    assert endpoint.calls <= 7
    assert 3 < seconds < 20


def test_a_server_that_is_still_starting_is_waited_for() -> None:
    endpoint = Scripted(lambda number, elapsed: Unreachable("refused") if elapsed < 5 else None)
    results, _ = run(endpoint, 50)
    assert all(isinstance(each, Completion) for each in results)


def test_an_outage_costs_each_row_little_and_no_row_is_lost() -> None:
    endpoint = Scripted(lambda number, elapsed: down(number, elapsed) if 1 <= elapsed < 61 else None)
    results, seconds = run(endpoint, 400)
    assert all(isinstance(each, Completion) for each in results)
    assert endpoint.calls <= 400 + 16 + 12
    assert seconds < 130


def test_only_one_call_tries_while_the_endpoint_is_down() -> None:
    endpoint = Scripted(lambda number, elapsed: down(number, elapsed) if elapsed > 0.05 else None)
    run(endpoint, 200)
    tried = [time for time in endpoint.times if time > 2]
    assert len(tried) >= 3
    assert all(later - earlier > 0.5 for earlier, later in itertools.pairwise(tried))


def test_a_broken_endpoint_is_given_up_for_everyone() -> None:
    endpoint = Scripted(lambda number, elapsed: down(number, elapsed) if number > 5 else None)
    results, seconds = run(endpoint, 300)
    verdicts = [each for each in results if isinstance(each, EndpointUnusable)]
    assert len(verdicts) >= 290
    assert "broken" in str(verdicts[0])
    assert endpoint.calls < 60
    assert 30 <= seconds < 300


def test_a_row_that_always_fails_does_not_stop_the_others() -> None:
    endpoint = Scripted(lambda number, elapsed: down(number, elapsed) if number % 10 == 0 else None)
    results, _ = run(endpoint, 200)
    assert all(isinstance(each, Completion) for each in results)


def test_the_last_row_alone_fails_alone() -> None:
    endpoint = Scripted(lambda number, elapsed: down(number, elapsed) if number > 20 else None)
    results, _ = run(endpoint, 21, most=1)
    assert [type(each) for each in results] == [Completion] * 20 + [TransientError]
    assert "the last of 9 tries" in str(results[-1])


def test_a_busy_endpoint_is_not_taken_for_a_broken_one() -> None:
    def busy(number: int, elapsed: float) -> EndpointError | None:
        return TransientError("busy", status=429) if 1 <= elapsed < 60 else None

    results, _ = run(Scripted(busy), 300, retries=30)
    assert all(isinstance(each, Completion) for each in results)


def test_an_endpoint_that_stays_busy_is_given_up_in_the_end() -> None:
    endpoint = Scripted(lambda number, elapsed: TransientError("busy", status=429) if elapsed > 1 else None)
    results, seconds = run(endpoint, 300, retries=100)
    assert any(isinstance(each, EndpointUnusable) for each in results)
    assert 300 <= seconds < 1000


def test_a_cancelled_trial_hands_on() -> None:
    async def main() -> None:
        breaker = Breaker("writer", timing=LoopTiming())
        assert await breaker.enter()
        second, third = asyncio.create_task(breaker.enter()), asyncio.create_task(breaker.enter())
        await asyncio.sleep(0.1)
        assert not second.done()
        breaker.left(True)
        assert await second is True
        breaker.failed(TransientError("x", status=500), True)
        await asyncio.sleep(0.1)
        third.cancel()
        fourth = asyncio.create_task(breaker.enter())
        assert await fourth is True
        breaker.answered(True)
        assert breaker.closed
        assert await breaker.enter() is False

    in_virtual_time(main())


def test_an_answer_to_an_older_call_ends_the_waiting() -> None:
    async def main() -> None:
        breaker = Breaker("writer", timing=LoopTiming(), policy=BreakerPolicy(first_cool=1000, longest_cool=1000))
        await breaker.enter()
        breaker.answered(True)
        for _ in range(5):
            breaker.failed(TransientError("x", status=500))
        assert not breaker.closed
        waiting = [asyncio.create_task(breaker.enter()) for _ in range(3)]
        await asyncio.sleep(1)
        breaker.answered()
        assert await asyncio.gather(*waiting) == [False, False, False]
        assert asyncio.get_running_loop().time() < 1010

    in_virtual_time(main())


def test_who_looks_at_the_run_hears_once_that_calls_wait_and_once_that_they_go_on() -> None:
    told: list[str] = []

    async def main() -> None:
        breaker = Breaker("writer", timing=LoopTiming(), where="http://there/v1", tell=told.append)
        await breaker.enter()
        breaker.answered(True)
        for _ in range(9):
            breaker.failed(TransientError("writer: http://there/v1 answered 500: out of order", status=500))
        breaker.answered()
        for _ in range(4):
            breaker.failed(TransientError("writer: http://there/v1 answered 500: out of order", status=500))
        breaker.answered()

    in_virtual_time(main())
    assert told == [
        "writer: http://there/v1 answered 500: out of order; 5 calls in a row failed, the others wait until one is "
        "answered",
        "writer: http://there/v1 answers again",
    ]


def test_a_slow_endpoint_that_fails_is_told_of_before_a_streak() -> None:
    told: list[str] = []

    async def main() -> None:
        breaker = Breaker("writer", timing=LoopTiming(), tell=told.append)
        for _ in range(2):
            await breaker.enter()
            await asyncio.sleep(120)
            breaker.failed(TransientError("writer: no answer within 120 s"), True)

    in_virtual_time(main())
    assert len(told) == 1
