"""How a step gets the vector of a text: from the store, or from a model with `mode: embedding`."""

from __future__ import annotations

import asyncio
from typing import Literal, TypeAlias

from generation_functions.errors import ConfigError
from generation_functions.models.exchange import Request
from generation_functions.models.model import Model, ModelSpec
from generation_functions.steps.asking import Calls

Role: TypeAlias = Literal["query", "document"]
"""What a text is to a search. Many models want to be told, by words before it."""


def gives_embeddings(model: Model | None) -> bool:
    """Whether a model can be asked for vectors. False for none and for the offline writer, which has none to give.

    Raises `ConfigError` for a model that writes.
    """
    if model is None or model.spec.provider == "offline":
        return False
    if model.spec.mode != "embedding":
        raise ConfigError(
            f"the model {model.name!r} is asked for embeddings, and its mode is {model.spec.mode!r}",
            hint="Give it `mode: embedding`, and the name of an embedding model.",
        )
    return True


async def embedding_of(calls: Calls, text: str, role: Role = "document") -> str:
    """The vector of a text: base64 of 16-bit floats, the lowest byte first. Paid once for each text.

    Raises what a model client raises.
    """
    asking = calls.asking
    model = asking.the_model()
    weights, prefix = await _before(model.spec, role)
    request = Request(prefix + text, model.spec.sampling(), rank=asking.rank, weights=weights)
    completion, key = await asking.services.complete(model, request, asking.step_name)
    calls.exchanges.append(key)
    return completion.text


async def _before(spec: ModelSpec, role: Role) -> tuple[str, str]:
    """Which weights a local model has, and what stands before a text: as the config says, else as its files do."""
    prefix = spec.query_prefix if role == "query" else spec.document_prefix
    if spec.provider != "local":
        return "", prefix or ""
    from generation_functions.models.local.weights import known_weights, weights_of

    weights = known_weights(spec)
    if weights is None:
        weights = await asyncio.to_thread(weights_of, spec)
    folder = weights.folder
    own = folder.query if role == "query" else folder.document
    return weights.digest, own if prefix is None else prefix
