"""What is read off a function."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import pytest
from pydantic import BaseModel, Field

from generation_functions.config.annotations import SettingsOf
from generation_functions.config.schema import pipeline_schema, sections_of
from generation_functions.config.signature import signature_of, type_at
from generation_functions.config.yaml_loader import parse_yaml
from generation_functions.errors import ConfigError
from generation_functions.models.model import Model

if TYPE_CHECKING:
    from generation_functions import Dataset, Run


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


class Shape(BaseModel):
    sides: Annotated[int, Field(ge=3)]


@dataclass
class Split:
    train: float
    validation: float = 0.1


async def part(
    run: Run,
    *,
    input_dir: Annotated[Path, Field(description="Folder of source documents.")],
    writer: Model,
    chunk_tokens: Annotated[int, Field(ge=64, le=32_000, description="Longest chunk, in tokens.")] = 800,
) -> Dataset:
    """Write things.

    At length.
    """


async def whole(
    run: Run,
    part_one: SettingsOf[part],
    judges: list[Model],
    backup: Model | None = None,
    kind: Literal["a", "b"] = "a",
    colour: Colour = Colour.RED,
    folder: Path = Path("inputs"),
    share: Annotated[float | None, Field(ge=0, le=1)] = None,
    shape: Shape | None = None,
    split: Split | None = None,
    names: dict[str, int] | None = None,
    copy: bool = False,
    anything=None,
) -> Dataset:
    """Put parts together."""


def test_the_run_is_no_parameter() -> None:
    signature = signature_of(part)
    assert signature.run_name == "run"
    assert list(signature.parameters) == ["input_dir", "writer", "chunk_tokens"]
    assert [p.required for p in signature.parameters.values()] == [True, True, False]
    assert signature.parameters["chunk_tokens"].description == "Longest chunk, in tokens."


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("part_one", "settings"),
        ("judges", "models"),
        ("backup", "model"),
        ("kind", "choice"),
        ("colour", "choice"),
        ("folder", "path"),
        ("share", "number"),
        ("shape", "mapping"),
        ("split", "mapping"),
        ("names", "mapping"),
        ("copy", "boolean"),
        ("anything", "any"),
    ],
)
def test_each_parameter_has_a_kind(name: str, kind: str) -> None:
    assert signature_of(whole).parameters[name].kind == kind


def test_a_run_is_known_by_its_name_or_its_type_only_in_first_place() -> None:
    def unannotated(run, x): ...
    def other_name(pipeline_run: Run, x: int): ...
    def no_run(x: int, run: int): ...

    assert [signature_of(f).run_name for f in (unannotated, other_name, no_run)] == [
        "run",
        "pipeline_run",
        None,
    ]


def test_functions_no_config_can_call_are_refused() -> None:
    def positional(x, /): ...

    with pytest.raises(ConfigError, match="'x' is taken by position only"):
        signature_of(positional)

    def unknown_type(x: NoSuchType): ...  # noqa: F821

    with pytest.raises(ConfigError, match="the type of 'x' in unknown_type cannot be read") as caught:
        signature_of(unknown_type)
    assert caught.value.problems[0].line


def test_decorated_functions_keep_their_signature() -> None:
    @functools.wraps(part)
    def decorated(*args: Any, **kwargs: Any) -> Any: ...

    assert list(signature_of(decorated).parameters) == list(signature_of(part).parameters)


def test_types_are_found_inside_values() -> None:
    parameters = signature_of(whole).parameters
    assert type_at(parameters["part_one"].annotation, ("input_dir",)).__origin__ is Path
    assert type_at(parameters["names"].annotation, ("x",)) is int
    assert type_at(parameters["split"].annotation, ("train",)) is float
    assert type_at(parameters["judges"].annotation, ("0",)) is Model
    assert type_at(parameters["anything"].annotation, ("x", "y")) is Any


def test_the_schema_says_what_a_form_needs() -> None:
    config = parse_yaml(
        "# !!ATTENTION!! many tokens cost more\ndocuments:\n  input_dir: x\n  deep: {chunk_tokens: 100}\nwriter: w\n"
    )
    groups = sections_of(config, part)
    assert groups == {"input_dir": "documents", "chunk_tokens": "documents.deep"}
    schema = pipeline_schema(
        part, groups=groups, attention=parse_yaml("chunk_tokens: 1 # !!ATTENTION!! dear").attention
    )
    assert (schema["title"], schema["type"], schema["required"]) == ("part", "object", ["input_dir", "writer"])
    assert schema["description"] == "Write things.\n\nAt length."
    assert schema["additionalProperties"] is False
    chunk = schema["properties"]["chunk_tokens"]
    assert chunk == {
        "title": "Chunk tokens",
        "type": "integer",
        "minimum": 64,
        "maximum": 32_000,
        "description": "Longest chunk, in tokens.",
        "default": 800,
        "x-kind": "integer",
        "x-order": 2,
        "x-group": "documents.deep",
        "x-attention": "dear",
    }
    assert {"type": "string"} in schema["properties"]["writer"]["anyOf"]


def test_the_schema_of_a_composition_holds_its_parts() -> None:
    schema = pipeline_schema(whole)
    properties = schema["properties"]
    assert properties["part_one"]["x-pipeline"] == "part"
    inner = schema["$defs"][properties["part_one"]["$ref"].removeprefix("#/$defs/")]
    assert inner["properties"]["input_dir"]["x-kind"] == "path"
    assert inner["required"] == ["input_dir", "writer"]
    defaults = {name: drawn["default"] for name, drawn in properties.items() if "default" in drawn}
    assert defaults["colour"] == "red"
    assert defaults["folder"] == "inputs"
    assert [drawn["x-order"] for drawn in properties.values()] == list(range(len(properties)))


def test_types_without_a_json_form_do_not_spoil_the_schema() -> None:
    def odd(x: type[int], y: Path = Path(), z: object = object()) -> None: ...

    assert set(pipeline_schema(odd)["properties"]) == {"x", "y", "z"}


def test_a_default_model_is_shown_by_name() -> None:
    def takes(writer: Model = Model.offline()) -> None: ...  # noqa: B008

    assert pipeline_schema(takes)["properties"]["writer"]["default"] == "offline"
