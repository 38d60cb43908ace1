"""One question to a model and its answer: what is asked, what came back, and the key both are stored under."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol, TypeAlias

from generation_functions.models.model import Model, Price
from generation_functions.rows import Json, content_key

Messages: TypeAlias = list[dict[str, Any]]
"""Chat messages, `{"role": ..., "content": ...}` each."""


class Rank:
    """Whose calls go first where they wait for a free place: those of the higher value, which may change meanwhile."""

    __slots__ = ("value",)

    def __init__(self, value: int = 0) -> None:
        self.value = value


COMMON: Final = Rank()
"""Of calls that nobody has given a rank."""


@dataclass(slots=True)
class Request:
    """One call to make.

    prompt     chat messages, or one string for a model in completion mode.
    sampling   body fields beside model and prompt (temperature, max_tokens, stop, response_format, any extra).
    sample     which independent sample this is (a vote's number); `attempt` counts retries of one sample.
    rank       higher goes first where calls wait for a free place: the step's, and that follows from its depth.
    offline    writes the completion when the model is the offline writer.
    draining   whether the run is stopping: a failed call is then not tried again.
    room       gives what is to be waited for while so many answers are on their way to the disk that one more call
               would be one too many, and else None.
    sent       whether the call is open now, and so being paid for; kept by the client.
    step       the step that asks, for what must be remembered beyond this process.
    outlasts   whether the call goes on when this process ends, and a later run collects it; kept by the client.
    weights    which weights a local model has: they stand for its name.
    kept       whether the client has stored the answer, or the refusal, itself; kept by the client.
    """

    prompt: Messages | str
    sampling: Mapping[str, Json] = field(default_factory=dict)
    sample: int = 0
    attempt: int = 0
    rank: Rank = COMMON
    offline: Callable[[], str] | None = None
    offline_version: str = ""
    weights: str = ""
    draining: Callable[[], bool] | None = None
    room: Callable[[], Awaitable[None] | None] | None = None
    sent: bool = False
    step: str = ""
    outlasts: bool = False
    kept: bool = False

    def key(self, model: Model) -> str:
        """What the exchange is stored under: the model, the filled messages, the sampling, and which try it is.

        Never the step or a position, and not the endpoint's address: the same question to the same model is paid once,
        wherever the model is served. A local model is its weights, wherever their folder is.
        """
        spec = model.spec
        identity = self.offline_version if spec.provider == "offline" else self.weights or spec.model
        family = "offline" if spec.provider == "offline" else "model"
        return content_key(family, identity, spec.mode, self.prompt, self.sampling, self.sample, self.attempt)


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one call. `estimated` where the endpoint reported none."""

    input_tokens: int = 0
    output_tokens: int = 0
    estimated: bool = False


@dataclass(frozen=True, slots=True)
class Completion:
    """A model's answer. `thoughts` (from `<think>` or `reasoning_content`) never mix with `text`.

    price  what the endpoint that gave it asks; None where that is the model's own price.
    """

    text: str
    thoughts: str = ""
    finish_reason: str = "stop"
    usage: Usage = Usage()
    seconds: float = 0.0
    retries: int = 0
    price: Price | None = None


class ModelClient(Protocol):
    """Something that answers requests: an endpoint, or the offline writer."""

    async def complete(self, request: Request) -> Completion:
        """Answer one request. Raises `TransientError` when every try failed, `RequestRefused`, `EndpointUnusable`."""
        ...

    async def probe(self) -> None:
        """Find out, without spending, whether the endpoint can be used. Raises `EndpointUnusable`."""
        ...

    async def close(self) -> None:
        """Give back connections. Calls still open are cancelled."""
        ...
