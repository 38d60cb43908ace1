"""The Files and Batches endpoints of the fake: files in memory, batches that are done after a while."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from aiohttp import BodyPartReader, web

from tests.fake_endpoint.faults import Fault

Answering = Callable[[dict[str, Any], int], tuple[int, dict[str, Any] | None]]
"""From a request's body and number to the status and body of its answer; no body for a request that has no turn."""

ENDPOINTS = ("/v1/chat/completions", "/v1/completions")


@dataclass
class FakeBatch:
    """One batch and what will come of it. `ends` is the time of its end on the monotonic clock."""

    id: str
    input_file: str
    body: dict[str, Any]
    lines: list[dict[str, Any]]
    created: float
    ends: float
    status: str = "in_progress"
    output_file: str | None = None
    error_file: str | None = None
    errors: list[dict[str, Any]] = field(default_factory=list)
    completed: int = 0
    failed: int = 0

    def shown(self) -> dict[str, Any]:
        """As OpenAI words it."""
        at = int(self.created)
        over = self.status in ("completed", "expired", "failed", "cancelled")
        return {
            "id": self.id, "object": "batch", "endpoint": self.body["endpoint"], "model": None,
            "errors": {"object": "list", "data": self.errors} if self.errors else None,
            "input_file_id": self.input_file, "completion_window": self.body["completion_window"],
            "status": self.status, "output_file_id": self.output_file, "error_file_id": self.error_file,
            "created_at": at, "in_progress_at": at, "expires_at": at + 86_400, "finalizing_at": None,
            "completed_at": at if over else None, "failed_at": None, "expired_at": None, "cancelling_at": None,
            "cancelled_at": None, "metadata": self.body.get("metadata"), "usage": None,
            "request_counts": {"total": len(self.lines), "completed": self.completed, "failed": self.failed},
        }  # fmt: skip


@dataclass
class FakeBatches:
    """What the Batch API does here, and what it has seen.

    answering  from a request's body to its answer
    takes_s    seconds until a batch is done
    plan       by name of a stage, the faults of its first calls: files, batches, list, get, content
    pauses     by name of a stage, seconds it waits the first time, once it is logged: file_asked, file_kept,
               batch_asked, batch_made, content_asked, content_sent
    endings    how the n-th batch ends, where not `completed`: a status, or a function of the batch
    edit       changes an output file before it is given out
    note       writes to the log
    """

    answering: Answering
    takes_s: float = 0.0
    plan: dict[str, list[Fault | None]] = field(default_factory=dict)
    pauses: dict[str, float] = field(default_factory=dict)
    endings: list[str | Callable[[FakeBatch], None] | None] = field(default_factory=list)
    edit: Callable[[bytes], bytes] | None = None
    note: Callable[..., None] = lambda **_: None
    page: int = 100
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    made: list[FakeBatch] = field(default_factory=list)
    looks: int = 0
    asked: list[str] = field(default_factory=list)
    _rng: Random = field(default_factory=lambda: Random(7))

    def add_routes(self, router: web.UrlDispatcher, guarded: Callable[[Any], Any]) -> None:
        """Put the operations where a client looks for them."""
        router.add_post("/v1/files", guarded(self._post_file))
        router.add_get("/v1/files/{id}/content", guarded(self._get_content))
        router.add_get("/v1/files/{id}", guarded(self._get_file))
        router.add_post("/v1/batches", guarded(self._post_batch))
        router.add_get("/v1/batches", guarded(self._list))
        router.add_get("/v1/batches/{id}", guarded(self._get_batch))

    # Files

    async def _post_file(self, request: web.Request) -> web.StreamResponse:
        await self._stage("file_asked")
        fields = await _form(request)
        if (fault := self._fault("files")) is not None:
            return _faulty(request, fault)
        if fields.get("purpose") != ("", b"batch") or "file" not in fields:
            return error(400, "a file and its purpose are needed")
        name, content = fields["file"]
        shown = self._keep(name, content)
        await self._stage("file_kept", id=shown["id"])
        return web.json_response(shown)

    def _keep(self, name: str, content: bytes) -> dict[str, Any]:
        id_ = f"file-{len(self.files)}"
        self.files[id_] = (name, content)
        return self._file(id_)

    def _file(self, id_: str) -> dict[str, Any]:
        name, content = self.files[id_]
        return {
            "id": id_, "object": "file", "bytes": len(content), "created_at": 0, "filename": name,
            "purpose": "batch", "status": "processed",
        }  # fmt: skip

    async def _get_file(self, request: web.Request) -> web.Response:
        id_ = request.match_info["id"]
        return web.json_response(self._file(id_)) if id_ in self.files else error(404, f"No such File object: {id_}")

    async def _get_content(self, request: web.Request) -> web.StreamResponse:
        id_ = request.match_info["id"]
        await self._stage("content_asked", id=id_)
        if (fault := self._fault("content")) is not None:
            return _faulty(request, fault)
        if id_ not in self.files:
            return error(404, f"No such File object: {id_}")
        content = self.files[id_][1]
        response = web.Response(body=self.edit(content) if self.edit else content)
        await self._stage("content_sent", id=id_)
        return response

    # Batches

    async def _post_batch(self, request: web.Request) -> web.StreamResponse:
        body = json.loads(await request.read())
        await self._stage("batch_asked")
        fault = self._fault("batches")
        if fault is not None and fault.cut is None:
            return _faulty(request, fault)
        if (problem := self._problem(body)) is not None:
            return error(400, problem)
        batch = self._make(body)
        await self._stage("batch_made", id=batch.id, asked=[line["custom_id"] for line in batch.lines])
        if fault is not None:  # the caller never hears of it
            return _faulty(request, fault)
        return web.json_response(batch.shown())

    def _problem(self, body: dict[str, Any]) -> str | None:
        if body.get("input_file_id") not in self.files:
            return f"Invalid input_file_id: {body.get('input_file_id')}"
        if body.get("endpoint") not in ENDPOINTS:
            return f"Invalid endpoint: {body.get('endpoint')}"
        return None if body.get("completion_window") == "24h" else "Invalid completion_window"

    def _make(self, body: Mapping[str, Any]) -> FakeBatch:
        lines = [json.loads(line) for line in self.files[body["input_file_id"]][1].splitlines()]
        id_, now = f"batch_{len(self.made)}", time.monotonic()
        batch = FakeBatch(id_, body["input_file_id"], dict(body), lines, time.time(), now + self.takes_s)
        self.made.append(batch)
        self._validate(batch)
        if batch.status == "in_progress":
            self.asked += [line["custom_id"] for line in lines]
        return batch

    def _validate(self, batch: FakeBatch) -> None:
        ids = [line.get("custom_id") for line in batch.lines]
        right = all(
            isinstance(line.get("custom_id"), str) and line.get("method") == "POST"
            and isinstance(line.get("body"), dict) and line.get("url") == batch.body["endpoint"] for line in batch.lines
        )  # fmt: skip
        if not batch.lines or not right or len(set(ids)) != len(ids):
            batch.status = "failed"
            batch.errors = [{"code": "invalid_request", "message": "a line is not right", "line": None, "param": None}]
            return
        number = len(self.made) - 1
        ending = self.endings[number] if number < len(self.endings) else None
        if callable(ending):
            ending(batch)

    async def _get_batch(self, request: web.Request) -> web.StreamResponse:
        self.looks += 1
        if (fault := self._fault("get")) is not None:
            return _faulty(request, fault)
        found = next((batch for batch in self.made if batch.id == request.match_info["id"]), None)
        if found is None:
            return error(404, f"No batch found with id '{request.match_info['id']}'.")
        self._move_on(found)
        await self._stage("looked", id=found.id, status=found.status)
        return web.json_response(found.shown())

    async def _list(self, request: web.Request) -> web.StreamResponse:
        self.note(event="listed")
        if (fault := self._fault("list")) is not None:
            return _faulty(request, fault)
        limit = min(int(request.query.get("limit", 20)), self.page)
        newest = list(reversed(self.made))
        after = request.query.get("after")
        start = next((n + 1 for n, batch in enumerate(newest) if batch.id == after), 0)
        shown = [batch.shown() for batch in newest[start : start + limit]]
        return web.json_response(
            {"object": "list", "data": shown, "has_more": start + limit < len(newest),
             "first_id": shown[0]["id"] if shown else None, "last_id": shown[-1]["id"] if shown else None}
        )  # fmt: skip

    def _move_on(self, batch: FakeBatch) -> None:
        if batch.status != "in_progress" or time.monotonic() < batch.ends:
            return
        number = self.made.index(batch)
        ending = self.endings[number] if number < len(self.endings) else None
        batch.status = ending if isinstance(ending, str) else "completed"
        self._answer_all(batch)

    def _answer_all(self, batch: FakeBatch) -> None:
        good, bad = [], []
        first = sum(len(other.lines) for other in self.made[: self.made.index(batch)])
        for number, line in enumerate(batch.lines):
            status, body = self.answering(line["body"], first + number)
            answer = {"id": f"batch_req_{first + number}", "custom_id": line["custom_id"]}
            if body is None or (batch.status == "expired" and number % 2):
                code = "batch_expired"
                bad.append({**answer, "response": None, "error": {"code": code, "message": "had no turn in time"}})
                continue
            response = {"status_code": status, "request_id": f"req_{number}", "body": body}
            (good if status == 200 else bad).append({**answer, "response": response, "error": None})
        self._rng.shuffle(good)
        batch.completed, batch.failed = len(good), len(bad)
        batch.output_file = self._results(batch, "output", good) if good else None
        batch.error_file = self._results(batch, "error", bad) if bad else None

    def _results(self, batch: FakeBatch, kind: str, lines: list[dict[str, Any]]) -> str:
        content = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
        return str(self._keep(f"{batch.id}_{kind}.jsonl", content)["id"])

    # Faults

    def _fault(self, stage: str) -> Fault | None:
        planned = self.plan.get(stage)
        return planned.pop(0) if planned else None

    async def _stage(self, event: str, **facts: Any) -> None:
        self.note(event=event, **facts)
        if (pause := self.pauses.pop(event, None)) is not None:
            await asyncio.sleep(pause)


async def _form(request: web.Request) -> dict[str, tuple[str, bytes]]:
    found = {}
    async for part in await request.multipart():
        assert isinstance(part, BodyPartReader)
        found[part.name or ""] = (part.filename or "", bytes(await part.read()))
    return found


def error(status: int, message: str, code: str | None = None) -> web.Response:
    """An error in OpenAI's form."""
    body = {"message": message, "type": "invalid_request_error", "param": None, "code": code}
    return web.json_response({"error": body}, status=status)


def _faulty(request: web.Request, fault: Fault) -> web.Response:
    if fault.cut is not None and request.transport is not None:
        request.transport.close()
    headers = {**fault.headers, "Content-Type": fault.content_type}
    return web.Response(status=fault.status, body=fault.payload({}), headers=headers)
