"""What a config says of a model: a named endpoint with its address, key, limits, price and default sampling."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Provider = Literal["openai", "openai-batch", "local", "offline"]


class Price(BaseModel):
    """US dollars per million tokens."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    input: Annotated[float, Field(ge=0, description="USD per million input tokens.")]
    output: Annotated[float, Field(ge=0, description="USD per million output tokens.")]

    def of(self, input_tokens: int, output_tokens: int) -> float:
        """Cost in USD."""
        return (input_tokens * self.input + output_tokens * self.output) / 1_000_000


class ModelSpec(BaseModel):
    """One entry of a config's `models:` section."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    provider: Annotated[Provider, Field(description="How the model is reached.")] = "openai"
    model: Annotated[str, Field(description="The model's name, as the endpoint knows it.")] = ""
    base_url: Annotated[str | None, Field(description="Address of the API, up to and including `/v1`.")] = None
    api_key: Annotated[
        str | None, Field(repr=False, description="The key, as ${NAME}: read from the environment or `.env`.")
    ] = None
    api_key_name: Annotated[
        str | None, Field(description="Name of the variable the key came from; filled in by the loader.")
    ] = None
    mode: Annotated[Literal["chat", "completion"], Field(description="Chat messages, or one plain text prompt.")] = (
        "chat"
    )
    max_in_flight: Annotated[int, Field(ge=1, le=100_000, description="Most calls open at once.")] = 64
    requests_per_minute: Annotated[float | None, Field(gt=0, description="Most calls started a minute.")] = None
    tokens_per_minute: Annotated[float | None, Field(gt=0, description="Most tokens a minute, in and out.")] = None
    timeout_s: Annotated[float, Field(gt=0, description="Longest one call may take, in seconds.")] = 600.0
    max_retries: Annotated[int, Field(ge=0, le=100, description="Tries after a passing fault, before a row fails.")] = 8
    price: Annotated[Price | None, Field(description="USD per million tokens; without it, cost is not counted.")] = None
    structured_output: Annotated[
        Literal["json_schema", "json_object", "none"],
        Field(description="What the endpoint supports for structured output; `none` asks in the prompt alone."),
    ] = "none"
    temperature: Annotated[float | None, Field(ge=0, description="Sampling temperature.")] = None
    top_p: Annotated[float | None, Field(gt=0, le=1, description="Nucleus sampling.")] = None
    min_p: Annotated[float | None, Field(ge=0, le=1, description="Least share of the likeliest token.")] = None
    max_tokens: Annotated[int | None, Field(ge=1, description="Longest completion, in tokens.")] = None
    seed: Annotated[int | None, Field(description="Seed sent to the endpoint.")] = None
    stop: Annotated[list[str] | None, Field(description="Strings that end a completion.")] = None
    extra_body: Annotated[dict[str, Any], Field(description="Any other field of the request's body.")] = {}

    def sampling(self) -> dict[str, Any]:
        """The default sampling fields that were set, as they stand in a request's body."""
        named = {name: getattr(self, name) for name in ("temperature", "top_p", "min_p", "max_tokens", "seed", "stop")}
        return {**{name: value for name, value in named.items() if value is not None}, **self.extra_body}


@dataclass(frozen=True, slots=True)
class Model:
    """What a pipeline's parameter typed `Model` receives: a name from the config's `models:` and what it stands for."""

    name: str
    spec: ModelSpec

    @classmethod
    def offline(cls, name: str = "offline") -> Model:
        """The offline writer, for tests and notebooks."""
        return cls(name, ModelSpec(provider="offline", model="offline-rules"))
