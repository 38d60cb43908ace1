"""What a fake endpoint does wrong, one value a call."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self, TypeAlias

Completion: TypeAlias = dict[str, Any]


@dataclass(frozen=True)
class Fault:
    """How one call goes wrong.

    body    sent instead of the completion: text or bytes as they are, anything else as JSON.
    edit    changes the completion instead.
    delay   seconds before the answer, beside the endpoint's latency.
    hang    never answers.
    cut     sends so many bytes of the body and then drops the connection; 0 drops it before the head of the answer.
    """

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/json"
    edit: Callable[[Completion], Completion | None] | None = None
    delay: float = 0.0
    hang: bool = False
    cut: int | None = None

    @classmethod
    def error(cls, status: int, message: str = "fake fault", *, code: str | None = None, **headers: str) -> Self:
        """An error in OpenAI's form. `Retry_After="1"` becomes the header `Retry-After`."""
        body = {"error": {"message": message, "type": "fake_error", "param": None, "code": code}}
        return cls(status, body, {name.replace("_", "-"): value for name, value in headers.items()})

    @classmethod
    def redirect(cls, to: str, status: int = 307) -> Self:
        return cls(status, "", {"Location": to})

    @classmethod
    def garbage(
        cls, body: str | bytes = "<html>not what you asked for</html>", content_type: str = "text/html"
    ) -> Self:
        return cls(200, body, content_type=content_type)

    @classmethod
    def huge(cls, size: int) -> Self:
        """A body of so many bytes that never becomes an answer."""
        return cls(200, b'{"choices": "' + b"x" * size)

    @classmethod
    def edited(cls, **message: Any) -> Self:
        """The message with other fields; `finish_reason` goes to the choice."""
        return cls(edit=lambda completion: _edited(completion, message))

    @classmethod
    def without(cls, name: str) -> Self:
        """The completion without one of its top fields."""
        return cls(edit=lambda completion: {key: value for key, value in completion.items() if key != name})

    def payload(self, completion: Completion) -> bytes:
        """The body that is sent."""
        if self.edit is not None:
            changed = self.edit(completion)
            return json.dumps(completion if changed is None else changed).encode()
        body = completion if self.body is None else self.body
        if isinstance(body, bytes):
            return body
        return body.encode() if isinstance(body, str) else json.dumps(body).encode()


def _edited(completion: Completion, message: Mapping[str, Any]) -> None:
    fields = dict(message)
    choice = completion["choices"][0]
    if "finish_reason" in fields:
        choice["finish_reason"] = fields.pop("finish_reason")
    choice["message"].update(fields)


Plan: TypeAlias = Callable[[int, dict[str, Any]], Fault | None] | Sequence[Fault | None]
"""The fault of the n-th call (from 0): a list, after whose end all goes well, or a function of number and body."""


def fault_for(plan: Plan, number: int, body: dict[str, Any]) -> Fault | None:
    if callable(plan):
        return plan(number, body)
    return plan[number] if number < len(plan) else None
