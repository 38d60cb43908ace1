"""The offline writer: rules that stand in for a model, so that everything runs with no key and no cost."""

from __future__ import annotations

import asyncio
from typing import Final

from generation_functions.errors import EndpointUnusable, TransientError
from generation_functions.models.exchange import Completion, Messages, Request, Usage
from generation_functions.models.model import Model
from generation_functions.models.thoughts import split_thoughts
from generation_functions.models.tokens import estimate_tokens, prompt_tokens

_CALLS_PER_YIELD: Final = 32
_SHOWN: Final = 80


class OfflineClient:
    """A `ModelClient` that answers with each request's own rule."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._calls = 0

    async def complete(self, request: Request) -> Completion:
        """Answer with `request.offline()`. Raises `EndpointUnusable` for a request without a rule."""
        self._calls += 1
        if self._calls % _CALLS_PER_YIELD == 0:
            await asyncio.sleep(0)  # Rules never wait; whatever else the loop has to do must not starve.
        if request.offline is None:
            raise self._without_rule(request)
        text, thoughts = split_thoughts(request.offline().replace("\x00", ""))
        if not text.strip():
            raise TransientError(f"{self._model.name}: the offline rule wrote an empty text")
        written = estimate_tokens(text) + estimate_tokens(thoughts)
        return Completion(text, thoughts, "stop", Usage(prompt_tokens(request.prompt), written, estimated=True))

    def _without_rule(self, request: Request) -> EndpointUnusable:
        return EndpointUnusable(
            f"{self._model.name}: the step whose prompt begins {_beginning(request.prompt)!r} has no offline rule",
            hint="give the step `offline=`, or set this model's `provider: openai` with a `base_url` and an `api_key`",
        )

    async def probe(self) -> None:
        """Rules are always there."""

    async def close(self) -> None:
        """Nothing is held."""


def _beginning(prompt: Messages | str) -> str:
    text = prompt if isinstance(prompt, str) else next((str(m.get("content", "")) for m in prompt), "")
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"
