"""Records of a schema: read from a completion, and taken apart into values and the spans that support them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from generation.core_components.json_schema import JsonSchema
from generation.core_pipelines.extract_structured.spans import Span, spans_of, unsupported
from generation_functions import Drop, ParseError
from generation_functions.errors import ConfigError
from generation_functions.parsing import json_value
from generation_functions.rows import Json

Evidence = dict[str, Json]
"""A field of a record: `{"value": ..., "quote": ...}`."""

Place = tuple[str, str]
"""A field's name and one of its quotes."""

_read = json_value()


def records(completion: str) -> list[dict[str, Evidence | None]]:
    """The records of a completion, each field null or a value with its quote. Raises `ParseError`."""
    answer = _read(completion)
    listed = answer.get("records") if isinstance(answer, Mapping) else answer
    if not isinstance(listed, list) or not all(isinstance(record, Mapping) for record in listed):
        raise ParseError('Expected {"records": [...]} with an object for each record.')
    return [{name: _evidence(name, field) for name, field in record.items()} for record in listed]


def _evidence(name: str, field: Json) -> Evidence | None:
    if field is None or (isinstance(field, Mapping) and field.get("value", field) is None):
        return None
    if not isinstance(field, Mapping) or not {"value", "quote"} <= field.keys():
        raise ParseError(f'The field "{name}" must be null, or an object with "value" and "quote".')
    quotes = field["quote"] if isinstance(field["quote"], list) else [field["quote"]]
    if not quotes or not all(isinstance(quote, str) for quote in quotes):
        raise ParseError(f'The quote of "{name}" must be words of the text, or a list of such quotes.')
    return {"value": field["value"], "quote": quotes}


@dataclass(frozen=True)
class Extraction:
    """What is to be extracted: a schema for a record, and whether text values must be words of their quotes."""

    schema: Mapping[str, Json]
    quoted: bool = True

    def __post_init__(self) -> None:
        self._whole  # noqa: B018  a schema that is none is told before anything is paid for
        if self.schema.get("type", "object") != "object" or not isinstance(self.schema.get("properties"), Mapping):
            raise ConfigError("schema must describe an object", hint="give it `type: object` and its `properties`")

    @cached_property
    def _whole(self) -> JsonSchema:
        return JsonSchema(self.schema, where="schema")

    @cached_property
    def _partly(self) -> JsonSchema:
        open_schema = {name: part for name, part in self.schema.items() if name not in ("required", "minProperties")}
        return JsonSchema(open_schema, where="schema")

    def misfit(self, found: list[dict[str, Evidence | None]], row: Mapping[str, Any]) -> str | None:
        """What a model is told of values that are not of the schema's types. What is missing is judged later."""
        for number, record in enumerate(found, 1):
            problems = self._partly.problems({name: field["value"] for name, field in record.items() if field})
            if problems:
                return f"Record {number}: {problems[0]}."
        return None

    def supported(self, row: Mapping[str, Any]) -> dict[str, Json]:
        """`record` and `spans` of what is found in a row; drops it where too little of it is supported.

        Spans are in characters of the document: `[{"start", "end", "quote"}]` for each field.
        """
        given = {name: field for name, field in row["found"].items() if field is not None}
        places = _places(given, row["text"])
        left_out = {
            name: why for name, field in given.items() if (why := self._problem(name, field, places)) is not None
        }
        record = {name: field["value"] for name, field in given.items() if name not in left_out}
        misfits = self._whole.problems(record)
        if misfits or not record:
            why = "; ".join(f"{name}: {problem}" for name, problem in left_out.items())
            raise Drop(why or (misfits[0] if misfits else "the record has no field"))
        spans = {name: [_span(places[name, quote], row) for quote in given[name]["quote"]] for name in record}
        return {"record": record, "spans": spans, "metadata": {"unsupported": left_out} if left_out else {}}

    def _problem(self, name: str, field: Evidence, places: Mapping[Place, Span | None]) -> str | None:
        missing = next((quote for quote in field["quote"] if places[name, quote] is None), None)
        if missing is not None:
            return f"its quote {missing!r} does not stand in the text"
        values = field["value"] if isinstance(field["value"], list) else [field["value"]]
        said = " … ".join(field["quote"])
        told = (unsupported(value, said, quoted=self._is_quoted(name)) for value in values)
        return next((problem for problem in told if problem is not None), None)

    def _is_quoted(self, name: str) -> bool:
        about = self.schema["properties"].get(name, {})
        return self.quoted and isinstance(about, Mapping) and not {"enum", "const", "format", "$ref"} & about.keys()


def _places(given: Mapping[str, Evidence], text: str) -> dict[Place, Span | None]:
    quotes = [(name, quote) for name, field in given.items() for quote in field["quote"]]
    return dict(zip(quotes, spans_of([quote for _, quote in quotes], text), strict=True))


def _span(place: Span | None, row: Mapping[str, Any]) -> dict[str, Json]:
    assert place is not None
    begins = row["start"] - row.get("overlap", 0) + row.get("lead", 0)
    words = row["text"][place.start : place.end]
    return {"start": begins + place.start, "end": begins + place.end, "quote": words}
