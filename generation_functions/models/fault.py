"""What went wrong with a call, and therefore what to do: try again, give the row up, or stop the run.

`cause_of` names the cause from a status and the endpoint's words; `fault_of_answer` and `fault_of_exception` make of it
the error to raise. Everything here is pure.

    try again     busy (429, 503, 529), down (408, 409, 425, other 5xx), timeouts, cut streams, bad answers, no answer
    give row up   refused (400, 404, 422 and the like), too long (413), flagged by a filter
    stop the run  the key, money, no such model, a redirect, a certificate
"""

from __future__ import annotations

import errno
import re
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import aiohttp
import orjson

from generation_functions.errors import EndpointError, EndpointUnusable, RequestRefused, TransientError
from generation_functions.models.address import Address
from generation_functions.models.connections import NotConnected

Cause: TypeAlias = Literal["key", "money", "model", "redirect", "flagged", "too_long", "refused", "busy", "down"]


class Unreachable(TransientError):
    """Nothing listens there, or the name is not known. It may be starting up; it is not given many tries."""


class BadAnswer(TransientError):
    """An answer arrived, and it is not one."""


class EmptyAnswer(BadAnswer):
    """A well-formed answer without text. The endpoint is healthy; the model had nothing to say."""


BUSY_STATUSES = frozenset({429, 503, 529})
_DOWN_STATUSES = frozenset({408, 409, 425})

_MONEY = re.compile(
    r"insufficient[_ ](quota|balance|funds|credits?)|billing_(hard_limit|not_active)|billing hard limit"
    r"|out of credits?|(credit|account) balance is too low|exceeded your current quota|payment required",
    re.IGNORECASE,
)
# Google words its passing limits like an exhausted account; what follows tells them apart.
_PASSING = re.compile(r"resource_exhausted|retry in|try again in|per[ _-]?minute|rate[ _]limit", re.IGNORECASE)
_KEY = re.compile(
    r"api[ _]?key.{0,20}(not valid|invalid|expired|incorrect)|(invalid|incorrect|expired).{0,10}api[ _]?key",
    re.IGNORECASE,
)
_MODEL = re.compile(
    r"model_not_found|no such model|unknown model|invalid model\b|model not exist|unable to access model"
    r"|not a valid model|\bmodel\b.{0,120}?(does not exist|doesn't exist|do not exist|not found|is not available)",
    re.IGNORECASE,
)
_TOO_LONG = re.compile(
    r"context[_ ](length|window|size)|maximum (context|.{0,20}tokens)|too many tokens"
    r"|(prompt|input|request).{0,20}too (long|large)|max_tokens.{0,40}(too large|exceeds|at most)",
    re.IGNORECASE,
)
_FLAGGED = re.compile(r"content[_ ](filter|policy|management)|moderation|flagged|safety", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Complaint:
    """An endpoint's account of an error: its sentence, and its codes in one string."""

    message: str
    codes: str = ""
    status: int | None = None

    @property
    def said(self) -> str:
        return f"{self.codes} {self.message}"


def read_complaint(body: bytes) -> Complaint:
    """Understand an error body of any dialect: `{"error": ...}`, `{"detail": ...}`, `{"message": ...}`, text, HTML."""
    try:
        parsed = orjson.loads(body)
    except orjson.JSONDecodeError:
        return Complaint(_plain(body))
    if isinstance(parsed, list) and parsed:
        parsed = parsed[0]
    if not isinstance(parsed, dict):
        return Complaint(str(parsed))
    return complaint_in(parsed) or Complaint(_plain(body))


def complaint_in(parsed: Mapping[str, Any]) -> Complaint | None:
    """The complaint a JSON object makes, if it makes one."""
    error = parsed.get("error") or parsed.get("detail") or (parsed if "message" in parsed else None)
    if not error:
        return None
    if not isinstance(error, dict):
        return Complaint(error if isinstance(error, str) else _compact(error))
    codes = [str(error[name]) for name in ("code", "type", "status") if error.get(name)]
    message = error.get("message") or error.get("msg")
    return Complaint(
        message if isinstance(message, str) else _compact(error), " ".join(codes), _status_in(error.get("code"))
    )


def _status_in(code: Any) -> int | None:
    number = int(code) if isinstance(code, str) and code.isascii() and code.isdigit() else code
    return number if isinstance(number, int) and not isinstance(number, bool) and 400 <= number < 600 else None


def _compact(value: Any) -> str:
    return orjson.dumps(value).decode()


def _plain(body: bytes) -> str:
    text = body[:20_000].decode("utf-8", "replace")
    return re.sub(r"(?s)<(script|style)\b.*?</\1>|<[^>]*>", " ", text) if "<" in text else text


def cause_of(status: int, complaint: Complaint, *, retry_after: float | None = None) -> Cause:
    """Name the cause of an answer that is not a success."""
    said = complaint.said
    if 300 <= status < 400:
        return "redirect"
    if status == 402 or _is_about_money(status, complaint, retry_after):
        return "money"
    if status in BUSY_STATUSES:
        return "busy"
    if status >= 500 or status in _DOWN_STATUSES or status < 300:
        return "down"
    if status == 403 and _FLAGGED.search(said):
        return "flagged"
    if status in (401, 403) or _KEY.search(said):
        return "key"
    return _cause_of_refusal(status, said)


def _is_about_money(status: int, complaint: Complaint, retry_after: float | None) -> bool:
    if status not in (400, 403, 429) or not _MONEY.search(complaint.said):
        return False
    if "insufficient_quota" in complaint.codes:
        return True
    return status != 429 or (retry_after is None and not _PASSING.search(complaint.said))


def _cause_of_refusal(status: int, said: str) -> Cause:
    if status == 413 or _TOO_LONG.search(said):
        return "too_long"
    if _FLAGGED.search(said):
        return "flagged"
    return "model" if status in (400, 404) and _MODEL.search(said) else "refused"


_ERRORS: dict[Cause, type[EndpointError]] = {
    "key": EndpointUnusable,
    "money": EndpointUnusable,
    "model": EndpointUnusable,
    "redirect": EndpointUnusable,
    "flagged": RequestRefused,
    "too_long": RequestRefused,
    "refused": RequestRefused,
}


def fault_of_answer(
    address: Address,
    status: int,
    complaint: Complaint,
    *,
    retry_after: float | None = None,
    location: str | None = None,
) -> EndpointError:
    """The error for an answer with this status and complaint."""
    cause = cause_of(status, complaint, retry_after=retry_after)
    message = f"{address.name}: {address.base_url} answered {status}"
    if location:
        message += f", a redirect to {address.quote(location.split('?')[0])}"
    elif words := address.quote(complaint.message):
        message += f": {words}"
    hint = _hint(cause, address)
    if cause in _ERRORS:
        return _ERRORS[cause](message, hint=hint, status=status)
    return TransientError(message, hint=hint, status=status, retry_after=retry_after)


def _hint(cause: Cause, address: Address) -> str | None:
    account = f"${{{address.key_name}}}" if address.key_name else "this key"
    return {
        "key": address.key_hint,
        "money": f"the account behind {account} has no credit left: add some, or use another",
        "model": f"`{address.model}` is not served at {address.base_url}: check `model:` of `{address.name}`",
        "redirect": "redirects are not followed, they may take the key elsewhere: set `base_url` to the final address",
        "flagged": "the endpoint's own filter refused this text",
        "too_long": "use shorter chunks, a smaller `max_tokens`, or a model with a longer context",
        "refused": "check the sampling fields and `extra_body` of this model",
        "busy": "lower `max_in_flight` or set `requests_per_minute`",
        "down": None,
    }[cause]


def fault_of_exception(address: Address, exc: BaseException, timeout_s: float) -> EndpointError:
    """The error for a call that brought no answer."""
    where = f"{address.name}: {address.base_url}"
    cause = exc.__cause__
    if isinstance(exc, aiohttp.ClientConnectorCertificateError | aiohttp.ClientConnectorSSLError) or (
        isinstance(exc, NotConnected) and isinstance(cause, ssl.SSLError)
    ):
        return EndpointUnusable(
            f"{where} could not be trusted: TLS failed ({address.quote(str(cause or exc))})",
            hint="check the address, its certificate and this machine's clock; a server without TLS wants http://",
        )
    if isinstance(exc, aiohttp.ClientConnectorDNSError) or isinstance(cause, socket.gaierror):
        return Unreachable(f"{where} has an unknown host name", hint="check `base_url` and the network")
    if isinstance(exc, TimeoutError):
        return TransientError(f"{where} gave no answer within {timeout_s:g} s", hint="raise `timeout_s` if it is slow")
    if isinstance(exc, OSError) and exc.errno in (errno.EMFILE, errno.ENFILE):
        return TransientError(f"{where}: too many files are open", hint="lower `max_in_flight` or raise `ulimit -n`")
    if isinstance(exc, aiohttp.ClientConnectorError | NotConnected):
        return Unreachable(
            f"{where} cannot be reached: {_reason(address, exc)}", hint="check `base_url`; is it running?"
        )
    return TransientError(f"{where} broke the connection off: {_reason(address, exc)}")


def _reason(address: Address, exc: BaseException) -> str:
    strerror = getattr(exc, "strerror", None)
    return address.quote(strerror or str(exc)) or type(exc).__name__
