"""A pipeline's parameters as JSON Schema, with what a form needs to draw them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import CoreSchema, to_jsonable_python

from generation_functions.config.annotations import core_type, kind_of, settings_pipeline
from generation_functions.config.module_loader import Pipeline
from generation_functions.config.sections import placed_keys
from generation_functions.config.settings import RESERVED
from generation_functions.config.signature import Parameter, Signature, signature_of
from generation_functions.config.tree import Attention, Document
from generation_functions.models.model import Model
from generation_functions.rows import Json


def pipeline_schema(
    function: Pipeline, *, groups: Mapping[str, str] | None = None, attention: Iterable[Attention] = ()
) -> dict[str, Json]:
    """JSON Schema (2020-12) of what a pipeline takes.

    Beside the usual words, each parameter has `x-kind` (what to draw), `x-order` (its place in the signature),
    `x-group` (the section it stands in, from `groups`) and `x-attention` (what a config's comment warns of).
    """
    signature = signature_of(function)
    schema = signature.arguments.model_json_schema(schema_generator=_Lenient)
    _decorate(schema, signature, schema.get("$defs", {}), groups or {}, {a.key[-1]: a.text for a in attention if a.key})
    return schema


def sections_of(config: Document, function: Pipeline) -> dict[str, str]:
    """The section each parameter stands in in a config, dotted where sections nest; none for the top level."""
    signature = signature_of(function)
    placed = placed_keys(config.root, signature, RESERVED)
    return {key: ".".join(section) for section, key, _ in placed if section and key in signature.parameters}


class _Lenient(GenerateJsonSchema):
    """Types that have no JSON form accept anything, instead of failing the whole schema."""

    def handle_invalid_for_json_schema(self, schema: CoreSchema, error_info: str) -> JsonSchemaValue:
        return {}

    def emit_warning(self, kind: Any, detail: str) -> None:
        """Defaults are written by `_default`, so one that Pydantic cannot write is no news."""


def _decorate(
    schema: dict[str, Json],
    signature: Signature,
    defs: dict[str, Json],
    groups: Mapping[str, str],
    notes: Mapping[str, str],
) -> None:
    schema |= {"title": signature.name, "description": signature.description, "type": "object"}
    schema.setdefault("properties", {})
    for order, parameter in enumerate(signature.parameters.values()):
        drawn = schema["properties"][parameter.name]
        drawn |= {"x-kind": parameter.kind, "x-order": order}
        drawn |= _optional_words(parameter, groups, notes)
        _decorate_nested(drawn, parameter, defs)


def _optional_words(parameter: Parameter, groups: Mapping[str, str], notes: Mapping[str, str]) -> dict[str, Json]:
    words = {
        "description": parameter.description,
        "x-group": groups.get(parameter.name),
        "x-attention": notes.get(parameter.name),
    }
    default = {} if parameter.required else {"default": _default(parameter.default)}
    return {**{key: value for key, value in words.items() if value is not None}, **default}


def _decorate_nested(drawn: dict[str, Json], parameter: Parameter, defs: dict[str, Json]) -> None:
    pipeline = settings_pipeline(parameter.annotation)
    reference = _reference_in(drawn)
    if reference not in defs:
        return
    if pipeline is not None:
        drawn["x-pipeline"] = signature_of(pipeline).name
        _decorate(defs[reference], signature_of(pipeline), defs, {}, {})
        return
    model = core_type(parameter.annotation)
    if isinstance(model, type) and issubclass(model, BaseModel):
        for name, field in model.model_fields.items():
            defs[reference]["properties"][name]["x-kind"] = kind_of(field.annotation)


def fields_inside(drawn: Mapping[str, Json], schema: Mapping[str, Json]) -> dict[str, dict[str, Json]]:
    """The fields of a parameter that is a mapping with fields of its own, by name; none of any other."""
    inside = schema.get("$defs", {}).get(_reference_in(dict(drawn)), {}) if drawn.get("x-kind") == "mapping" else {}
    found: dict[str, dict[str, Json]] = inside.get("properties", {})
    return found


def _reference_in(schema: Json) -> str:
    if isinstance(schema, dict):
        if "$ref" in schema:
            return str(schema["$ref"]).removeprefix("#/$defs/")
        return next(filter(None, map(_reference_in, schema.values())), "")
    return next(filter(None, map(_reference_in, schema)), "") if isinstance(schema, list) else ""


def _default(value: Any) -> Json:
    if isinstance(value, Model):
        return value.name
    if isinstance(value, Path | Enum):
        return str(value) if isinstance(value, Path) else value.value
    return to_jsonable_python(value, fallback=str)
