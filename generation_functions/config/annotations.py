"""What a parameter's type annotation says: its kind, its `Field(...)`s, and the config's own types within it."""

from __future__ import annotations

import types
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from generation_functions.config.model_field import ModelField
from generation_functions.config.module_loader import Pipeline
from generation_functions.models.model import Model

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema

Kind: TypeAlias = Literal[
    "model", "models", "path", "settings", "choice", "boolean", "integer", "number", "text", "list", "mapping", "any"
]


@dataclass(frozen=True, slots=True)
class SettingsMarker:
    """Marks a mapping as another pipeline's arguments; with `written_only`, defaults are not filled in."""

    pipeline: Pipeline
    written_only: bool = False

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        from pydantic_core import core_schema

        from generation_functions.config.signature import signature_of

        signature = signature_of(self.pipeline)
        received = signature.written_keywords if self.written_only else signature.keywords
        return core_schema.no_info_after_validator_function(received, handler.generate_schema(signature.arguments))


class SettingsOf:
    """`SettingsOf[pipeline]`: a mapping checked against that pipeline's signature, received as a dict of its keywords.

    A composition takes a sub-pipeline's whole section as one parameter: `factual: SettingsOf[factual_qa]`, and calls
    `await factual_qa(run.child("factual"), **factual)`.
    """

    def __class_getitem__(cls, pipeline: Pipeline) -> Any:
        if not callable(pipeline):
            raise TypeError(f"SettingsOf[...] takes a pipeline function, not {pipeline!r}")
        return Annotated[dict[str, Any], SettingsMarker(pipeline)]


def core_type(annotation: Any) -> Any:
    """The annotation without `Annotated` and without `| None`."""
    if get_origin(annotation) is Annotated:
        return core_type(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        some = [arg for arg in get_args(annotation) if arg is not type(None)]
        return core_type(some[0]) if len(some) == 1 else annotation
    return annotation


def takes_none(annotation: Any) -> bool:
    """Whether null is a value of this type."""
    core = get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation
    return core in (None, type(None)) or (get_origin(core) in (Union, types.UnionType) and type(None) in get_args(core))


def field_infos(annotation: Any) -> list[FieldInfo]:
    """The `Field(...)`s of an annotation, outermost first; also those inside `... | None`."""
    found = [extra for extra in getattr(annotation, "__metadata__", ()) if isinstance(extra, FieldInfo)]
    if get_origin(annotation) in (Annotated, Union, types.UnionType):
        return found + [info for arg in get_args(annotation)[:2] for info in field_infos(arg)]
    return found


def settings_pipeline(annotation: Any) -> Pipeline | None:
    """The pipeline in `SettingsOf[pipeline]`, also under `| None` or as a list's items."""
    for extra in getattr(annotation, "__metadata__", ()):
        if isinstance(extra, SettingsMarker):
            return extra.pipeline
    if get_origin(annotation) in (Annotated, Union, types.UnionType, list):
        return next((found for arg in get_args(annotation) if (found := settings_pipeline(arg))), None)
    return None


def with_models(annotation: Any) -> Any:
    """The annotation with `Model` replaced by the type that takes a model's name or a mapping."""
    if annotation is Model:
        return ModelField
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is None or not mentions_model(annotation):
        return annotation
    if origin is Annotated:
        return Annotated[(with_models(args[0]), *annotation.__metadata__)]
    inner = tuple(with_models(arg) for arg in args)
    return Union[inner] if origin in (Union, types.UnionType) else origin[inner]  # noqa: UP007


def mentions_model(annotation: Any) -> bool:
    """Whether `Model` stands anywhere in the annotation."""
    return annotation is Model or any(mentions_model(arg) for arg in get_args(annotation))


_KINDS: tuple[tuple[type | tuple[type, ...], Kind], ...] = (
    (Model, "model"),
    (Path, "path"),
    (Enum, "choice"),
    (bool, "boolean"),
    (int, "integer"),
    (float, "number"),
    (str, "text"),
    ((list, tuple, set, frozenset), "list"),
    ((dict, BaseModel), "mapping"),
)


def kind_of(annotation: Any) -> Kind:
    """What sort of value an annotation asks for."""
    core = core_type(annotation)
    origin = get_origin(core) or core
    if origin is Literal:
        return "choice"
    if origin is list and get_args(core) and core_type(get_args(core)[0]) is Model:
        return "models"
    if settings_pipeline(annotation) is not None and origin is not list:
        return "settings"
    if not isinstance(origin, type):
        return "any"
    default: Kind = "mapping" if hasattr(origin, "__dataclass_fields__") else "any"
    return next((kind for base, kind in _KINDS if issubclass(origin, base)), default)


def choices_of(annotation: Any) -> list[str]:
    """The values a `Literal` or an `Enum` allows, as they are written in a config."""
    core = core_type(annotation)
    if get_origin(core) is Literal:
        return [str(choice) for choice in get_args(core)]
    if isinstance(core, type) and issubclass(core, Enum):
        return [str(member.value) for member in core]
    return []
