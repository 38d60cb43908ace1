"""A pipeline's signature: what a function takes, read once, as parameters and as a Pydantic model."""

from __future__ import annotations

import inspect
import types
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, create_model

from generation_functions.config.annotations import (
    Kind,
    core_type,
    field_infos,
    kind_of,
    settings_pipeline,
    with_models,
)
from generation_functions.config.model_field import FIELD_PREFIX
from generation_functions.config.module_loader import Pipeline
from generation_functions.errors import ConfigError, Problem
from generation_functions.models.model import Model, ModelSpec


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter that a config may set. `annotation` is evaluated, with its `Annotated` extras."""

    name: str
    annotation: Any = Any
    default: Any = inspect.Parameter.empty

    @property
    def required(self) -> bool:
        """Whether a config must set it."""
        return self.default is inspect.Parameter.empty

    @property
    def description(self) -> str | None:
        """What its `Field(description=...)` says."""
        return next((info.description for info in field_infos(self.annotation) if info.description), None)

    @property
    def kind(self) -> Kind:
        """What sort of value it takes."""
        return kind_of(self.annotation)


@dataclass(frozen=True)
class Signature:
    """What a pipeline takes.

    run_name     the first parameter where it is the run, which the runner gives; None without one.
    accepts_any  the function has `**kwargs`, so unknown keys are its own business.
    """

    function: Pipeline
    parameters: Mapping[str, Parameter]
    run_name: str | None = None
    accepts_any: bool = False

    @property
    def name(self) -> str:
        """The function's name."""
        return str(getattr(self.function, "__name__", self.function))

    @property
    def description(self) -> str:
        """The function's docstring."""
        return inspect.getdoc(self.function) or ""

    @cached_property
    def arguments(self) -> type[BaseModel]:
        """The parameters as a Pydantic model; its fields' aliases are the parameters' names."""
        config = ConfigDict(
            extra="allow" if self.accepts_any else "forbid",
            arbitrary_types_allowed=True,
            hide_input_in_errors=True,
            allow_inf_nan=False,
            protected_namespaces=(),
        )
        fields: dict[str, Any] = {f"{FIELD_PREFIX}{p.name}": _field(p) for p in self.parameters.values()}
        try:
            return create_model(self.name, __config__=config, **fields)
        except Exception as exc:
            # Pydantic raises errors of many kinds for annotations it can make nothing of.
            raise ConfigError(
                _at_function(self.function, f"the signature of {self.name} cannot be used: {exc}")
            ) from exc

    def keywords(self, validated: BaseModel) -> dict[str, Any]:
        """The keyword arguments that a validated `arguments` stands for, defaults filled in."""
        named = {name: getattr(validated, f"{FIELD_PREFIX}{name}") for name in self.parameters}
        return {**named, **(validated.model_extra or {})}

    def written_keywords(self, validated: BaseModel) -> dict[str, Any]:
        """The keyword arguments that were written, without defaults."""
        written = {name.removeprefix(FIELD_PREFIX) for name in validated.model_fields_set}
        return {name: value for name, value in self.keywords(validated).items() if name in written}


@lru_cache(maxsize=256)
def signature_of(function: Pipeline) -> Signature:
    """Read a function's signature. Raises `ConfigError` for one that no config can call."""
    found = list(inspect.signature(function).parameters.values())
    run_name = found[0].name if found and _is_run(found[0]) else None
    found = found[1:] if run_name is not None else found
    named = [p for p in found if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)]
    for p in found:
        if p.kind is p.POSITIONAL_ONLY and p.default is p.empty:
            message = f"'{p.name}' is taken by position only, so no config can give it"
            raise ConfigError(_at_function(function, message, "remove the '/' from the signature"))
    parameters = {p.name: Parameter(p.name, _annotation(function, p), p.default) for p in named}
    return Signature(function, parameters, run_name, any(p.kind is p.VAR_KEYWORD for p in found))


def known_keys(annotation: Any) -> dict[str, Any]:
    """The keys a mapping of this type may have, each with its type; empty where any key goes."""
    pipeline = settings_pipeline(annotation)
    if pipeline is not None and get_origin(core_type(annotation)) is not list:
        return {name: parameter.annotation for name, parameter in signature_of(pipeline).parameters.items()}
    core = ModelSpec if core_type(annotation) is Model else core_type(annotation)
    if isinstance(core, type) and issubclass(core, BaseModel):
        return {info.alias or name: Annotated[info.annotation, info] for name, info in core.model_fields.items()}
    if isinstance(core, type) and hasattr(core, "__dataclass_fields__"):
        return get_type_hints(core, include_extras=True)
    return {}


def type_at(annotation: Any, path: tuple[str, ...]) -> Any:
    """The type of what stands at a path inside a value; `Any` where nothing is said of it."""
    if not path:
        return annotation
    known = known_keys(annotation)
    if path[0] in known:
        return type_at(known[path[0]], path[1:])
    core = core_type(annotation)
    if get_origin(core) in (dict, list) and get_args(core) and not known:
        return type_at(get_args(core)[-1], path[1:])
    return Any


def _field(parameter: Parameter) -> tuple[Any, Any]:
    default = ... if parameter.required else parameter.default
    title = parameter.name.replace("_", " ").capitalize()
    return with_models(parameter.annotation), Field(default, alias=parameter.name, title=title)


def _is_run(parameter: inspect.Parameter) -> bool:
    # By name, as the run's own class may be imported for type checking only.
    annotation = parameter.annotation
    text = annotation if isinstance(annotation, str) else getattr(annotation, "__name__", "")
    return parameter.name == "run" or text.strip("'\"").rpartition(".")[2] == "Run"


def _annotation(function: Pipeline, parameter: inspect.Parameter) -> Any:
    if parameter.annotation is inspect.Parameter.empty:
        return Any
    # One at a time: a return type that is imported for type checking only must not spoil the others.
    holder = types.SimpleNamespace(__annotations__={parameter.name: parameter.annotation})
    scope = getattr(inspect.unwrap(function), "__globals__", {})
    try:
        return get_type_hints(holder, globalns=scope, include_extras=True)[parameter.name]
    except Exception as exc:
        # Evaluating an annotation runs whatever its author wrote.
        message = f"the type of '{parameter.name}' in {function.__name__} cannot be read: {exc}"
        hint = "define or import its name at the top level of the file, not under TYPE_CHECKING"
        raise ConfigError(_at_function(function, message, hint)) from exc


def _at_function(function: Pipeline, message: str, hint: str | None = None) -> Problem:
    code = getattr(inspect.unwrap(function), "__code__", None)
    if code is None:
        return Problem(message, hint=hint)
    return Problem(message, Path(code.co_filename), code.co_firstlineno, hint)
