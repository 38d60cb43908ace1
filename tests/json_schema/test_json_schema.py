"""Values against a schema: what is told of them, and schemas that are none."""

from __future__ import annotations

from typing import Any

import pytest

from generation.core_components.json_schema import JsonSchema
from generation_functions.errors import ConfigError

TRIP = {
    "type": "object",
    "properties": {
        "to": {"type": "string", "minLength": 1},
        "seats": {"$ref": "#/$defs/count"},
        "class": {"enum": ["first", "second"]},
    },
    "required": ["to"],
    "additionalProperties": False,
    "$defs": {"count": {"type": "integer", "minimum": 1}},
}


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ({"to": "Bern"}, []),
        ({"to": "Bern", "seats": 2, "class": "second"}, []),
        ({}, ["'to' is a required property"]),
        ({"to": "Bern", "seats": "2"}, ["seats: '2' is not of type 'integer'"]),
        ({"to": "Bern", "seats": 0}, ["seats: 0 is less than the minimum of 1"]),
        ({"to": "Bern", "class": "third"}, ["class: 'third' is not one of ['first', 'second']"]),
        ({"to": "Bern", "at": 9}, ["Additional properties are not allowed ('at' was unexpected)"]),
        ([1], ["[1] is not of type 'object'"]),
    ],
)
def test_what_is_wrong_is_told_with_its_place(value: Any, told: list[str]) -> None:
    assert JsonSchema(TRIP).problems(value) == told


@pytest.mark.parametrize(
    ("schema", "says"),
    [
        ({"type": "objekt"}, "the tool 'fly' is no JSON Schema"),
        ({"$ref": "#/$defs/nothing"}, "refers to"),
        ({"$ref": "http://127.0.0.1:9/schema.json"}, "which is not in it"),
    ],
)
def test_what_is_no_schema_is_a_mistake_of_the_config(schema: dict[str, Any], says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        JsonSchema(schema, where="the tool 'fly'").problems({})
