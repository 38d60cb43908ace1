"""A composition's parts: pipelines of which it gives some settings itself and says others once for all."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from functools import lru_cache, wraps
from typing import Annotated, Any

from generation_functions.config.annotations import SettingsMarker
from generation_functions.config.module_loader import Pipeline


def part_of(pipeline: Pipeline, *given: str) -> Any:
    """The type of a parameter that takes some of a pipeline's settings, received as a dict of those that are written.

        Facts = part_of(factual_qa, "input_dir")

    A composition gives the others: those that are `given` here it gives itself, what they have in common with other
    parts it says once, and `settings_of(pipeline, part, shared)` puts them together.
    """
    return Annotated[dict[str, Any], SettingsMarker(_in_part(pipeline, given), written_only=True)]


@lru_cache(maxsize=256)
def _in_part(pipeline: Pipeline, given: tuple[str, ...]) -> Pipeline:
    """The pipeline with a signature that lacks what is given, and in which nothing must be written."""
    signature = inspect.signature(pipeline)
    unknown = set(given) - signature.parameters.keys()
    if unknown:
        raise TypeError(f"{pipeline.__name__} has no parameter {', '.join(sorted(unknown))}")

    @wraps(pipeline)
    def part(*args: Any, **kwargs: Any) -> Any:
        return pipeline(*args, **kwargs)

    left = [_optional(p) for name, p in signature.parameters.items() if name not in given]
    part.__signature__ = signature.replace(parameters=left)  # type: ignore[attr-defined]
    return part


def _optional(parameter: inspect.Parameter) -> inspect.Parameter:
    needed = parameter.kind is parameter.KEYWORD_ONLY and parameter.default is parameter.empty
    return parameter.replace(default=None) if needed else parameter


def settings_of(pipeline: Pipeline, part: Mapping[str, Any], shared: Mapping[str, Any]) -> dict[str, Any]:
    """A part's keyword arguments: those shared values that its pipeline takes, and over them what the part itself says.

    await factual_qa(run.child("facts"), input_dir=..., **settings_of(factual_qa, facts, shared))
    """
    takes = inspect.signature(pipeline).parameters
    return {**{name: value for name, value in shared.items() if name in takes}, **part}
