"""Where a model is reached: its URLs, its headers, and how it is named in an error without ever showing its key."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit, urlunsplit

from generation_functions.errors import EndpointUnusable
from generation_functions.models.model import Model

OPENAI_URL = "https://api.openai.com/v1"
LONGEST_QUOTE = 300
"""Characters of an endpoint's own words that an error repeats."""

_OPERATIONS = ("/chat/completions", "/completions", "/models", "/embeddings")
_SHORT_KEY = 8


@dataclass(frozen=True, slots=True)
class Address:
    """A model's endpoint, checked before any call.

    name      the model's name in the config.
    model     its name at the endpoint.
    base_url  without a query or a trailing slash, fit to be shown.
    key_name  the variable that the key came from.
    """

    name: str
    model: str
    base_url: str
    query: str = field(default="", repr=False)
    key: str = field(default="", repr=False)
    key_name: str = ""

    def url(self, operation: str) -> str:
        """The full URL of one operation, such as `chat/completions`."""
        return f"{self.base_url}/{operation}{'?' + self.query if self.query else ''}"

    def headers(self) -> dict[str, str]:
        """What every call carries."""
        plain = {"Content-Type": "application/json", "Accept": "application/json", "User-Agent": "millrace"}
        return {**plain, "Authorization": f"Bearer {self.key}"} if self.key else plain

    def quote(self, text: str) -> str:
        """The endpoint's words on one line, without the key, at most `LONGEST_QUOTE` characters."""
        line = " ".join(self._without_key(text).split())
        line = "".join(char for char in line if char.isprintable())
        return line if len(line) <= LONGEST_QUOTE else line[: LONGEST_QUOTE - 1] + "…"

    def _without_key(self, text: str) -> str:
        if not self.key:
            return text
        if len(self.key) >= _SHORT_KEY:
            return text.replace(self.key, "[key]")
        # A short stand-in for a key ("x", "none") is left alone inside other words.
        return re.sub(rf"(?<!\w){re.escape(self.key)}(?!\w)", "[key]", text)

    @property
    def key_hint(self) -> str:
        """What to do when the key is refused."""
        if self.key_name:
            return f"check ${{{self.key_name}}}"
        if self.key:
            return f"check the `api_key` of model `{self.name}`"
        return f"this endpoint wants a key: give model `{self.name}` an `api_key: ${{NAME}}`"


def address_of(model: Model) -> Address:
    """Check what the config says of an endpoint. Raises `EndpointUnusable` before anything is sent."""
    spec = model.spec
    if not spec.model:
        raise EndpointUnusable(f"model `{model.name}` does not say which model it is", hint="set its `model:`")
    key = _checked_key(model)
    if spec.base_url is None and not key:
        raise EndpointUnusable(
            f"model `{model.name}` has no `base_url` and no `api_key`",
            hint=f"set `base_url` to the API's address; only with a key is it taken to be {OPENAI_URL}",
        )
    parts = _checked_url(model.name, spec.base_url or OPENAI_URL)
    shown = urlunsplit((parts.scheme, parts.netloc, parts.path.rstrip("/"), "", ""))
    return Address(model.name, spec.model, shown, parts.query, key, spec.api_key_name or "")


def _checked_key(model: Model) -> str:
    key, variable = model.spec.api_key or "", model.spec.api_key_name
    if variable and not key:
        raise EndpointUnusable(
            f"model `{model.name}` takes its key from ${{{variable}}}, which is not set",
            hint=f"put {variable}=... into the environment or into `.env`",
        )
    if not all("!" <= char <= "~" for char in key):
        where = f"${{{variable}}}" if variable else f"the `api_key` of model `{model.name}`"
        raise EndpointUnusable(
            f"{where} holds a character that no key has (a space, a line break or a letter with an accent)",
            hint="copy the key again",
        )
    return key


def _checked_url(name: str, url: str) -> SplitResult:
    problem, hint = problem_of_url(url, repr(url[:LONGEST_QUOTE]))
    if problem:
        raise EndpointUnusable(f"the `base_url` of model `{name}` {problem}", hint=hint)
    return urlsplit(url)


def problem_of_url(url: str, shown: str) -> tuple[str, str]:
    """What keeps a URL from being a base URL, and what would mend it; two empty texts where nothing does."""
    example = f"write it like {OPENAI_URL}"
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as exc:
        return f"is not a URL: {exc}", example
    if parts.username or parts.password:
        return "carries a user name or password", "put the key into `api_key: ${NAME}`"
    if parts.scheme not in ("http", "https") or not host or re.search(r"[\s\x00-\x1f]", url):
        return f"is not an http or https URL: {shown}", example
    for operation in _OPERATIONS:
        if parts.path.rstrip("/").endswith(operation):
            return f"ends in {operation}, which is added by itself", "end it with the part before that, often /v1"
    return "", ""
