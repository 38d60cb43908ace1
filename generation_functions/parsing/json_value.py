"""JSON in a completion: found among other words, and repaired where the repair changes no content."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import NoReturn

from generation_functions.errors import ParseError
from generation_functions.parsing.json_reader import DEEPEST, JsonReader, JsonTrouble
from generation_functions.rows import Json

_FENCE = re.compile(r"^[ \t]*```[\w-]*[ \t]*\n(.*?)^[ \t]*```[ \t]*$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class JsonValue:
    """The JSON value of a completion: the last fenced block that holds one, else the longest object or list.

    Mended: trailing commas, single quotes, unquoted keys, comments, Python's True, False and None, line breaks inside
    strings; with `allow_truncated`, brackets missing at the very end. Refused, because any repair would be a guess:
    strings cut short, NaN and Infinity, a key given twice, nesting deeper than 64. Raises `ParseError`.
    """

    allow_truncated: bool = False

    def __call__(self, completion: str) -> Json:
        troubles: list[JsonTrouble] = []
        for block in [*reversed(_FENCE.findall(completion)), completion]:
            try:
                return self._read(block.strip())
            except JsonTrouble as exc:
                troubles.append(exc)
        # The trouble that came furthest is about the value the model meant.
        raise ParseError(f"Expected JSON, found {max(troubles, key=lambda t: t.position)}.")

    def _read(self, text: str) -> Json:
        try:
            return read_strictly(text)
        except ValueError:
            return self._longest(text)

    def _longest(self, text: str) -> Json:
        best: tuple[int, Json] | None = None
        furthest = JsonTrouble("no object or list", -1)
        at = 0
        while (start := _next_opening(text, at)) is not None:
            reader = JsonReader(text, start, allow_truncated=self.allow_truncated)
            try:
                value = reader.value()
            except JsonTrouble as exc:
                furthest, at = max(furthest, exc, key=lambda t: t.position), start + 1
                if exc.fatal:
                    raise
                continue
            at = reader.at
            if best is None or at - start >= best[0]:
                best = (at - start, value)
        if best is None or (furthest.position >= 0 and _is_longer(furthest, best[0])):
            raise furthest
        return best[1]


def read_strictly(text: str) -> Json:
    """`json.loads`, but a key given twice and numbers that are not finite are `ValueError` too."""
    try:
        value = json.loads(text, object_pairs_hook=_without_twins, parse_constant=_refuse, parse_float=_finite)
    except RecursionError as exc:
        raise ValueError(f"nested deeper than {DEEPEST}") from exc
    if text.count("[") + text.count("{") > DEEPEST and _depth(value) > DEEPEST:
        raise ValueError(f"nested deeper than {DEEPEST}")
    return value


def _depth(value: Json) -> int:
    depth, level = 0, [value]
    while level := [child for item in level for child in _children(item)]:
        depth += 1
    return depth


def _children(value: Json) -> list[Json]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def _next_opening(text: str, at: int) -> int | None:
    found = [position for character in "{[" if (position := text.find(character, at)) >= 0]
    return min(found, default=None)


def _is_longer(trouble: JsonTrouble, length: int) -> bool:
    """Whether what could not be read was longer than what could: then the latter is a scrap of the former."""
    return trouble.position - trouble.start > length


def _without_twins(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands twice")
    return found


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


def _finite(number: str) -> float:
    value = float(number)
    if not math.isfinite(value):
        raise ValueError(f"{number} is too large")
    return value


json_value = JsonValue
