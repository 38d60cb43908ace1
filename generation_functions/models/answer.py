"""Understand the body of a successful answer, and refuse to take for a completion what is none. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson

from generation_functions.errors import EndpointError, RequestRefused, TransientError
from generation_functions.models.address import Address
from generation_functions.models.exchange import Completion, Messages, Usage
from generation_functions.models.fault import BadAnswer, Complaint, EmptyAnswer, complaint_in, fault_of_answer
from generation_functions.models.thoughts import split_thoughts
from generation_functions.models.tokens import estimate_tokens, prompt_tokens

_LENGTH: Final = frozenset({"length", "max_tokens", "MAX_TOKENS", "model_length"})
_FILTERED: Final = frozenset({"content_filter", "SAFETY", "safety", "RECITATION", "PROHIBITED_CONTENT"})
_BROKEN_OFF: Final = frozenset({"error", "abort", "insufficient_system_resource"})
_SURROGATES: Final = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Said:
    """What one choice of an answer says, before it is judged."""

    text: str
    thoughts: str
    finish_reason: str


def read_completion(address: Address, body: bytes, prompt: Messages | str, seconds: float) -> Completion:
    """Make a completion of an answer's body.

    Raises `BadAnswer` for a malformed or empty one, `RequestRefused` for one cut at its length or by a filter, and what
    its own error means where a success carries an error.
    """
    parsed = read_object(address, body)
    said = _said(address, _first_choice(address, parsed))
    usage = _usage(parsed.get("usage"), prompt, said)
    try:
        _judge(address, said)
    except EndpointError as exc:
        exc.input_tokens, exc.output_tokens = usage.input_tokens, usage.output_tokens
        raise
    return Completion(said.text, said.thoughts, said.finish_reason, usage, seconds)


def read_object(address: Address, body: bytes) -> dict[str, Any]:
    """The JSON object of an answer's body. Raises `BadAnswer`, and what its own error means where it carries one."""
    parsed = _decoded(address, body)
    if parsed.get("error"):
        raise _fault_inside(address, parsed)
    return parsed


def _decoded(address: Address, body: bytes) -> dict[str, Any]:
    try:
        parsed = orjson.loads(body)
    except orjson.JSONDecodeError as exc:
        parsed = _leniently_decoded(address, body, exc)
    if not isinstance(parsed, dict):
        raise malformed(address, f"a JSON {type(parsed).__name__} where an object belongs")
    return parsed


def _leniently_decoded(address: Address, body: bytes, cause: orjson.JSONDecodeError) -> Any:
    """Lone surrogates, control characters and broken UTF-8 are no reason to lose an answer; broken JSON is."""
    try:
        return json.loads(body.decode("utf-8", "replace"), strict=False)
    except (ValueError, RecursionError):
        if body.lstrip().startswith((b"data:", b"event:")):
            raise RequestRefused(
                f"{address.name}: {address.base_url} streamed its answer", hint="remove `stream` from `extra_body`"
            ) from cause
        shown = address.quote(body[:200].decode("utf-8", "replace"))
        hint = "is that a web page? check `base_url`; it often ends in /v1" if shown.startswith("<") else None
        raise malformed(address, f"no JSON: {shown!r}" if shown else "an empty body", hint) from cause


def malformed(address: Address, what: str, hint: str | None = None) -> BadAnswer:
    """An answer that is none: `what` was found in it."""
    return BadAnswer(f"{address.name}: malformed answer from {address.base_url}: {what}", hint=hint)


def _fault_inside(address: Address, parsed: Mapping[str, Any]) -> EndpointError:
    complaint = complaint_in(parsed) or Complaint("")
    return fault_of_answer(address, complaint.status or _status_meant(complaint.said.lower()), complaint)


def _status_meant(said: str) -> int:
    """The status that an error without one stands for."""
    meanings = (
        ("rate_limit", 429),
        ("insufficient_quota", 429),
        ("authentication", 401),
        ("invalid_api_key", 401),
        ("model_not_found", 404),
        ("invalid_request", 400),
    )
    return next((status for word, status in meanings if word in said), 500)


def _first_choice(address: Address, parsed: Mapping[str, Any]) -> dict[str, Any]:
    choices = parsed.get("choices")
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        raise malformed(address, f"`choices` is {_shape(choices)}")
    choice: dict[str, Any] = choices[0]
    if choice.get("error"):
        raise _fault_inside(address, choice)
    return choice


def _said(address: Address, choice: Mapping[str, Any]) -> Said:
    message = choice.get("message")
    if message is None and "text" in choice:
        message = {"content": choice["text"]}
    if not isinstance(message, dict):
        raise malformed(address, f"`message` is {_shape(message)}")
    content = message.get("content")
    text, thoughts = split_thoughts(_clean(content if isinstance(content, str) else _joined(address, content)))
    reasoning = message.get("reasoning_content") or message.get("reasoning")
    if isinstance(reasoning, str):
        thoughts = "\n\n".join(filter(None, (_clean(reasoning).strip(), thoughts)))
    if not text and isinstance(message.get("refusal"), str) and message["refusal"]:
        raise RequestRefused(f"{address.name}: the model declined: {address.quote(message['refusal'])}")
    finish = choice.get("finish_reason")
    return Said(text, thoughts, finish if isinstance(finish, str) and finish else "stop")


def _joined(address: Address, content: Any) -> str:
    if content is None:
        return ""
    if not isinstance(content, list):
        raise malformed(address, f"`content` is {_shape(content)}")
    return "".join(_text_of_part(address, part) for part in content)


def _text_of_part(address: Address, part: Any) -> str:
    text = part.get("text", "") if isinstance(part, dict) else part
    if not isinstance(text, str):
        raise malformed(address, f"a part of `content` is {_shape(text)}")
    return text


def _shape(value: Any) -> str:
    if value is None:
        return "missing"
    return "empty" if value in ([], {}, "") else f"of type {type(value).__name__}"


def _clean(text: str) -> str:
    """Without what no file or database can hold. Everything visible, and direction marks, stay."""
    if "\x00" in text:
        text = text.replace("\x00", "")
    return text if text.isascii() or not _SURROGATES.search(text) else _SURROGATES.sub("\ufffd", text)


def _judge(address: Address, said: Said) -> None:
    finish = said.finish_reason
    if finish in _LENGTH:
        raise RequestRefused(
            f"{address.name}: the completion was cut off at its longest length ({_extent(said)} written)",
            hint="raise `max_tokens` of this model, or ask for less at once",
        )
    if finish in _FILTERED:
        raise RequestRefused(
            f"{address.name}: {address.base_url} filtered the completion (finish_reason {finish!r})",
            hint="the endpoint's own filter refused this text; another model may not",
        )
    if finish in _BROKEN_OFF:
        raise TransientError(f"{address.name}: {address.base_url} broke the completion off (finish_reason {finish!r})")
    if not said.text.strip():
        what = "only thoughts, no answer" if said.thoughts else "an empty text"
        raise EmptyAnswer(f"{address.name}: {address.base_url} answered with {what} (finish_reason {finish!r})")


def _extent(said: Said) -> str:
    if not said.text and said.thoughts:
        return f"about {estimate_tokens(said.thoughts)} tokens of thoughts and no answer"
    return f"about {estimate_tokens(said.text)} tokens"


def _usage(usage: Any, prompt: Messages | str, said: Said) -> Usage:
    if isinstance(usage, dict):
        read, written = usage.get("prompt_tokens"), usage.get("completion_tokens")
        if type(read) is int and type(written) is int and read >= 0 and written >= 0:
            return Usage(read, written)
    return Usage(prompt_tokens(prompt), estimate_tokens(said.text) + estimate_tokens(said.thoughts), estimated=True)
