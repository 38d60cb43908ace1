"""Models: what a config says of them, what is asked and answered, and the clients that do the asking.

`tokens`, `model` and `exchange` import at once; the clients, which need aiohttp, when they are first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from generation_functions.models.exchange import Completion, Messages, ModelClient, Request, Usage
from generation_functions.models.model import Model, ModelSpec, Price
from generation_functions.models.tokens import estimate_tokens

if TYPE_CHECKING:
    from generation_functions.models.clients import ModelClients
    from generation_functions.models.endpoint import EndpointClient
    from generation_functions.models.offline import OfflineClient

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

_LATE = {"EndpointClient": "endpoint", "ModelClients": "clients", "OfflineClient": "offline"}


def __getattr__(name: str) -> Any:
    if name not in _LATE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_LATE[name]}"), name)
