"""The simulated far end: what it answers in which weather, and a record of every call."""

from __future__ import annotations

import errno
import socket
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from email.utils import formatdate
from random import Random

import orjson

from tests.simulation.answers import Question, question_of, reply

CANARY = "sk-canary-0fQ7"
_NEVER = float("inf")
_SLOWEST_S = 10.0


@dataclass
class Call:
    """One call as an endpoint saw it: the `number`-th of an attempt; `answered` once the whole answer has arrived."""

    attempt: int
    number: int
    question: Question
    body: bytes
    answered: bool = False
    site: int = 0


@dataclass(frozen=True)
class Storm:
    """Faults of some kinds that hit a share of the calls begun in a stretch of time (seconds since the attempt's).

    site  the one endpoint that is hit; None for all
    """

    begins: float
    ends: float
    share: float
    kinds: tuple[str, ...]
    site: int | None = None

    def hits(self, site: int) -> bool:
        """Whether an endpoint lies in its way."""
        return self.site is None or self.site == site


@dataclass
class Endpoint:
    """One far end, the `site`-th of all.

    clock      the time of the loop; `wall` is its own time of day
    rng        draws latencies and faults
    """

    attempt: int
    rng: Random
    storms: Sequence[Storm]
    latency_s: float
    clock: Callable[[], float]
    wall: Callable[[], float]
    calls: list[Call]
    site: int = 0
    dead: bool = False
    hits: dict[str, int] = field(default_factory=dict)
    began: float = field(init=False)

    def __post_init__(self) -> None:
        self.began = self.clock()

    def fault(self) -> str | None:
        """What goes wrong with a call that begins now."""
        now = self.clock() - self.began
        for storm in self.storms:
            if storm.hits(self.site) and storm.begins <= now < storm.ends and self.rng.random() < storm.share:
                kind = self.rng.choice(storm.kinds)
                self.hits[kind] = self.hits.get(kind, 0) + 1
                return kind
        return None

    @property
    def host(self) -> str:
        """Its name in the network."""
        return f"simulated{self.site}.test"

    @property
    def ip(self) -> str:
        """Its address in the network."""
        return f"192.0.2.{self.site}"

    @property
    def key(self) -> str:
        """The key it takes, and no other endpoint does."""
        return f"{CANARY}{self.site}"

    def delay(self) -> float:
        """Seconds until the head of an answer, with a long tail."""
        return min(self.latency_s * self.rng.lognormvariate(0, 1), _SLOWEST_S) if self.latency_s else 0.0

    def begin(self, data: bytes) -> Call:
        """Put a call on record."""
        call = Call(self.attempt, len(self.calls), question_of(orjson.loads(data)), data, site=self.site)
        self.calls.append(call)
        return call


@dataclass(frozen=True)
class Answer:
    """What comes back: `stall` is the time between head and body; the connection ends before a `cut` body does."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    stall: float = 0.0
    cut: bool = False
    reset: bool = False
    true: bool = False
    """Whether it is the true answer."""


def _error(status: int, message: str = "simulated", **headers: str) -> Answer:
    return Answer(status, orjson.dumps({"error": {"message": message}}), headers)


def _wishes(endpoint: Endpoint) -> str:
    """Every form of `Retry-After` that was seen in the wild, and some that were not."""
    soon, long_ago = endpoint.wall() + 3, endpoint.wall() - 86_400
    return endpoint.rng.choice(
        ("0", "1", "2.5", "-5", "999999999", "nan", "1e400", "soon", "", formatdate(soon, usegmt=True),
         formatdate(long_ago, usegmt=True), "Fri, 31 Dec 9999 23:59:59 GMT", "Mon, 99 Foo 2026")
    )  # fmt: skip


_FALSE_BODIES: dict[str, bytes] = {
    "empty_body": b"",
    "web_page": b"<html><body>Bad gateway</body></html>",
    "half_json": b'{"choices": [{"message": {"content": "<name>half',
    "twice": b'{"choices": []}{"choices": []}',
    "no_object": b"[]",
    "no_choices": b'{"choices": []}',
    "null_message": b'{"choices": [{"message": null}]}',
    "wrong_types": b'{"choices": [{"message": {"content": 5}, "finish_reason": 7}], "usage": "none"}',
    "blank": b'{"choices": [{"message": {"content": " "}, "finish_reason": "stop"}]}',
    "error_inside": b'{"error": {"message": "overloaded", "code": 502}}',
    "broken_off": b'{"choices": [{"message": {"content": "x"}, "finish_reason": "error"}]}',
    "echoed_key": f'{{"error": {{"message": "key {CANARY} was slow"}}}}'.encode(),
}
STATUSES = {f"status_{status}": status for status in (408, 409, 425, 429, 500, 502, 503, 529)}
PASSING = (
    *_FALSE_BODIES, *STATUSES, "status_429", "status_429", "hang", "slow_body", "cut", "reset", "huge",
    "usage_missing",
)  # fmt: skip
UNREACHABLE = ("refused", "unknown_host")
FINAL = ("status_401", "status_402", "quota", "redirect", "tls")
NO_CONNECTION: dict[str, OSError] = {
    "refused": ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused"),
    "unknown_host": socket.gaierror(socket.EAI_NONAME, "Name or service not known"),
    "tls": ssl.SSLCertVerificationError(1, "certificate verify failed"),
}
"""Faults that hit a new connection, and leave calls alone that go over an old one."""


def answer_to(kind: str | None, data: bytes, endpoint: Endpoint) -> Answer:
    """What comes back to a completion's body under a fault, or without one."""
    if kind in STATUSES:
        headers = {"Retry-After": _wishes(endpoint)} if endpoint.rng.random() < 0.6 else {}
        return _error(STATUSES[kind], f"busy, {endpoint.key}", **headers)
    if kind in _FALSE_BODIES:
        return Answer(200, _FALSE_BODIES[kind].replace(CANARY.encode(), endpoint.key.encode()))
    if kind in ("status_401", "status_402"):
        return _error(int(kind[-3:]), f"wrong key {endpoint.key}")
    if kind == "quota":
        return _error(429, "You exceeded your current quota (insufficient_quota)")
    if kind == "redirect":
        return Answer(307, b"", {"Location": f"http://elsewhere.test/?key={endpoint.key}"})
    status, body = reply(orjson.loads(data))
    if kind == "usage_missing" and status == 200:
        body = orjson.dumps({"choices": orjson.loads(body)["choices"]})
    delays = {"hang": (_NEVER, 0.0), "slow_body": (0.0, _NEVER), "huge": (0.0, 0.0)}
    delay, stall = delays.get(kind or "", (0.0, 0.0))
    headers = {"Content-Length": str(10**9)} if kind == "huge" else {}
    whole = kind in (None, "usage_missing", *NO_CONNECTION)
    return Answer(status, body, headers, delay, stall, cut=kind in ("cut", "reset"), reset=kind == "reset", true=whole)
