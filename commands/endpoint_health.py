"""Whether the endpoints of a config can be used: the key, the address, the model's name. Nothing is spent."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from commands.health import Finding
from commands.terminal import counted
from generation_functions.errors import EndpointError, EndpointUnusable
from generation_functions.models.clients import ModelClients
from generation_functions.models.fault import Unreachable
from generation_functions.models.model import Model


def endpoint_findings(models: Sequence[Model]) -> list[Finding]:
    """One finding for each model, in their order; all are asked at the same time."""
    return asyncio.run(_all(models))


async def _all(models: Sequence[Model]) -> list[Finding]:
    async with ModelClients() as clients:
        return list(await asyncio.gather(*(_of_model(clients, model) for model in models)))


async def _of_model(clients: ModelClients, model: Model) -> Finding:
    subject = f"model {model.name}"
    if model.spec.provider == "offline":
        return Finding("ok", subject, "offline rules: no key, no cost")
    try:
        if model.spec.provider == "local":
            return Finding("ok", subject, await _local(clients, model))
        return await _of_endpoint(clients, model, subject)
    except (EndpointUnusable, Unreachable) as exc:
        return Finding("problem", subject, exc.message, exc.hint or "Check base_url, and that the server is up.")
    except EndpointError as exc:
        message = f"it does not say which models it serves ({exc.message})"
        return Finding("warning", subject, message, "The first call will tell; `preview` makes a few.")


async def _local(clients: ModelClients, model: Model) -> str:
    from generation_functions.models.local.client import LocalEmbeddingClient

    client = clients.client(model)
    assert isinstance(client, LocalEmbeddingClient)
    return await client.describe()


async def _of_endpoint(clients: ModelClients, model: Model, subject: str) -> Finding:
    from generation_functions.models.endpoint import EndpointClient

    client = clients.client(model)
    assert isinstance(client, EndpointClient)
    listed = await client.model_ids()
    await client.probe()
    key = f", key from {model.spec.api_key_name}" if model.spec.api_key_name else ", no key"
    served = f"{model.spec.model} at {client.address.base_url}{key}"
    return Finding("ok", subject, f"{served}; {counted(len(listed), 'model')} listed")
