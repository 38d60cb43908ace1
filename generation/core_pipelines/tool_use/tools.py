"""Tools in the form of OpenAI's chat API, and calls checked against their schemas."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Annotated, Any, Literal

import orjson
from pydantic import BaseModel, ConfigDict, Field

from generation.core_components.json_schema import JsonSchema
from generation_functions.config.suggestions import did_you_mean
from generation_functions.errors import ConfigError
from generation_functions.rows import Json, canonical_json

Spec = Mapping[str, Any]
"""A tool as it is shown to models and written to datasets: `{"type": "function", "function": {...}}`."""


class Function(BaseModel):
    """What a tool is called, what it does, and what it takes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$", description="What calls name it by.")]
    description: Annotated[str, Field(min_length=1, description="What it does, in a sentence or two.")]
    parameters: Annotated[dict[str, Any], Field(description="JSON Schema of its arguments, an object.")] = {
        "type": "object",
        "properties": {},
    }
    strict: Annotated[bool | None, Field(description="OpenAI's flag of the same name, passed on as it is.")] = None


class Tool(BaseModel):
    """One of the config's `tools:`, in OpenAI's form, and beside it what it gives back."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: Literal["function"] = "function"
    function: Annotated[Function, Field(description="Its name, description and parameters.")]
    returns: Annotated[Any, Field(description="An example of what it gives back; not part of the dataset.")] = None

    @property
    def name(self) -> str:
        """What calls name it by."""
        return self.function.name

    @property
    def spec(self) -> dict[str, Any]:
        """The tool as datasets have it, in OpenAI's form."""
        return {"type": self.type, "function": self.function.model_dump(exclude_none=True)}

    @property
    def needs(self) -> list[str]:
        """Names of the arguments it cannot do without."""
        return list(self.function.parameters.get("required", ()))


def check_tools(tools: Sequence[Tool]) -> None:
    """Raise `ConfigError` where there is none, two have one name, or parameters are no schema of an object."""
    if not tools:
        raise ConfigError("there are no tools to call", hint="list them under `tools:`, in OpenAI's form")
    name, count = Counter(tool.name for tool in tools).most_common(1)[0]
    if count > 1:
        raise ConfigError(f"two tools are called {name!r}", hint="give one of them another name")
    for tool in tools:
        JsonSchema(tool.function.parameters, where=f"`parameters` of the tool {tool.name!r}")
        if tool.function.parameters.get("type") != "object":
            raise ConfigError(
                f"`parameters` of the tool {tool.name!r} are no object",
                hint="write {type: object, properties: {...}}: arguments have names",
            )


def call_problem(call: Mapping[str, Json], tools: Sequence[Spec]) -> str | None:
    """What is wrong with a call, `{"name": ..., "arguments": {...}}`, so that a model can mend it; None if it fits."""
    specs = {tool["function"]["name"]: tool["function"] for tool in tools}
    name, arguments = call.get("name"), call.get("arguments")
    if not isinstance(name, str) or not isinstance(arguments, Mapping):
        return 'A call is an object with "name", a string, and "arguments", an object.'
    if name not in specs:
        return f"There is no tool {name!r}; {did_you_mean(name, specs) or 'use only tools of the list'}."
    problems = _schema(canonical_json(specs[name]["parameters"])).problems(dict(arguments))
    return f"The arguments of {name} do not fit: {'; '.join(problems)}." if problems else None


@lru_cache(maxsize=256)
def _schema(parameters: bytes) -> JsonSchema:
    return JsonSchema(orjson.loads(parameters), where="the parameters of a tool")


def names_within(value: Json) -> Iterator[str]:
    """Every key of a JSON value, at any depth."""
    if isinstance(value, Mapping):
        for name, item in value.items():
            yield name
            yield from names_within(item)
    elif isinstance(value, list):
        for item in value:
            yield from names_within(item)
