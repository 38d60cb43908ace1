"""When requests go off together, and how many: pure, with the time as an argument."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation_functions.models import Request
from generation_functions.models.batch.gathering import Gathering, Waiting
from generation_functions.models.batch.lines import line_of, read_result


@pytest.fixture(scope="module")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()


def waiting(loop: asyncio.AbstractEventLoop, size: int = 1) -> Waiting:
    return Waiting("key", Request("x"), size, loop.create_future(), lambda _: None)


def test_what_comes_puts_the_departure_off_but_not_for_ever(loop: asyncio.AbstractEventLoop) -> None:
    gathering = Gathering(wait_s=10, most=1_000)
    departures = []
    for second in range(0, 500, 5):
        gathering.add(waiting(loop), float(second))
        departures.append(second + gathering.delay(float(second)))
    assert departures[:3] == [10, 15, 20]
    assert departures[-1] == 200


@given(sizes=st.lists(st.integers(1, 60), max_size=60), most=st.integers(1, 20), most_bytes=st.integers(50, 200))
def test_every_request_goes_off_once_and_no_batch_is_too_full(
    loop: asyncio.AbstractEventLoop, sizes: list[int], most: int, most_bytes: int
) -> None:
    gathering = Gathering(wait_s=1, most=most, most_bytes=most_bytes)
    came = [waiting(loop, size) for size in sizes]
    batches = [batch for one in came if (batch := gathering.add(one, 0.0))] + [gathering.take()]
    assert [id(one) for batch in batches for one in batch] == [id(one) for one in came]
    for batch in batches:
        assert len(batch) <= most + 1
        assert sum(one.size for one in batch) <= most_bytes or len(batch) == 1


def test_who_has_gone_is_left_out(loop: asyncio.AbstractEventLoop) -> None:
    gathering = Gathering(wait_s=1, most=10)
    stays, goes = waiting(loop), waiting(loop)
    gathering.add(stays, 0.0)
    gathering.add(goes, 0.0)
    goes.future.cancel()
    assert gathering.take() == [stays]


@given(st.text(), st.dictionaries(st.text(), st.none() | st.booleans() | st.floats(allow_nan=False) | st.text()))
def test_a_line_is_one_line_of_json_whatever_is_asked(text: str, sampling: dict[str, object]) -> None:
    sampling.pop("model", None)
    request = Request([{"role": "user", "content": text}], sampling)
    line = line_of("0f" * 16, request, "m", "/v1/chat/completions", chat=True)
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert json.loads(line)["custom_id"] == "0f" * 16


@given(st.binary())
def test_any_line_reads_as_a_result_or_as_none(line: bytes) -> None:
    read_result(line)


NOT_RESULTS = (b"", b"[]", b"{}", b'{"custom_id": 5}', b'{"custom_id": "a"}', b'{"custom_id": "a", "response": {}}')


@pytest.mark.parametrize("line", NOT_RESULTS)
def test_what_is_no_result_is_none(line: bytes) -> None:
    assert read_result(line) is None
