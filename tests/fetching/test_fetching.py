"""Fetching once and politely, against a server in this process."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from generation.core_components.fetching import Fetcher, Missing
from generation_functions.errors import ConfigError, MillraceError
from tests.fetching.web_server import WebServer, serving


class Time:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now, self.slept = 0.0, list[float]()

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def clock(self) -> float:
        return self.now


def fetcher(folder: Path, time: Time, **settings: Any) -> Fetcher:
    return Fetcher(folder, sleep=time.sleep, clock=time.clock, **settings)


async def test_a_file_is_fetched_once(tmp_path: Path) -> None:
    time = Time()
    with serving(WebServer({"/a.txt": b"one"})) as server:
        for _ in range(2):
            async with fetcher(tmp_path, time, contact="me@example.org") as web:
                path = await web.get(f"{server.address}/a.txt", "deep/a.txt")
                assert path.read_bytes() == b"one"
        assert server.asked == ["/robots.txt", "/a.txt"]
        assert server.headers[-1]["User-Agent"] == "Millrace (me@example.org)"


async def test_pauses_stand_between_requests_and_robots_may_ask_for_longer(tmp_path: Path) -> None:
    time = Time()
    files = {"/robots.txt": b"User-agent: *\nCrawl-delay: 7\n", "/a": b"a", "/b": b"b"}
    with serving(WebServer(files)) as server:
        async with fetcher(tmp_path, time, pause_s=2) as web:
            for name in ("a", "b"):
                await web.get(f"{server.address}/{name}", name)
    assert time.slept == [7, 7]


async def test_what_robots_forbid_is_not_fetched(tmp_path: Path) -> None:
    with serving(WebServer({"/robots.txt": b"User-agent: *\nDisallow: /books/\n", "/books/1": b"x"})) as server:
        async with fetcher(tmp_path, Time()) as web:
            with pytest.raises(ConfigError, match="does not allow"):
                await web.get(f"{server.address}/books/1", "1")
        assert server.of("/books/1") == 0


async def test_passing_trouble_is_tried_again_as_the_server_wishes(tmp_path: Path) -> None:
    time = Time()
    with serving(WebServer({"/a": b"a"}, {"/a": [(503, {}), (429, {"Retry-After": "30"})]})) as server:
        async with fetcher(tmp_path, time, robots=False) as web:
            assert (await web.get(f"{server.address}/a", "a")).read_bytes() == b"a"
        assert server.of("/a") == 3
    assert time.slept == [1.0, 30.0]


async def test_a_body_that_is_cut_is_no_file(tmp_path: Path) -> None:
    cut = (200, {"Content-Length": "1000"})
    with serving(WebServer({"/a": b"a"}, {"/a": [cut]})) as server:
        async with fetcher(tmp_path, Time(), robots=False) as web:
            assert (await web.get(f"{server.address}/a", "a")).read_bytes() == b"a"
        assert server.of("/a") == 2


@pytest.mark.parametrize(
    ("status", "headers", "error", "says"),
    [
        (404, {}, Missing, "is not there"),
        (403, {}, MillraceError, "answered 403"),
        (302, {"Location": "http://elsewhere.example/"}, MillraceError, "answered 302"),
    ],
)
async def test_lasting_trouble_is_told_at_once(
    tmp_path: Path, status: int, headers: dict[str, str], error: type[Exception], says: str
) -> None:
    with serving(WebServer({"/a": b"a"}, {"/a": [(status, headers)]})) as server:
        async with fetcher(tmp_path, Time()) as web:
            with pytest.raises(error, match=says):
                await web.get(f"{server.address}/a", "a")
        assert server.of("/a") == 1
    assert not (tmp_path / "a").exists()


async def test_trouble_that_does_not_pass_ends_after_a_few_tries(tmp_path: Path) -> None:
    with serving(WebServer({}, {"/a": [(500, {})] * 9})) as server:
        async with fetcher(tmp_path, Time(), robots=False, tries=3) as web:
            with pytest.raises(MillraceError, match="it answered 500"):
                await web.get(f"{server.address}/a", "a")
        assert server.of("/a") == 3


@pytest.mark.parametrize("address", ["http://nowhere.invalid", "http://127.0.0.1:1"])
async def test_a_server_that_cannot_be_reached_is_told_at_once(tmp_path: Path, address: str) -> None:
    time = Time()
    async with fetcher(tmp_path, time) as web:
        with pytest.raises(MillraceError, match="cannot be reached") as told:
            await web.get(f"{address}/a", "a")
    assert "online" in str(told.value.hint)
    assert time.slept == []


async def test_a_server_that_was_reached_before_is_tried_again(tmp_path: Path) -> None:
    time = Time()
    with serving(WebServer({"/a": b"a"})) as server:
        web = fetcher(tmp_path, time, robots=False, tries=3)
        await web.__aenter__()
        await web.get(f"{server.address}/a", "a")
    with pytest.raises(MillraceError, match="could not be fetched"):
        await web.get(f"{server.address}/b", "b")
    await web.__aexit__(None, None, None)
    assert time.slept == [1.0, 2.0]


async def test_too_large_a_file_is_refused(tmp_path: Path) -> None:
    with serving(WebServer({"/a": b"x" * 2_000_000})) as server:
        async with fetcher(tmp_path, Time(), robots=False, largest_mb=1) as web:
            with pytest.raises(MillraceError, match="larger than 1 MiB"):
                await web.get(f"{server.address}/a", "a")
    assert not (tmp_path / "a").exists()


async def test_an_address_of_another_kind_is_a_mistake(tmp_path: Path) -> None:
    async with fetcher(tmp_path, Time()) as web:
        with pytest.raises(ConfigError, match="no address of the web"):
            await web.get("file:///etc/passwd", "a")
