"""The Files and Batches endpoints of an OpenAI-compatible API, one call a method. Each raises an `EndpointError`."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import aiohttp
import orjson
from yarl import URL

from generation_functions.errors import EndpointError
from generation_functions.models.address import Address
from generation_functions.models.fault import BadAnswer, Complaint, fault_of_answer, fault_of_exception, read_complaint
from generation_functions.models.retry import retry_after
from generation_functions.models.timing import Timing

NAME_FIELD: Final = "millrace_batch"
"""The metadata field that holds the name we gave a batch."""

OVER: Final = frozenset({"completed", "failed", "expired", "cancelled"})
_MOST_JSON: Final = 64 * 2**20
_CHUNK: Final = 2**18
_PAGE: Final = 100
_CONNECT_S: Final = 30.0
_A_DAY_S: Final = 86_400.0


@dataclass(frozen=True, slots=True)
class Job:
    """A batch as the endpoint tells of it. `line` in a complaint counts from 1."""

    id: str
    status: str
    output_file: str = ""
    error_file: str = ""
    completed: int = 0
    complaints: tuple[tuple[int | None, Complaint], ...] = ()

    @property
    def over(self) -> bool:
        """Whether nothing more will come of it."""
        return self.status in OVER


class BatchApi:
    """Calls one endpoint's Files and Batches operations over a shared session."""

    def __init__(self, address: Address, *, session: aiohttp.ClientSession, timing: Timing, timeout_s: float) -> None:
        self.address = address
        self._session = session
        self._timing = timing
        self._timeout_s = timeout_s
        self._brief = aiohttp.ClientTimeout(total=timeout_s, sock_connect=min(_CONNECT_S, timeout_s))
        # A file of 200 MB may take long on a slow line: only standing still is a fault.
        self._long = aiohttp.ClientTimeout(total=None, sock_connect=min(_CONNECT_S, timeout_s), sock_read=timeout_s)

    async def upload(self, file: Path) -> str:
        """Upload an input file; gives the endpoint's name of it."""
        with await asyncio.to_thread(file.open, "rb") as content:
            form = aiohttp.FormData()
            form.add_field("purpose", "batch")
            form.add_field("file", content, filename=file.name, content_type="application/jsonl")
            found = await self._json("POST", self.address.url("files"), data=form, limits=self._long)
        return self._id_in(found)

    async def create(self, file_id: str, name: str, path: str, window: str) -> Job:
        """Submit a batch."""
        body = {
            "input_file_id": file_id, "endpoint": path, "completion_window": window, "metadata": {NAME_FIELD: name},
        }  # fmt: skip
        return self._job(await self._json("POST", self.address.url("batches"), data=orjson.dumps(body)))

    async def get(self, batch_id: str) -> Job:
        """How a batch stands."""
        return self._job(await self._json("GET", self.address.url(f"batches/{batch_id}")))

    async def find(self, name: str, since: float) -> Job | None:
        """The batch that we gave this name, if the endpoint has it. `since` is the Unix time it was sent at."""
        after = ""
        while True:
            query = urlencode({"limit": _PAGE, **({"after": after} if after else {})})
            url = self.address.url("batches")
            found = await self._json("GET", f"{url}{'&' if '?' in url else '?'}{query}")
            listed = found.get("data")
            if not isinstance(listed, list):
                raise self._malformed("a list of batches without `data`")
            for item in listed:
                if isinstance(item, dict) and (item.get("metadata") or {}).get(NAME_FIELD) == name:
                    return self._job(item)
            last = listed[-1] if listed and isinstance(listed[-1], dict) else {}
            # Newest first. A day's grace, since the endpoint's clock and ours may differ.
            too_old = isinstance(last.get("created_at"), int) and last["created_at"] < since - _A_DAY_S
            if not found.get("has_more") or too_old or not isinstance(last.get("id"), str) or last["id"] == after:
                return None
            after = last["id"]

    async def download(self, file_id: str, to: Path) -> None:
        """Fetch a file's content to disk."""
        url = URL(self.address.url(f"files/{file_id}/content"))
        try:
            async with self._session.get(
                url, headers=self._headers(), timeout=self._long, allow_redirects=False
            ) as response:
                if response.status != 200:
                    raise self._fault(response.status, response.headers, await response.content.read(_CHUNK))
                with await asyncio.to_thread(to.open, "wb") as out:
                    async for chunk in response.content.iter_chunked(_CHUNK):
                        out.write(chunk)
        except (aiohttp.ClientError, TimeoutError, ConnectionError, ValueError) as exc:
            raise fault_of_exception(self.address, exc, self._timeout_s) from exc

    async def _json(
        self, method: str, url: str, *, data: Any = None, limits: aiohttp.ClientTimeout | None = None
    ) -> dict[str, Any]:
        headers = self._headers(with_type=isinstance(data, bytes))
        try:
            async with self._session.request(
                method, URL(url), data=data, headers=headers, timeout=limits or self._brief, allow_redirects=False
            ) as response:
                status, body = response.status, await response.content.read(_MOST_JSON)
                while not response.content.at_eof() and len(body) < _MOST_JSON:
                    body += await response.content.read(_MOST_JSON)
        except (aiohttp.ClientError, TimeoutError, ConnectionError, ValueError) as exc:
            raise fault_of_exception(self.address, exc, self._timeout_s) from exc
        if status not in (200, 201):
            raise self._fault(status, response.headers, body)
        return self._object(body)

    def _headers(self, *, with_type: bool = False) -> dict[str, str]:
        headers = self.address.headers()
        if not with_type:
            del headers["Content-Type"]  # aiohttp writes a form's own
        return headers

    def _object(self, body: bytes) -> dict[str, Any]:
        try:
            parsed = orjson.loads(body)
        except orjson.JSONDecodeError as exc:
            raise self._malformed(f"no JSON: {self.address.quote(body[:200].decode('utf-8', 'replace'))!r}") from exc
        if not isinstance(parsed, dict):
            raise self._malformed(f"a JSON {type(parsed).__name__} where an object belongs")
        return parsed

    def _job(self, found: Mapping[str, Any]) -> Job:
        counts = found.get("request_counts")
        completed = counts.get("completed") if isinstance(counts, dict) else 0
        return Job(
            self._id_in(found), str(found.get("status")), found.get("output_file_id") or "",
            found.get("error_file_id") or "", completed if isinstance(completed, int) else 0,
            _complaints(found.get("errors")),
        )  # fmt: skip

    def _id_in(self, found: Mapping[str, Any]) -> str:
        if not isinstance(found.get("id"), str) or not found["id"]:
            raise self._malformed("an object without `id`")
        return str(found["id"])

    def _malformed(self, what: str) -> BadAnswer:
        return BadAnswer(f"{self.address.name}: malformed answer from {self.address.base_url}: {what}")

    def _fault(self, status: int, headers: Mapping[str, str], body: bytes) -> EndpointError:
        wish = retry_after(headers, self._timing.wall())
        location = headers.get("Location") if 300 <= status < 400 else None
        return fault_of_answer(self.address, status, read_complaint(body), retry_after=wish, location=location)


def _complaints(errors: Any) -> tuple[tuple[int | None, Complaint], ...]:
    listed = errors.get("data") if isinstance(errors, dict) else errors
    if not isinstance(listed, list):
        return ()
    return tuple(
        (
            item["line"] if isinstance(item.get("line"), int) else None,
            Complaint(str(item.get("message") or ""), str(item.get("code") or "")),
        )
        for item in listed
        if isinstance(item, dict)
    )
