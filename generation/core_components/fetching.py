"""Files fetched from a web server, politely and once: one at a time, with pauses, by the server's robots.txt.

A file that is there is not fetched again. It is there when it is whole: it is written beside its place and then moved.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

from generation_functions import MillraceError
from generation_functions.errors import ConfigError
from generation_functions.models.retry import retry_after

if TYPE_CHECKING:
    from aiohttp import ClientConnectorError, ClientResponse, ClientSession

AGENT = "Millrace"
MEBIBYTE = 1024 * 1024
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
_LONGEST_WAIT_S = 300.0
_PIECE = 256 * 1024


class Missing(MillraceError):
    """The server has no such file."""


@dataclass
class Fetcher:
    """Fetches files into a folder. Use it as `async with Fetcher(folder) as fetcher: await fetcher.get(url, name)`.

    pause_s     least time between two requests, in seconds; a `Crawl-delay` of the server's robots.txt may ask for more
    robots      whether robots.txt is asked and obeyed, and other hosts are not followed to
    contact     an address that the server's keepers can write to; goes into the user agent
    largest_mb  largest file, in MiB
    token       sent as a bearer token, to the first host only; stands in no message
    """

    folder: Path
    pause_s: float = 0.0
    robots: bool = True
    contact: str = ""
    largest_mb: int = 64
    token: str = field(default="", repr=False)
    tries: int = 5
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    clock: Callable[[], float] = time.monotonic
    _session: ClientSession | None = None
    _rules: dict[str, RobotFileParser] = field(default_factory=dict)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _last: float | None = None
    _reached: bool = False
    _offline: MillraceError | None = None

    async def __aenter__(self) -> Fetcher:
        from aiohttp import ClientSession, ClientTimeout, DummyCookieJar

        agent = f"{AGENT} ({self.contact})" if self.contact else AGENT
        headers = {"User-Agent": agent, **({"Authorization": f"Bearer {self.token}"} if self.token else {})}
        timeout = ClientTimeout(total=None, sock_connect=15, sock_read=60)
        self._session = ClientSession(headers=headers, timeout=timeout, cookie_jar=DummyCookieJar())
        self.folder.mkdir(parents=True, exist_ok=True)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None:
        assert self._session is not None
        await self._session.close()

    async def get(self, url: str, name: str) -> Path:
        """The file of an address, under a name of the folder.

        Raises `Missing` where the server has none, `ConfigError` where its robots.txt forbids it, `MillraceError` where
        it cannot be had.
        """
        path = self.folder / name
        if path.exists():
            return path
        if urlsplit(url).scheme not in ("http", "https"):
            raise ConfigError(f"{url!r} is no address of the web", hint="it begins with https:// or http://")
        async with self._turn:
            if self._offline is not None:
                raise self._offline
            if self.robots:
                await self._allowed(url)
            path.parent.mkdir(parents=True, exist_ok=True)
            await self._fetch(url, path)
        return path

    async def _allowed(self, url: str) -> None:
        place = "{0.scheme}://{0.netloc}".format(urlsplit(url))
        if place not in self._rules:
            self._rules[place] = await self._rules_of(place)
        rules = self._rules[place]
        if not rules.can_fetch(AGENT, url):
            raise ConfigError(
                f"the robots.txt of {place} does not allow {url}", hint="choose a mirror that welcomes programs"
            )
        self.pause_s = max(self.pause_s, float(rules.crawl_delay(AGENT) or 0))

    async def _rules_of(self, place: str) -> RobotFileParser:
        rules = RobotFileParser()
        path = self.folder / ".robots.txt"
        try:
            await self._fetch(f"{place}/robots.txt", path)
        except Missing:
            rules.parse([])
            return rules
        rules.parse(path.read_text(encoding="utf-8", errors="replace").splitlines())
        return rules

    async def _fetch(self, url: str, path: Path) -> None:
        from aiohttp import ClientConnectorError, ClientError

        for attempt in range(1, self.tries + 1):
            await self._pause()
            try:
                wait, problem = await self._try(url, path)
            except ClientConnectorError as exc:
                if not self._reached:  # it may be that there is no network at all: more tries would only take time
                    self._offline = _unreachable(url, exc)
                    raise self._offline from exc
                wait, problem = None, str(exc)
            except (ClientError, TimeoutError, ConnectionError) as exc:
                wait, problem = None, str(exc) or type(exc).__name__
            finally:
                self._last = self.clock()
            if problem is None:
                return
            if attempt < self.tries:
                await self.sleep(
                    min(_LONGEST_WAIT_S, wait if wait is not None else max(self.pause_s, 0.5) * 2**attempt)
                )
        raise MillraceError(
            f"{url} could not be fetched: {problem}", hint="run again: what is there is not fetched again"
        )

    async def _pause(self) -> None:
        left = self.pause_s - (self.clock() - self._last) if self._last is not None else 0.0
        if left > 0:
            await self.sleep(left)

    async def _try(self, url: str, path: Path) -> tuple[float | None, str | None]:
        """Fetch once. Gives how long to wait and what passing trouble there was; None where there was none."""
        assert self._session is not None
        async with self._session.get(url, allow_redirects=not self.robots) as answer:
            self._reached = True
            if answer.status in _PASSING:
                return retry_after(answer.headers, time.time()), f"it answered {answer.status}"
            if answer.status in (404, 410):
                raise Missing(f"{url} is not there ({answer.status})")
            if answer.status != 200:
                raise MillraceError(f"{url} answered {answer.status}", hint=_hint(answer))
            await self._save(answer, url, path)
        return None, None

    async def _save(self, answer: ClientResponse, url: str, path: Path) -> None:
        part, size = path.with_name(f".{path.name}.part"), 0
        with part.open("wb") as file:
            async for piece in answer.content.iter_chunked(_PIECE):
                size += len(piece)
                if size > self.largest_mb * MEBIBYTE:
                    raise MillraceError(f"{url} is larger than {self.largest_mb} MiB", hint="raise largest_mb")
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)


def _unreachable(url: str, exc: ClientConnectorError) -> MillraceError:
    why = exc.os_error.strerror or str(exc)
    return MillraceError(
        f"{urlsplit(url).netloc} cannot be reached: {why}",
        hint="is this machine online, and the address right? run again then: what is there is not fetched again",
    )


def _hint(answer: ClientResponse) -> str:
    if answer.status in (301, 302, 303, 307, 308):
        return (
            f"it has moved to {answer.headers.get('Location', 'another place')}: name that in the config if it is right"
        )
    return "a token may be missing or wrong" if answer.status in (401, 403) else "look the address up in a browser"
