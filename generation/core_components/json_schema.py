"""Values checked against a JSON Schema that a config gives, with problems in words that a model can be shown.

Draft 2020-12, or the draft that `$schema` names (https://json-schema.org). Nothing is ever fetched: a `$ref` leads to
somewhere inside the schema, or is an error.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from generation_functions.errors import ConfigError
from generation_functions.rows import Json

MOST_TOLD = 4


class JsonSchema:
    """A schema, checked once. Raises `ConfigError` where it is none; `where` says which schema that was."""

    def __init__(self, schema: Mapping[str, Json], *, where: str = "the schema") -> None:
        from jsonschema.exceptions import SchemaError
        from jsonschema.validators import Draft202012Validator, validator_for

        self.schema = dict(schema)
        self._where = where
        try:
            self._draft = validator_for(self.schema, default=Draft202012Validator)
            self._draft.check_schema(self.schema)
        except SchemaError as exc:
            raise ConfigError(
                f"{where} is no JSON Schema: {exc.message} (at {exc.json_path})",
                hint="see https://json-schema.org/understanding-json-schema",
            ) from exc

    @cached_property
    def _validator(self) -> Any:
        from referencing import Registry

        return self._draft(self.schema, registry=Registry())  # an empty registry, which fetches nothing

    def problems(self, value: Json) -> list[str]:
        """What is wrong with a value, the plainest first; empty where it fits. A lost `$ref` raises `ConfigError`."""
        from jsonschema.exceptions import relevance
        from referencing.exceptions import Unresolvable

        try:
            found = sorted(self._validator.iter_errors(value), key=relevance, reverse=True)
        except Unresolvable as exc:
            raise ConfigError(
                f"{self._where} refers to {exc.ref!r}, which is not in it", hint="put it under `$defs`"
            ) from exc
        return [_told(error) for error in found[:MOST_TOLD]]


def _told(error: Any) -> str:
    place = error.json_path.removeprefix("$").removeprefix(".")
    return f"{place}: {error.message}" if place else str(error.message)
