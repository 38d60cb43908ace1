"""The resolved config: what a run was really given, as YAML that gives the same again, with secrets as references."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import yaml

from generation_functions.config.binding import BoundConfig
from generation_functions.config.environment import escape
from generation_functions.config.scalars import FLOAT, INT
from generation_functions.config.settings import RESERVED
from generation_functions.config.tree import Node
from generation_functions.models.model import Model, ModelSpec
from generation_functions.rows import Json, content_key

NOT_THE_RESULT = ("pipeline", "output_dir", "after", "models", "budget", "limit", "max_failed_share", "description")
"""Settings that say where, how long and how dear a run may be, but not what it makes. An alias is no pipeline."""

ENDPOINT_FIELDS = ("provider", "model", "mode", "structured_output")
"""What of an endpoint, beside its sampling, shapes its answers. Its address, key, limits and price do not."""

_EMBEDDING_FIELDS = ("pooling", "query_prefix", "document_prefix")
"""The same of an embedding model, where they are given."""


def resolved_yaml(bound: BoundConfig) -> str:
    """The config as YAML text: settings, then parameters in their sections, defaults filled in. Bytes are stable."""
    return dump_yaml(resolved(bound))


def dump_yaml(value: Json) -> str:
    """A JSON-able value as YAML that our loader reads back equal, keys in their order."""
    return yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10**9)


def resolved(bound: BoundConfig) -> dict[str, Json]:
    """What `resolved_yaml` writes, as plain values."""
    content = _settings(bound)
    parameters = {name: _saved(bound, name, value) for name, value in bound.kwargs.items()}
    for name in bound.sections:
        if name in parameters and bound.sections[name]:
            _put(content, (*bound.sections[name], name), parameters.pop(name))
    return content | parameters


def fingerprint(bound: BoundConfig) -> str:
    """What the run makes, as a content key.

    Equal for configs that differ only in where the run is written, in its limits, and in the addresses, keys, limits
    and names of its models.
    """
    arguments = {
        name: _shown(value, bound.nodes.get(name), bound, of_model=_answers_of) for name, value in bound.kwargs.items()
    }
    settings = {name: value for name, value in _settings(bound).items() if name not in NOT_THE_RESULT}
    function = bound.signature.function
    return content_key("config", function.__module__, function.__qualname__, settings, arguments)


def _settings(bound: BoundConfig) -> dict[str, Json]:
    settings = bound.settings
    content: dict[str, Json] = {}
    for name in RESERVED:
        value = getattr(settings, name)
        if name == "models":
            models = {key: _spec(spec) for key, spec in value.items()}
            value = {key: _shown(spec, bound.model_nodes.get(key), bound) for key, spec in models.items()} or None
        elif name in bound.kwargs:
            value = _saved(bound, name, bound.kwargs[name])
        else:
            value = _shown(value, None, bound)
        if value is not None:
            content[name] = value
    return content


def _saved(bound: BoundConfig, name: str, value: Any) -> Json:
    return _shown(value, bound.nodes.get(name), bound)


def _put(content: dict[str, Json], path: tuple[str, ...], value: Json) -> None:
    for key in path[:-1]:
        content = content.setdefault(key, {})
    content[path[-1]] = value


def _shown(value: Any, node: Node | None, bound: BoundConfig, of_model: Any = None) -> Json:
    """A value as it is saved: JSON-able, with the reference in place of what came from one."""
    if node is not None and node.reference is not None:
        return node.reference
    if isinstance(value, Model):
        named = bound.settings.models.get(value.name) is value.spec
        value = of_model(value) if of_model else (value.name if named else _spec(value.spec))
    if isinstance(value, str):
        return bound.secrets.redact(escape(value))
    if isinstance(value, Mapping):
        inner = node.items if node is not None else {}
        return {str(key): _shown(item, inner.get(str(key)), bound, of_model) for key, item in value.items()}
    if isinstance(value, list | tuple):
        written = node.value if node is not None and isinstance(node.value, list) else []
        places = [*written, *[None] * (len(value) - len(written))]
        return [_shown(item, place, bound, of_model) for item, place in zip(value, places, strict=False)]
    if value is None or isinstance(value, bool | int | float):
        return value
    return _shown(_plain(value), node, bound, of_model)


def _plain(value: Any) -> Any:
    from pydantic import BaseModel
    from pydantic_core import to_jsonable_python

    if isinstance(value, BaseModel):
        return {name: getattr(value, name) for name in type(value).model_fields}
    if is_dataclass(value) and not isinstance(value, type):
        return {item.name: getattr(value, item.name) for item in fields(value)}
    if isinstance(value, set | frozenset):
        return sorted(value, key=str)
    return to_jsonable_python(value, fallback=lambda other: f"<{type(other).__qualname__}>")


_FILLED_IN: Any = {"api_key_name": True, "endpoints": {"__all__": {"api_key_name"}}}


def _spec(spec: ModelSpec) -> dict[str, Json]:
    return spec.model_dump(mode="json", exclude_none=True, exclude=_FILLED_IN)


def _answers_of(model: Model) -> dict[str, Json]:
    spec = model.spec
    embedding = {name: value for name in _EMBEDDING_FIELDS if (value := getattr(spec, name)) is not None}
    return {**{name: getattr(spec, name) for name in ENDPOINT_FIELDS}, **embedding, "sampling": spec.sampling()}


_RARE_BREAKS = re.compile("[\r\x85\u2028\u2029]")


class _Dumper(yaml.SafeDumper):
    """PyYAML's dumper, which quotes what our loader would not read back as text, and writes no anchors."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def represent_text(self, text: str) -> yaml.Node:
        # YAML turns its rarer line breaks into spaces unless they are escaped.
        style = '"' if _RARE_BREAKS.search(text) else ("|" if "\n" in text else None)
        return self.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _Dumper.represent_text)

for _tag, _pattern in (("int", INT), ("float", FLOAT)):
    _Dumper.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern.pattern), list("-+.0123456789"))
