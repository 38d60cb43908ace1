"""The lines of a batch's files: requests going out, results coming back in any order. Pure but for the reading.

Formats after OpenAI's Batch API reference: https://platform.openai.com/docs/api-reference/batch
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson

from generation_functions.errors import TransientError
from generation_functions.models.address import Address
from generation_functions.models.answer import read_completion
from generation_functions.models.endpoint import MOST_ANSWER_BYTES, body_of
from generation_functions.models.exchange import Completion, Messages, Request
from generation_functions.models.fault import BadAnswer, Complaint, complaint_in, fault_of_answer, read_complaint

_NOT_DONE: Final = frozenset({"batch_expired", "batch_cancelled"})
_STATUS_OF_CODE: Final = (("quota", 429), ("rate_limit", 429), ("invalid_request", 400), ("authentication", 401))


def line_of(key: str, request: Request, model: str, path: str, *, chat: bool) -> bytes:
    """One line of a batch's input file. `path` is the operation's, such as `/v1/chat/completions`."""
    body = body_of(request, model, chat=chat)
    return b'{"custom_id":"%b","method":"POST","url":"%b","body":%b}\n' % (key.encode(), path.encode(), body)


def write_lines(file: Path, lines: Iterable[bytes]) -> None:
    """Write an input file."""
    with file.open("wb") as out:
        out.writelines(lines)


@dataclass(frozen=True, slots=True)
class Result:
    """What a line of an output or error file says of one request: a status and a body, or why there is none."""

    key: str
    status: int = 0
    body: bytes = b""
    complaint: Complaint | None = None


def read_results(file: Path, *, longest: int = MOST_ANSWER_BYTES) -> Iterator[Result | None]:
    """The results in a file, line by line; None for a line that is none. A line too long is not held in memory."""
    with file.open("rb") as lines:
        while line := lines.readline(longest):
            if not line.endswith(b"\n") and len(line) == longest:
                while (rest := lines.readline(longest)) and not rest.endswith(b"\n"):
                    pass
                yield None
            elif line.strip():
                yield read_result(line)


def read_result(line: bytes) -> Result | None:
    """The result that a line holds, or None."""
    try:
        parsed = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(parsed, dict) or not isinstance(parsed.get("custom_id"), str):
        return None
    key, response = parsed["custom_id"], parsed.get("response")
    if isinstance(response, dict) and isinstance(response.get("status_code"), int):
        return Result(key, response["status_code"], _bytes_of(response.get("body")))
    if parsed.get("error"):
        return Result(key, complaint=complaint_in(parsed))
    return None


def _bytes_of(body: Any) -> bytes:
    return b"" if body is None else orjson.dumps(body)


def completion_of(address: Address, result: Result, prompt: Messages | str) -> Completion:
    """The completion in a result. Raises an `EndpointError` of its kind where there is none."""
    complaint = result.complaint
    if complaint is not None:
        if any(code in complaint.codes for code in _NOT_DONE):
            raise TransientError(f"{address.name}: the batch ended before its turn ({address.quote(complaint.said)})")
        status = complaint.status or next((s for word, s in _STATUS_OF_CODE if word in complaint.codes), 500)
        raise fault_of_answer(address, status, complaint)
    if result.status != 200:
        raise fault_of_answer(address, result.status, read_complaint(result.body))
    return read_completion(address, result.body, prompt, 0.0)


def no_line(address: Address, status: str) -> TransientError:
    """The fault of a request that no line of an ended batch answers."""
    if status == "completed":
        return BadAnswer(f"{address.name}: the batch's files hold no readable answer to this request")
    return TransientError(f"{address.name}: the batch was {status} before this request had its turn")
