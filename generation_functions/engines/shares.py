"""A share of what an endpoint allows, for one of several processes that ask it at the same time. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from generation_functions.models.model import EndpointSpec, Model, ModelSpec


def share_of(spec: ModelSpec, place: int, places: int) -> ModelSpec:
    """A model with the limits of the place `place` of `places`, from 0 on: together they are the model's own."""
    endpoints = [endpoint.model_copy(update=_limits(endpoint, place, places)) for endpoint in spec.endpoints]
    return spec.model_copy(update={**_limits(spec, place, places), "endpoints": endpoints})


def most_places(models: Iterable[Model]) -> int | None:
    """How many processes may ask at the same time so that each has a call in flight; None for any number."""
    asked = [model.spec for model in models if model.spec.provider != "offline"]
    return min((each.max_in_flight for spec in asked for each in spec.at_endpoints()), default=None)


def _limits(spec: ModelSpec | EndpointSpec, place: int, places: int) -> dict[str, Any]:
    limits: dict[str, Any] = {
        name: value / places
        for name in ("requests_per_minute", "tokens_per_minute")
        if (value := getattr(spec, name)) is not None
    }
    if spec.max_in_flight is not None:
        limits["max_in_flight"] = max(1, (spec.max_in_flight + places - 1 - place) // places)
    return limits
