"""The simulated Batch API: files and batches that outlive the process that asked for them.

What becomes of each request is drawn when its batch is made. A request with a good answer has been paid: it must never
be asked again, whatever happens to the run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

import orjson

from tests.simulation.answers import question_of, reply
from tests.simulation.endpoint import Answer, Call, Endpoint, Storm

_LINE_FAULTS = ("error", "expired", "missing", "garbled", "foreign", "twice")


@dataclass
class Job:
    """One batch. `fates` says by line what goes wrong with it, None where nothing does."""

    id: str
    name: str
    lines: list[dict[str, Any]]
    fates: list[str | None]
    created: float
    ends: float
    status: str
    calls: list[Call] = field(default_factory=list)
    output: str = ""

    @property
    def answered(self) -> list[dict[str, Any]]:
        """The lines with a good answer."""
        pairs = zip(self.lines, self.fates, strict=True)
        return [line for line, fate in pairs if fate in (None, "twice") and reply(line["body"])[0] == 200]


@dataclass
class BatchHouse:
    """Files and batches. `clock` is the time of the attempt, `passed` that of those before; `rng` draws all fates."""

    rng: Random
    storms: tuple[Storm, ...] = ()
    clock: Callable[[], float] = lambda: 0.0
    passed: float = 0.0
    files: dict[str, bytes] = field(default_factory=dict)
    jobs: list[Job] = field(default_factory=list)
    waiting_files: dict[str, int] = field(default_factory=dict)
    _spoilt: set[str] = field(default_factory=set)

    @property
    def now(self) -> float:
        """Seconds since the first attempt began."""
        return self.passed + self.clock()

    def paid_again(self) -> Iterator[str]:
        """Requests that got a good answer more than once."""
        counted = Counter(orjson.dumps(line["body"]) for job in self.jobs for line in job.answered)
        yield from (f"paid {count} times: {body[-90:]!r}" for body, count in counted.items() if count > 1)

    def upload(self, content: bytes) -> Answer:
        """Take a file in."""
        name = f"file-{len(self.files)}"
        self.files[name] = content
        self.waiting_files[name] = content.count(b"\n")
        return _shown({"id": name})

    def create(self, wish: dict[str, Any], endpoint: Endpoint) -> Answer:
        """Make a batch of a file."""
        rng, content = self.rng, self.files[wish["input_file_id"]]
        self.waiting_files.pop(wish["input_file_id"], None)
        lines = [orjson.loads(line) for line in content.splitlines()]
        stormy = any(storm.hits(endpoint.site) for storm in self.storms)
        status = rng.choice(("crowded", "expired", "cancelled", *["completed"] * 5)) if stormy else "completed"
        if status == "crowded" and len(lines) == 1:
            status = "completed"
        gone = {"completed": 0.0, "crowded": 1.0}.get(status, 0.5)
        fates = [self._fate(gone, 0.2 if stormy else 0.0) for _ in lines]
        takes = rng.choice((0.0, 10.0, 100.0, 600.0))
        job = Job(
            f"batch-{len(self.jobs)}", wish["metadata"]["millrace_batch"], lines, fates, self.now, self.now + takes,
            status,
        )  # fmt: skip
        self.jobs.append(job)
        for line in lines:
            body = orjson.dumps(line["body"])
            endpoint.calls.append(Call(endpoint.attempt, len(endpoint.calls), question_of(line["body"]), body))
        return self.shown(job)

    def _fate(self, gone: float, wrong: float) -> str | None:
        if self.rng.random() < gone:
            return "expired"
        return self.rng.choice(_LINE_FAULTS) if self.rng.random() < wrong else None

    def look(self, name: str) -> Answer:
        """How a batch stands."""
        return self.shown(next(job for job in self.jobs if job.id == name))

    def listed(self) -> Answer:
        """All batches, the newest first."""
        return _shown({"data": [self._json(job) for job in reversed(self.jobs)], "has_more": False})

    def content(self, name: str) -> Answer:
        """A file; in bad weather it may be spoilt the first time."""
        body = self.files[name]
        if self.storms and name not in self._spoilt and self.rng.random() < 0.2:
            self._spoilt.add(name)
            body = body[: len(body) // 2]
        return Answer(200, body)

    def shown(self, job: Job) -> Answer:
        """A batch as the endpoint words it."""
        return _shown(self._json(job))

    def _json(self, job: Job) -> dict[str, Any]:
        told: dict[str, Any] = {
            "id": job.id, "metadata": {"millrace_batch": job.name}, "created_at": int(1.7e9 + job.created),
            "status": "in_progress",
        }  # fmt: skip
        if self.now < job.ends:
            return told
        if job.status == "crowded":
            crowded = {"code": "token_limit_exceeded", "message": "Enqueued token limit reached", "line": None}
            return {**told, "status": "failed", "errors": {"data": [crowded]}}
        if not job.output:
            job.output = f"{job.id}-output"
            self.files[job.output] = self._results(job)
        counts = {"completed": len(job.answered)}
        return {**told, "status": job.status, "output_file_id": job.output, "request_counts": counts}

    def _results(self, job: Job) -> bytes:
        lines = [
            each for line, fate in zip(job.lines, job.fates, strict=True) for each in self._result(line, fate)
        ]  # fmt: skip
        self.rng.shuffle(lines)
        return b"".join(line + b"\n" for line in lines)

    def _result(self, line: dict[str, Any], fate: str | None) -> Iterator[bytes]:
        status, body = reply(line["body"])
        answer = {"custom_id": line["custom_id"], "response": {"status_code": status, "body": orjson.loads(body)}}
        if fate == "expired":
            yield orjson.dumps({"custom_id": line["custom_id"], "error": {"code": "batch_expired", "message": "late"}})
        elif fate == "error":
            broken = {"status_code": 500, "body": {"error": {"message": "broken"}}}
            yield orjson.dumps({"custom_id": line["custom_id"], "response": broken})
        elif fate == "garbled":
            yield orjson.dumps(answer)[:-9]
        elif fate == "foreign":
            yield orjson.dumps({**answer, "custom_id": f"x{line['custom_id']}"})
        elif fate != "missing":
            yield orjson.dumps(answer)
            if fate == "twice":
                yield orjson.dumps(answer)


def _shown(told: dict[str, Any]) -> Answer:
    return Answer(200, orjson.dumps(told))
