"""Models: what a config says of them, what is asked and answered, and the clients that do the asking.

Names load on first use: estimating tokens needs no pydantic, and what a config says of a model no aiohttp.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from generation_functions.models.clients import ModelClients
    from generation_functions.models.endpoint import EndpointClient
    from generation_functions.models.exchange import Completion, Messages, ModelClient, Request, Usage
    from generation_functions.models.model import Model, ModelSpec, Price
    from generation_functions.models.offline import OfflineClient
    from generation_functions.models.tokens import estimate_tokens

__all__ = [
    "Completion",
    "EndpointClient",
    "Messages",
    "Model",
    "ModelClient",
    "ModelClients",
    "ModelSpec",
    "OfflineClient",
    "Price",
    "Request",
    "Usage",
    "estimate_tokens",
]

_HOMES = {
    "Completion": "exchange", "Messages": "exchange", "ModelClient": "exchange", "Request": "exchange",
    "Usage": "exchange", "Model": "model", "ModelSpec": "model", "Price": "model", "estimate_tokens": "tokens",
    "EndpointClient": "endpoint", "ModelClients": "clients", "OfflineClient": "offline",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
