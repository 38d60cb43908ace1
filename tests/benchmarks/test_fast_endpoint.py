"""The endpoint that programs ask: the same calls meet the same answers, in whatever order and pieces they come."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import pytest

from benchmarks.fast_endpoint import FastEndpoint, serving
from tests.benchmarks.program import needs_compiler, needs_linux

pytestmark = [needs_linux, needs_compiler]


@pytest.fixture
def endpoint() -> Iterator[FastEndpoint]:
    with serving() as endpoint:
        yield endpoint


def body_of(number: int) -> bytes:
    return json.dumps({"model": "fast", "messages": [{"role": "user", "content": f"row-{number} tides"}]}).encode()


def asked(endpoint: FastEndpoint, *numbers: int) -> list[tuple[int, Any]]:
    """The status and the answer of each call, all on one connection."""
    connection = HTTPConnection(urlsplit(endpoint.base_url).netloc)
    found = []
    for number in numbers:
        connection.request("POST", "/v1/chat/completions", body_of(number))
        answer = connection.getresponse()
        found.append((answer.status, json.loads(answer.read())))
    connection.close()
    return found


def test_an_answer_begins_with_its_row_whatever_came_before(endpoint: FastEndpoint) -> None:
    forwards, backwards = asked(endpoint, 1, 2, 3), asked(endpoint, 3, 2, 1)
    assert forwards == backwards[::-1]
    said = [answer["choices"][0]["message"]["content"] for _, answer in forwards]
    assert [text.split()[0] for text in said] == ["row-1", "row-2", "row-3"]
    assert len(set(said)) == 3


@pytest.mark.parametrize("header", [b"", b"Connection: close\r\n"], ids=["kept open", "closed after it"])
def test_a_call_may_come_in_pieces(header: bytes, endpoint: FastEndpoint) -> None:
    body, place = body_of(5), urlsplit(endpoint.base_url)
    head = b"POST /v1/chat/completions HTTP/1.1\r\n" + header + b"Content-Length: %d\r\n\r\n" % len(body)
    with socket.create_connection((str(place.hostname), int(place.port or 0))) as connection:
        for piece in (head[:30], head[30:], body[:10], body[10:]):
            connection.sendall(piece)
            endpoint.stats()  # once it has answered another call, it has heard what was sent before
        assert connection.recv(16) == b"HTTP/1.1 200 OK\r"
    assert endpoint.stats()["calls"] == 1


def test_every_nth_call_is_refused() -> None:
    with serving(refuse=3) as endpoint:
        assert [status for status, _ in asked(endpoint, *range(7))] == [200, 200, 429, 200, 200, 429, 200]
        assert (endpoint.stats()["calls"], endpoint.stats()["refused"]) == (7, 2)


def test_verdicts_have_their_share_of_yes() -> None:
    with serving(yes=0.7) as endpoint:
        said = [answer["choices"][0]["message"]["content"] for _, answer in asked(endpoint, *range(300))]
    assert set(said) == {"Verdict: yes", "Verdict: no"}
    assert 0.6 < said.count("Verdict: yes") / 300 < 0.8


@pytest.mark.parametrize(("options", "mean_s"), [({"latency": 2}, 0.002), ({"latency": 2, "sigma": 0.6}, 0.002)])
def test_what_a_call_takes_is_drawn_from_its_body(options: dict[str, float], mean_s: float) -> None:
    drawn = []
    for numbers in (range(200), reversed(range(200))):
        with serving(**options) as endpoint:
            asked(endpoint, *numbers)
            drawn.append(endpoint.stats()["drawn_s"])
            assert endpoint.stats()["taken_s"] >= endpoint.stats()["drawn_s"]
    assert drawn[0] == pytest.approx(drawn[1], rel=1e-3)
    assert drawn[0] / 200 == pytest.approx(mean_s, rel=0.25)
