"""Structured output from a Pydantic model."""

from __future__ import annotations

import json
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, Field, field_validator

from generation_functions.errors import ParseError
from generation_functions.parsing import structured


class Place(BaseModel):
    name: str = Field(description="As locals write it.")
    altitude_m: int | None = None


class Trip(BaseModel):
    title: Annotated[str, Field(min_length=3)]
    days: Annotated[int, Field(ge=1, le=30)]
    kind: Literal["walk", "ride"] = "walk"
    start: Place
    stops: list[Place] = []

    @field_validator("title")
    @classmethod
    def no_shouting(cls, title: str) -> str:
        if title.isupper():
            raise ValueError("write the title in lower case")
        return title


class Free(BaseModel):
    counts: dict[str, int]


GOOD = {"title": "Über den Pass", "days": 3, "kind": "walk", "start": {"name": "Sils", "altitude_m": 1809}, "stops": []}


def test_a_good_answer_comes_as_a_mapping_with_defaults() -> None:
    answer = {key: value for key, value in GOOD.items() if key not in ("kind", "stops")}
    assert structured(Trip)(f"Sure:\n```json\n{json.dumps(answer)}\n```") == GOOD


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"title": "ab"}, 'title must have at least 3 characters, not "ab".'),
        ({"days": 31}, "days must be less than or equal to 30, not 31."),
        ({"days": "many"}, 'days must be a whole number, not "many".'),
        ({"kind": "swim"}, "kind must be 'walk' or 'ride', not \"swim\"."),
        ({"title": "LOUD"}, 'title is wrong: write the title in lower case, not "LOUD".'),
        ({"start": {}}, "start.name is missing."),
        ({"stops": [{"name": "x"}, {"name": 1}]}, "stops[1].name must be a text, not 1."),
        ({"start": "Sils"}, 'start must be an object, not "Sils".'),
    ],
)
def test_each_wrong_field_gets_one_plain_sentence(change: dict, message: str) -> None:
    with pytest.raises(ParseError) as caught:
        structured(Trip)(json.dumps({**GOOD, **change}))
    assert caught.value.message == message


def test_all_wrong_fields_are_said_at_once() -> None:
    with pytest.raises(ParseError) as caught:
        structured(Trip)('{"title": "ok ok", "days": 0}')
    assert "days must be" in caught.value.message
    assert "start is missing." in caught.value.message


def test_the_schema_is_what_strict_endpoints_take() -> None:
    sent = structured(Trip).response_format("json_schema")
    assert sent is not None
    assert (sent["type"], sent["json_schema"]["name"], sent["json_schema"]["strict"]) == ("json_schema", "Trip", True)
    schema = sent["json_schema"]["schema"]
    objects = [schema, *schema["$defs"].values()]
    assert [node["additionalProperties"] for node in objects] == [False, False]
    assert schema["required"] == ["title", "days", "kind", "start", "stops"]
    assert schema["$defs"]["Place"]["properties"]["name"]["description"] == "As locals write it."
    assert "default" not in json.dumps(schema)
    json.dumps(schema)


def test_a_free_mapping_cannot_be_asked_for_strictly() -> None:
    sent = structured(Free).response_format("json_schema")
    assert sent is not None
    assert sent["json_schema"]["strict"] is False


def test_other_kinds_of_endpoints() -> None:
    assert structured(Trip).response_format("json_object") == {"type": "json_object"}
    assert structured(Trip).response_format("none") is None
    assert '"altitude_m"' in structured(Trip).instructions


def test_it_is_a_value_with_a_readable_repr() -> None:
    assert repr(structured(Trip)) == "structured(Trip)"
    assert structured(Trip) == structured(Trip)
