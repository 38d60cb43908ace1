"""Bodies of successful answers: what is a completion, and what only looks like one."""

from __future__ import annotations

import json
from typing import Any

import pytest

from generation_functions.errors import EndpointError, EndpointUnusable, RequestRefused, TransientError
from generation_functions.models import Completion, Usage
from generation_functions.models.address import Address
from generation_functions.models.answer import read_completion
from generation_functions.models.fault import BadAnswer, EmptyAnswer

PROMPT = [{"role": "user", "content": "Write a line about the sea."}]
USAGE = {"prompt_tokens": 11, "completion_tokens": 5}


def chat(content: Any = "The sea.", finish: Any = "stop", **message: Any) -> dict[str, Any]:
    return {"choices": [{"message": {"content": content, **message}, "finish_reason": finish}], "usage": USAGE}


def read(address: Address, body: Any) -> Completion:
    return read_completion(address, body if isinstance(body, bytes) else json.dumps(body).encode(), PROMPT, 1.5)


def test_a_completion_is_read(address: Address) -> None:
    assert read(address, chat()) == Completion("The sea.", "", "stop", Usage(11, 5), 1.5)


@pytest.mark.parametrize("finish", [None, "", "stop", "tool_calls", "eos", 3])
def test_any_harmless_finish_reason_will_do(address: Address, finish: Any) -> None:
    assert read(address, chat(finish=finish)).text == "The sea."


@pytest.mark.parametrize(
    ("message", "text", "thoughts"),
    [
        ({"content": "A", "reasoning_content": "B"}, "A", "B"),
        ({"content": "A", "reasoning": "B"}, "A", "B"),
        ({"content": "A", "reasoning_content": None}, "A", ""),
        ({"content": "<think>C</think>A", "reasoning_content": "B"}, "A", "B\n\nC"),
        ({"content": "B</think>A"}, "A", "B"),
        ({"content": [{"type": "text", "text": "A"}, {"type": "text", "text": "2"}]}, "A2", ""),
        ({"content": ["A", {"type": "image"}]}, "A", ""),
        ({"content": "A\x00B"}, "AB", ""),
        ({"content": "right\u202eleft\u2066 \u200f"}, "right\u202eleft\u2066 \u200f", ""),
    ],
)
def test_text_and_thoughts(address: Address, message: dict[str, Any], text: str, thoughts: str) -> None:
    completion = read(address, {"choices": [{"message": message}], "usage": USAGE})
    assert (completion.text, completion.thoughts) == (text, thoughts)


def test_a_plain_completion_has_its_text_in_the_choice(address: Address) -> None:
    assert read(address, {"choices": [{"text": "The sea.", "finish_reason": "stop"}]}).text == "The sea."


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (rb'{"choices": [{"message": {"content": "a\ud800b"}}]}', "a\ufffdb"),
        (rb'{"choices": [{"message": {"content": "\ud83d\ude00"}}]}', "\U0001f600"),
        (b'{"choices": [{"message": {"content": "a\xffb"}}]}', "a\ufffdb"),
        (b'{"choices": [{"message": {"content": "a\x00b"}}]}', "ab"),
        (b'{"choices": [{"message": {"content": "a\nb"}}]}', "a\nb"),
    ],
)
def test_broken_characters_do_not_lose_an_answer(address: Address, body: bytes, text: str) -> None:
    read_text = read(address, body).text
    assert read_text == text
    read_text.encode("utf-8")


@pytest.mark.parametrize(
    "usage",
    [None, {}, "many", {"prompt_tokens": None, "completion_tokens": 3}, {"prompt_tokens": -1, "completion_tokens": 3}],
)
def test_missing_usage_is_estimated_and_marked(address: Address, usage: Any) -> None:
    got = read(address, {**chat(), "usage": usage}).usage
    assert got.estimated
    assert got.input_tokens > 5
    assert 1 <= got.output_tokens <= 6


MALFORMED: list[Any] = [
    b"",
    b"not json",
    b'{"choices": [{"message": {"content": "cut',
    b'{"choices": []}{"choices": []}',
    b"[" * 100_000,
    b"[]",
    b'"text"',
    b"null",
    {},
    {"choices": None},
    {"choices": []},
    {"choices": "x"},
    {"choices": [None]},
    {"choices": [{}]},
    {"choices": [{"message": "text"}]},
    {"choices": [{"message": {"content": 7}}]},
    {"choices": [{"message": {"content": [{"text": 7}]}}]},
    {"choices": {"0": {}}},
]


@pytest.mark.parametrize("body", MALFORMED, ids=range(len(MALFORMED)))
def test_a_malformed_answer_is_worth_another_try(address: Address, body: Any) -> None:
    with pytest.raises(BadAnswer, match="malformed answer"):
        read(address, body)


@pytest.mark.parametrize("content", ["", "  \n", None, [], "<think>only this</think>", "\x00"])
def test_an_empty_text_is_no_completion(address: Address, content: Any) -> None:
    with pytest.raises(EmptyAnswer):
        read(address, chat(content))


@pytest.mark.parametrize("finish", ["length", "content_filter"])
def test_a_cut_or_filtered_text_is_refused_with_a_hint(address: Address, finish: str) -> None:
    with pytest.raises(RequestRefused) as caught:
        read(address, chat("half a sen", finish))
    assert caught.value.hint


def test_a_text_cut_within_its_thoughts_says_so(address: Address) -> None:
    with pytest.raises(RequestRefused, match="thoughts and no answer") as caught:
        read(address, chat("<think>and then", "length"))
    assert "max_tokens" in (caught.value.hint or "")


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"error": {"message": "slow down", "code": 429}}, TransientError),
        ({"error": {"message": "bad key", "code": "401"}}, EndpointUnusable),
        ({"error": {"message": "slow down", "code": "rate_limit_exceeded"}}, TransientError),
        ({"error": {"message": "no", "type": "invalid_request_error"}}, RequestRefused),
        ({"error": "overloaded"}, TransientError),
        ({"choices": [{"error": {"code": 502, "message": "upstream"}}]}, TransientError),
        (chat(finish="error"), TransientError),
        (chat(None, refusal="I cannot."), RequestRefused),
        (b'data: {"choices": []}\n\n', RequestRefused),
    ],
)
def test_an_error_within_a_success_is_what_it_is(address: Address, body: Any, kind: type[EndpointError]) -> None:
    with pytest.raises(EndpointError) as caught:
        read(address, body)
    assert type(caught.value) is kind


def test_an_empty_error_field_is_no_error(address: Address) -> None:
    assert read(address, {**chat(), "error": None}).text == "The sea."
