"""What a config says of a model: a named endpoint with its address, key, limits, price and default sampling."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Provider = Literal["openai", "openai-batch", "local", "offline"]

BATCH_IN_FLIGHT = 20_000
"""Calls that wait at once for a model of the Batch API, where the config does not say."""


class Price(BaseModel):
    """US dollars per million tokens."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    input: Annotated[float, Field(ge=0, description="USD per million input tokens.")]
    output: Annotated[float, Field(ge=0, description="USD per million output tokens.")]

    def of(self, input_tokens: int, output_tokens: int) -> float:
        """Cost in USD."""
        return (input_tokens * self.input + output_tokens * self.output) / 1_000_000


class EndpointSpec(BaseModel):
    """One of several endpoints that serve a model. What it does not say is as the model's entry says it."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    base_url: Annotated[str, Field(description="Address of the API, up to and including `/v1`.")]
    api_key: Annotated[
        str | None, Field(repr=False, description="The key, as ${NAME}: read from the environment or `.env`.")
    ] = None
    api_key_name: Annotated[
        str | None, Field(description="Name of the variable the key came from; filled in by the loader.")
    ] = None
    model: Annotated[str | None, Field(description="The model's name there, where it is another.")] = None
    weight: Annotated[float, Field(gt=0, description="Its part of the calls, with `spread: weight`.")] = 1.0
    max_in_flight: Annotated[int | None, Field(ge=1, le=100_000, description="Most calls open there at once.")] = None
    requests_per_minute: Annotated[float | None, Field(gt=0, description="Most calls started there a minute.")] = None
    tokens_per_minute: Annotated[float | None, Field(gt=0, description="Most tokens there a minute.")] = None
    timeout_s: Annotated[float | None, Field(gt=0, description="Longest one call there may take, in seconds.")] = None
    price: Annotated[Price | None, Field(description="What it asks there, in USD per million tokens.")] = None


_ENDPOINTS_OWN = {"weight"}


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
    endpoints: Annotated[
        list[EndpointSpec], Field(description="Several endpoints that serve it, instead of one `base_url`.")
    ] = []
    spread: Annotated[
        Literal["health", "weight"],
        Field(description="`health`: the first of `endpoints` that is well; `weight`: all that are, by their weights."),
    ] = "health"
    mode: Annotated[
        Literal["chat", "completion", "embedding"],
        Field(description="Chat messages, one plain text prompt, or vectors of texts."),
    ] = "chat"
    pooling: Annotated[
        Literal["mean", "cls", "max", "lasttoken"] | None,
        Field(description="`local`: how the vectors of tokens become one, where the model's files do not say."),
    ] = None
    query_prefix: Annotated[
        str | None,
        Field(description="`embedding`: what stands before a question; by default what a local model's files say."),
    ] = None
    document_prefix: Annotated[
        str | None, Field(description="`embedding`: what stands before a text that is searched; as above.")
    ] = None
    max_in_flight: Annotated[
        int,
        Field(
            ge=1,
            le=100_000,
            description="Most calls open at once; 20,000 for `openai-batch`; of `local`, threads, a core each.",
        ),
    ] = 64
    requests_per_minute: Annotated[float | None, Field(gt=0, description="Most calls started a minute.")] = None
    tokens_per_minute: Annotated[float | None, Field(gt=0, description="Most tokens a minute, in and out.")] = None
    timeout_s: Annotated[float, Field(gt=0, description="Longest one call may take, in seconds.")] = 600.0
    max_retries: Annotated[int, Field(ge=0, le=100, description="Tries after a passing fault, before a row fails.")] = 8
    price: Annotated[Price | None, Field(description="USD per million tokens; without it, cost is not counted.")] = None
    structured_output: Annotated[
        Literal["json_schema", "json_object", "none"],
        Field(description="What the endpoint can be held to; without a schema, the prompt says it."),
    ] = "none"
    temperature: Annotated[float | None, Field(ge=0, description="Sampling temperature.")] = None
    top_p: Annotated[float | None, Field(gt=0, le=1, description="Nucleus sampling.")] = None
    min_p: Annotated[float | None, Field(ge=0, le=1, description="Least share of the likeliest token.")] = None
    max_tokens: Annotated[int | None, Field(ge=1, description="Longest completion, in tokens.")] = None
    seed: Annotated[int | None, Field(description="Seed sent to the endpoint.")] = None
    stop: Annotated[list[str] | None, Field(description="Strings that end a completion.")] = None
    extra_body: Annotated[dict[str, Any], Field(description="Any other field of the request's body.")] = {}
    batch_wait_s: Annotated[
        float, Field(gt=0, description="`openai-batch`: a batch goes off when no request came for so many seconds.")
    ] = 30.0
    batch_max_requests: Annotated[
        int, Field(ge=1, le=50_000, description="`openai-batch`: most requests in one batch.")
    ] = 50_000
    batch_poll_s: Annotated[
        float, Field(gt=0, description="`openai-batch`: seconds between two looks at a batch that is not done.")
    ] = 30.0
    batch_window: Annotated[
        str, Field(description="`openai-batch`: the time the endpoint may take, in its own words.")
    ] = "24h"

    @model_validator(mode="before")
    @classmethod
    def _room_for_batches(cls, values: Any) -> Any:
        # Rows wait for a whole batch together, so many more of them must be open than an endpoint answers at once.
        if isinstance(values, Mapping) and values.get("provider") == "openai-batch":
            return {"max_in_flight": BATCH_IN_FLIGHT, **values}
        return values

    @property
    def prompt_mode(self) -> Literal["chat", "completion"]:
        """The kind of prompt it is asked with."""
        return "completion" if self.mode == "completion" else "chat"

    @model_validator(mode="after")
    def _one_place_for_addresses(self) -> ModelSpec:
        if self.endpoints and (self.base_url is not None or self.api_key is not None):
            raise ValueError("base_url and api_key stand in each of the endpoints, not beside them")
        if self.endpoints and self.provider != "openai":
            raise ValueError(f"a model of provider {self.provider} has no endpoints to choose from")
        if self.provider == "local" and (self.base_url is not None or self.api_key is not None):
            raise ValueError("a local model has no base_url and no api_key: `model:` names its folder")
        return self

    @model_validator(mode="after")
    def _embeds_where_it_says_how(self) -> ModelSpec:
        prefixed = self.query_prefix is not None or self.document_prefix is not None
        if prefixed and self.mode != "embedding":
            raise ValueError("query_prefix and document_prefix are for a model of mode: embedding")
        if self.pooling is not None and self.provider != "local":
            raise ValueError(f"pooling is for a model of provider: local, and this one's is {self.provider}")
        if self.provider == "local" and (unknown := self.sampling().keys() - {"dimensions"}):
            raise ValueError(
                f"a local embedding model knows no {', '.join(sorted(unknown))}: extra_body may hold `dimensions`, how"
                " many numbers of a vector are kept"
            )
        return self

    @property
    def is_free(self) -> bool:
        """Whether nobody is paid for its answers: rules give them, or a model in this process."""
        return self.provider in ("offline", "local")

    @property
    def in_flight(self) -> int:
        """Most calls open at once, at all its endpoints together."""
        return sum(spec.max_in_flight for spec in self.at_endpoints())

    @property
    def dearest(self) -> Price | None:
        """Its price; where it has several endpoints, the highest that any of them asks, in and out each."""
        if not self.endpoints:
            return self.price
        prices = [spec.price for spec in self.at_endpoints() if spec.price is not None]
        if not prices:
            return None
        return Price(input=max(price.input for price in prices), output=max(price.output for price in prices))

    def at_endpoints(self) -> tuple[ModelSpec, ...]:
        """The model as each of its endpoints serves it, in their order; itself where it has but one."""
        return tuple(self._at(endpoint) for endpoint in self.endpoints) or (self,)

    def _at(self, endpoint: EndpointSpec) -> ModelSpec:
        said = endpoint.model_dump(exclude_none=True, exclude=_ENDPOINTS_OWN | {"price"})
        price = {} if endpoint.price is None else {"price": endpoint.price}
        return self.model_copy(update={"endpoints": [], **said, **price})

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
