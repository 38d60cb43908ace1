"""How a parameter typed `Model` is validated: the name of one of the config's models, or a mapping written in place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import GetJsonSchemaHandler, ValidationInfo, ValidatorFunctionWrapHandler, WrapValidator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError

from generation_functions.models.model import Model, ModelSpec

FIELD_PREFIX = "p_"
"""Keeps parameters called `copy` or `schema` apart from the attributes of Pydantic's models."""


@dataclass(frozen=True, slots=True)
class KnownModels:
    """The validation context: models by name, and the names whose entries have problems of their own."""

    models: Mapping[str, Model] = field(default_factory=dict)
    broken: frozenset[str] = frozenset()


def _model(value: Any, whole: ValidatorFunctionWrapHandler, info: ValidationInfo) -> Model:
    if isinstance(value, Model):
        return value
    known = info.context if isinstance(info.context, KnownModels) else KnownModels()
    if isinstance(value, str):
        return _named(value, known)
    if not isinstance(value, Mapping):
        raise PydanticCustomError("model_kind", "must be a model's name or a mapping")
    return Model((info.field_name or "model").removeprefix(FIELD_PREFIX), whole(value))


def _named(name: str, known: KnownModels) -> Model:
    if name in known.models:
        return known.models[name]
    # The entry's own problem was reported; a second one for the name would send the reader to the wrong line.
    kind = "broken_model" if name in known.broken else "unknown_model"
    raise PydanticCustomError(kind, "no model has this name", {"names": sorted({*known.models, *known.broken})})


class _NameOrMapping:
    """Says both forms in JSON Schema."""

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"anyOf": [{"type": "string"}, handler(schema)]}


ModelField = Annotated[ModelSpec, WrapValidator(_model), _NameOrMapping()]
"""Validates to a `Model`."""
