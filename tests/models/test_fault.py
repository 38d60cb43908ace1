"""The taxonomy: which answer is tried again, which costs a row, which stops the run; and that no error shows a key."""

from __future__ import annotations

import errno
import json
import ssl
from typing import Any

import aiohttp
import pytest
from aiohttp.client_reqrep import ConnectionKey

from generation_functions.errors import EndpointError, EndpointUnusable, RequestRefused, TransientError
from generation_functions.models.address import LONGEST_QUOTE, Address
from generation_functions.models.fault import (
    Unreachable,
    cause_of,
    fault_of_answer,
    fault_of_exception,
    read_complaint,
)


def openai_error(message: str, code: str | None = None, kind: str = "invalid_request_error") -> bytes:
    return json.dumps({"error": {"message": message, "type": kind, "param": None, "code": code}}).encode()


@pytest.mark.parametrize("status", [408, 409, 425, 500, 502, 504, 520, 599])
def test_an_endpoint_that_is_down_is_asked_again(status: int) -> None:
    assert cause_of(status, read_complaint(b"oops")) == "down"


@pytest.mark.parametrize("status", [429, 503, 529])
def test_a_busy_endpoint_is_asked_again(status: int) -> None:
    assert cause_of(status, read_complaint(openai_error("Rate limit reached", "rate_limit_exceeded"))) == "busy"


@pytest.mark.parametrize(
    ("status", "body", "cause"),
    [
        (401, b"", "key"),
        (403, b'{"detail": "Forbidden"}', "key"),
        (403, openai_error("Your input was flagged by moderation"), "flagged"),
        (400, b'[{"error": {"code": 400, "message": "API key not valid. Please pass a valid API key."}}]', "key"),
        (400, openai_error("Incorrect API key provided: sk-***"), "key"),
        (402, b"", "money"),
        (402, openai_error("Insufficient Balance"), "money"),
        (429, openai_error("You exceeded your current quota", "insufficient_quota", "insufficient_quota"), "money"),
        (429, openai_error("Billing hard limit reached", "billing_hard_limit_reached"), "money"),
        (
            429,
            b'[{"error": {"code": 429, "status": "RESOURCE_EXHAUSTED",'
            b' "message": "You exceeded your current quota, check your plan and billing. Please retry in 34s."}}]',
            "busy",
        ),
        (400, openai_error("Your credit balance is too low"), "money"),
        (
            404,
            openai_error("The model `gpt-x` does not exist or you do not have access to it.", "model_not_found"),
            "model",
        ),
        (404, b'{"error": "model \\"llama9\\" not found, try pulling it first"}', "model"),
        (404, b'{"object": "error", "message": "The model `x` does not exist.", "code": 404}', "model"),
        (400, openai_error("x/y is not a valid model ID"), "model"),
        (400, openai_error("Model Not Exist"), "model"),
        (404, b'{"detail": "Not Found"}', "refused"),
        (404, b"<html><h1>404</h1></html>", "refused"),
        (400, openai_error("Unrecognized request argument supplied: min_p"), "refused"),
        (
            400,
            openai_error("This model's maximum context length is 4096 tokens", "context_length_exceeded"),
            "too_long",
        ),
        (400, openai_error("prompt is too long: 9000 tokens"), "too_long"),
        (413, b"", "too_long"),
        (400, openai_error("The response was filtered", "content_filter"), "flagged"),
        (422, b'{"detail": [{"loc": ["body", "n"], "msg": "wrong"}]}', "refused"),
        (405, b"", "refused"),
        (301, b"", "redirect"),
        (308, b"", "redirect"),
    ],
)
def test_the_cause_is_read_from_status_and_words(status: int, body: bytes, cause: str) -> None:
    assert cause_of(status, read_complaint(body)) == cause


def test_a_limit_that_says_when_it_ends_is_not_an_empty_account() -> None:
    complaint = read_complaint(openai_error("You exceeded your current quota"))
    assert cause_of(429, complaint, retry_after=20) == "busy"


@pytest.mark.parametrize(
    ("cause_status", "kind"),
    [
        (401, EndpointUnusable),
        (302, EndpointUnusable),
        (400, RequestRefused),
        (429, TransientError),
        (500, TransientError),
    ],
)
def test_each_cause_has_its_error(address: Address, cause_status: int, kind: type[EndpointError]) -> None:
    error = fault_of_answer(address, cause_status, read_complaint(b"words"))
    assert type(error) is kind
    assert error.status == cause_status


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b'{"error": {"message": "in the error"}}', "in the error"),
        (b'{"error": "a string"}', "a string"),
        (b'{"detail": "FastAPI says"}', "FastAPI says"),
        (b'{"message": "on top"}', "on top"),
        (b'[{"error": {"message": "in a list"}}]', "in a list"),
        (b"plain words", "plain words"),
        (b"<html><style>b{}</style><body>Bad <b>gateway</b></body></html>", "Bad gateway"),
        (b"\xff\xfe", "��"),
        (b"", ""),
        (b"null", "None"),
        (b'{"other": 1}', '{"other": 1}'),
    ],
)
def test_any_dialect_of_error_body_is_read(body: bytes, message: str) -> None:
    assert " ".join(read_complaint(body).message.split()) == message


def test_the_message_names_model_address_and_variable_and_never_the_key(address: Address) -> None:
    error = fault_of_answer(address, 401, read_complaint(openai_error(f"Incorrect API key provided: {address.key}")))
    assert "writer" in error.message
    assert "https://api.example.org/v1" in error.message
    assert error.hint == "check ${EXAMPLE_KEY}"
    assert address.key not in f"{error!r}{error}{error.hint}{address!r}"


def test_a_key_is_removed_before_the_words_are_cut(address: Address) -> None:
    words = "x" * (LONGEST_QUOTE - 10) + address.key
    assert address.key[:6] not in address.quote(words)


def test_words_are_one_short_printable_line(address: Address) -> None:
    quoted = address.quote("a\nb\t\x1b[31mred" + "c" * 1000)
    assert quoted.startswith("a b [31mred")
    assert len(quoted) == LONGEST_QUOTE


def test_a_stand_in_for_a_key_does_not_mangle_words() -> None:
    address = Address("w", "m", "http://localhost/v1", key="x")
    assert address.quote("x: extra exit") == "[key]: extra exit"


def connection_key() -> ConnectionKey:
    return ConnectionKey("api.example.org", 443, True, True, None, None, None)


def connector_error(kind: type[Any], cause: OSError) -> aiohttp.ClientConnectorError:
    return kind(connection_key(), cause)


@pytest.mark.parametrize(
    ("exc", "kind"),
    [
        (TimeoutError(), TransientError),
        (aiohttp.ServerTimeoutError(), TransientError),
        (aiohttp.ServerDisconnectedError(), TransientError),
        (aiohttp.ClientPayloadError("not enough data"), TransientError),
        (ConnectionResetError(errno.ECONNRESET, "reset"), TransientError),
        (OSError(errno.EMFILE, "too many"), TransientError),
        (connector_error(aiohttp.ClientConnectorError, ConnectionRefusedError(111, "refused")), Unreachable),
        (connector_error(aiohttp.ClientConnectorDNSError, OSError(-2, "unknown")), Unreachable),
        (connector_error(aiohttp.ClientConnectorSSLError, ssl.SSLError(1, "wrong version")), EndpointUnusable),
        (
            aiohttp.ClientConnectorCertificateError(connection_key(), ssl.SSLCertVerificationError("self-signed")),
            EndpointUnusable,
        ),
    ],
)
def test_each_broken_call_has_its_error(address: Address, exc: Exception, kind: type[EndpointError]) -> None:
    error = fault_of_exception(address, exc, timeout_s=5)
    assert type(error) is kind
    assert error.message.startswith("writer: https://api.example.org/v1")
