"""What a model would extract, worked out from names and kinds of a schema's fields: `(values, rng) -> completion`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from random import Random
from typing import Any

from generation.core_components.languages import language_of
from generation.core_components.offline_writer.sentences import sentences, stands_alone

Values = Mapping[str, Any]

MOST = 30

_YEAR = re.compile(r"(?<![\d.,])(?:1\d|20)\d\d\b(?![.,]\d)")
_AMOUNT = re.compile(r"(?<![\d.,])(?!(?:1\d|20)\d\d\b)\d+(?:,\d{3})*(?:\.\d+)?\b")
_NAME = r"[A-ZÀ-Þ][\w-]+(?: (?:(?:of|de|van|von|da) )?[A-ZÀ-Þ][\w-]*\.?)+(?!['’])"
_WHO = re.compile(rf"^(?!The |A |In |Die |Der |Das |Im |Le |La |Les )({_NAME}) [a-zß-ÿ]|\b(?:by|von|par|por) ({_NAME})")
_WHERE = re.compile(
    r"\b(?:in|at|à|nach|to) (?:the )?(?!January|February|March|April|May|June|July|August|September|October|November"
    r"|December|Physics|Physiology|Chemistry|Medicine|Literature|English|Latin|German|French)"
    r"([A-ZÀ-Þ][\w-]+(?: [A-ZÀ-Þ][\w-]+)*)(?=[ .,]|$)"
)
_PERSONS = re.compile(r"who|person|people|name|author|inventor|founder|wer", re.IGNORECASE)
_PLACES = re.compile(r"where|place|city|country|town|location|ort|wo|lieu", re.IGNORECASE)
_TIMES = re.compile(r"year|when|date|jahr|année|año", re.IGNORECASE)


def extract(values: Values, rng: Random) -> str:
    """A record for each sentence that has all the required fields."""
    schema, text = values["schema"], values["text"]
    found = []
    for sentence in dict.fromkeys(sentences(text)):
        if stands_alone(sentence, language_of(text)):
            record = {name: _field(name, about, sentence) for name, about in schema["properties"].items()}
            if all(record.get(name) is not None for name in schema.get("required", ())) and any(record.values()):
                found.append(record)
    return json.dumps({"records": found[:MOST]}, ensure_ascii=False)


def _field(name: str, about: Mapping[str, Any], sentence: str) -> dict[str, Any] | None:
    kind = about.get("type")
    if "enum" in about:
        named = (option for option in about["enum"] if str(option).lower() in sentence.lower())
        return next(({"value": option, "quote": sentence} for option in named), None)
    if kind in ("integer", "number"):
        match = (_YEAR if _TIMES.fullmatch(name) else _AMOUNT).search(sentence)
        return _number(match.group(), kind) if match is not None else None
    if kind != "string":
        return None
    for asked, pattern in ((_PERSONS, _WHO), (_PLACES, _WHERE), (_TIMES, _YEAR)):
        if asked.fullmatch(name):
            match = pattern.search(sentence)
            words = next((group for group in match.groups() if group), match.group()) if match is not None else None
            return {"value": words, "quote": words} if words is not None else None
    return {"value": sentence, "quote": sentence}


def _number(written: str, kind: str) -> dict[str, Any] | None:
    value = float(written.replace(",", ""))
    if kind == "integer" and not value.is_integer():
        return None
    return {"value": int(value) if value.is_integer() else value, "quote": written}
