"""How a step gets the vector of a text: from the store, or from a model with `mode: embedding`."""

from __future__ import annotations

from generation_functions.errors import ConfigError
from generation_functions.models.exchange import Request
from generation_functions.models.model import Model
from generation_functions.steps.asking import Calls


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


async def embedding_of(calls: Calls, text: str) -> str:
    """The vector of a text: base64 of 16-bit floats, the lowest byte first. Paid once for each text.

    Raises what a model client raises.
    """
    asking = calls.asking
    model = asking.the_model()
    request = Request(text, model.spec.sampling(), priority=asking.depth)
    completion, key = await asking.services.complete(model, request, asking.step_name)
    calls.exchanges.append(key)
    return completion.text
