"""Structured output: a completion as the fields of a Pydantic model, and how to ask an endpoint for it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from pydantic import BaseModel, ValidationError

from generation_functions.errors import ParseError
from generation_functions.parsing.json_value import JsonValue
from generation_functions.rows import Json

FormatKind: TypeAlias = Literal["json_schema", "json_object", "none"]

_REASONS = {
    "missing": "is missing",
    "extra_forbidden": "is not a field that was asked for",
    "string_type": "must be a text",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "list_type": "must be a list",
    "dict_type": "must be an object",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
}


@dataclass(frozen=True)
class Structured:
    """The completion's JSON, checked by a Pydantic model and given back as a JSON-able mapping with defaults filled in.

    Raises `ParseError` with one plain sentence for each field that is wrong.
    """

    model: type[BaseModel]

    def __call__(self, completion: str) -> dict[str, Json]:
        value = JsonValue()(completion)
        try:
            return self.model.model_validate(value).model_dump(mode="json")
        except ValidationError as exc:
            errors = exc.errors(include_url=False, include_context=True)
            raise ParseError(" ".join(dict.fromkeys(_sentence(dict(error)) for error in errors))) from exc

    def response_format(self, kind: FormatKind) -> dict[str, Json] | None:
        """The `response_format` of a request's body where the endpoint supports `kind`; None for `none`."""
        if kind == "none":
            return None
        if kind == "json_object":
            return {"type": "json_object"}
        schema = strict_schema(self.model)
        named = {"name": re.sub(r"\W", "_", self.model.__name__)[:64], "strict": _is_closed(schema), "schema": schema}
        return {"type": "json_schema", "json_schema": named}

    @property
    def instructions(self) -> str:
        """What to say in the prompt where the endpoint cannot be held to a schema."""
        schema = json.dumps(strict_schema(self.model), ensure_ascii=False)
        return (
            "Answer with one JSON object and nothing else: no words before or after it, no code fence. "
            f"It must have every required field of this JSON schema, and no other:\n{schema}"
        )

    def __repr__(self) -> str:
        return f"structured({self.model.__name__})"


def strict_schema(model: type[BaseModel]) -> dict[str, Json]:
    """The model's JSON schema as strict endpoints want it: closed objects, every field required, no defaults."""
    closed = _strict(model.model_json_schema())
    assert isinstance(closed, dict)
    return closed


def _strict(node: Json) -> Json:
    if isinstance(node, list):
        return [_strict(item) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node and len(node) > 1:
        # Beside a $ref strict endpoints accept no other keyword.
        rest = {key: value for key, value in node.items() if key != "$ref"}
        return _strict({"anyOf": [{"$ref": node["$ref"]}], **rest})
    kept = {("anyOf" if key == "oneOf" else key): value for key, value in node.items() if not _is_ornament(key, value)}
    strict = {
        key: _named(value) if key in ("properties", "$defs") else _strict_value(key, value)
        for key, value in kept.items()
    }
    if "properties" in strict:
        strict |= {"required": list(strict["properties"]), "additionalProperties": False}
    return strict


def _named(nodes: dict[str, Json]) -> dict[str, Json]:
    return {name: _strict(node) for name, node in nodes.items()}


def _strict_value(key: str, value: Json) -> Json:
    return value if key in ("enum", "const", "required", "examples") else _strict(value)


def _is_ornament(key: str, value: Json) -> bool:
    return key in ("default", "discriminator", "examples") or (key == "title" and isinstance(value, str))


def _is_closed(node: Json) -> bool:
    """Whether every object in it names its fields; free mappings cannot be asked for strictly."""
    if isinstance(node, list):
        return all(map(_is_closed, node))
    if not isinstance(node, dict):
        return True
    free = node.get("type") == "object" and node.get("additionalProperties") is not False
    return not free and all(_is_closed(value) for value in node.values())


def _sentence(error: dict[str, Any]) -> str:
    place = "".join(_steps(error["loc"])) or "The answer"
    reason = _REASONS.get(error["type"]) or _plain(error["msg"])
    shown = "" if error["type"] == "missing" or isinstance(error["input"], dict | list) else _shown(error["input"])
    return f"{place} {reason}{shown}."


def _steps(location: tuple[int | str, ...]) -> Iterator[str]:
    for position, step in enumerate(location):
        yield f"[{step}]" if isinstance(step, int) else f".{step}" if position else step


def _plain(message: str) -> str:
    message = message.removeprefix("Value error, ").removeprefix("Assertion failed, ").rstrip(".")
    message = re.sub(r"^(Input|String|List|Value) (should|must) ", "must ", message)
    return message if message.startswith("must ") else f"is wrong: {message}"


def _shown(value: Json) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return f", not {text if len(text) <= 60 else text[:57] + '…'}"


structured = Structured
