"""Values that a person might give for an argument, made up from its name and its schema."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from generation_functions.rows import Json

_BY_NAME: Sequence[tuple[str, Sequence[str]]] = (
    (r"date|day|deadline", ("2026-03-08", "2026-05-21", "2026-09-14", "2026-11-02")),
    (r"time|hour|clock", ("07:30", "09:15", "14:00", "18:45")),
    (r"mail", ("anna.berg@example.org", "office@example.com", "li.wei@example.net")),
    (r"phone", ("+41 44 555 01 23", "+49 30 555 0147")),
    (r"currency", ("EUR", "CHF", "USD", "JPY")),
    (r"city|town|place|location|destination|origin|station|from|to|where",
     ("Bern", "Porto", "Kyoto", "Tallinn", "Valparaíso", "Ghent", "Accra")),
    (r"name|person|who|guest|customer|contact", ("Anna Berg", "Li Wei", "Kwame Mensah", "Inês Duarte")),
    (r"ingredient|food|product|item", ("lentils", "spinach", "rye flour", "aubergines", "goat cheese")),
    (r"room", ("kitchen", "study", "bedroom", "hall")),
    (r"id|number|code|reference", ("A-1042", "B-7719", "C-3305")),
    (r"text|message|note|subject|title", ("call the plumber", "water the tomatoes", "send the invoice to Anna Berg")),
)  # fmt: skip
_ANYTHING = ("blue", "the large one", "oak", "spring")
_FROM, _TO = 1, 12


def made_up(name: str, schema: Mapping[str, Any], rng: Random) -> Json:
    """A value that fits a property's schema, as far as its type, choices, examples and bounds go."""
    for choices in (schema.get("enum"), schema.get("examples")):
        if choices:
            return rng.choice(choices)
    kind = schema.get("type", "string")
    kind = next((each for each in kind if each != "null"), "string") if isinstance(kind, list) else kind
    if kind in ("integer", "number"):
        low = schema.get("minimum", _FROM)
        return rng.randint(int(low), int(schema.get("maximum", low + _TO)))
    if kind == "boolean":
        return rng.random() < 0.5
    if kind == "array":
        items = [made_up(name, schema.get("items", {}), rng) for _ in range(max(2, schema.get("minItems", 0)))]
        return [item for number, item in enumerate(items) if item not in items[:number]]
    if kind == "object":
        return {key: made_up(key, schema["properties"][key], rng) for key in schema.get("required", ())}
    return rng.choice(next((words for pattern, words in _BY_NAME if re.search(pattern, name.lower())), _ANYTHING))
