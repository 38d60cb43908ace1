"""Labelled fields: `Question: …`, `**ANSWER 2:** …`, over one line or several, once or many times."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from generation_functions.errors import ParseError
from generation_functions.parsing.surroundings import says_something, up_to_its_fence, without_closing_remark

_SEPARATOR = re.compile(r"\s*([-*_=]\s*){3,}")


@dataclass(frozen=True, init=False)
class Labelled:
    """Records of labelled fields. `labelled("Question", "Answer")` gives `[{"question": …, "answer": …}, …]`.

    A label begins a line; bold, headings, numbers ("**QUESTION 1:**", "2. Question:") and case do not matter, and a
    field goes on until the next label. A label given as "Question|Frage|Q" has other names; the first one, in lower
    case and with `_` for spaces, is the key. A record begins where a label comes again. With `many=False` there is one
    record, and it is the value. A closing remark after the last field ("Let me know if ...") belongs to none; with
    `speech=True` it does, because the field is what somebody says. Raises `ParseError` for no record, and for one that
    lacks a field not in `optional`.
    """

    labels: tuple[str, ...]
    many: bool
    optional: tuple[str, ...]
    speech: bool

    def __init__(self, *labels: str, many: bool = True, optional: tuple[str, ...] = (), speech: bool = False) -> None:
        if not labels:
            raise TypeError("labelled() needs at least one label")
        object.__setattr__(self, "labels", labels)
        object.__setattr__(self, "many", many)
        object.__setattr__(self, "optional", tuple(_key(label) for label in optional))
        object.__setattr__(self, "speech", speech)

    def __call__(self, completion: str) -> list[dict[str, str]] | dict[str, str]:
        records = self.records(completion)
        if self.many:
            return records
        if len(records) > 1:
            raise ParseError(f"Expected {self._names()} once, found {len(records)} times.")
        return records[0]

    def records(self, completion: str) -> list[dict[str, str]]:
        """Every record in order, complete. Raises `ParseError`."""
        found: list[dict[str, str]] = []
        fields = list(_fields(completion, self.labels))
        if fields and not self.speech:
            fields[-1] = (fields[-1][0], without_closing_remark(fields[-1][1]))
        for key, value in fields:
            if not found or key in found[-1]:
                found.append({})
            found[-1][key] = value if says_something(value) else ""
        if not found:
            raise ParseError(f"Expected lines that begin with {self._names()}, found none.")
        for number, record in enumerate(found, 1):
            self._check(record, number if len(found) > 1 else None)
        return found

    def _check(self, record: dict[str, str], number: int | None) -> None:
        for label in self.labels:
            name, key = label.split("|")[0], _key(label)
            if not record.get(key) and key not in self.optional:
                where = "" if number is None else f" in number {number}"
                problem = "is empty" if key in record else "is missing"
                raise ParseError(f'"{name}:" {problem}{where}.')

    def _names(self) -> str:
        return " and ".join(f'"{label.split("|")[0]}:"' for label in self.labels)


def _key(label: str) -> str:
    return label.split("|")[0].lower().replace(" ", "_")


def _fields(completion: str, labels: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    pattern, keys = _pattern(labels)
    key, lines = "", list[str]()
    written = completion.replace("\r\n", "\n").split("\n")
    for line in up_to_its_fence(written, lambda line: pattern.match(line) is not None):
        match = pattern.match(line)
        if match is None:
            lines.append(line)
            continue
        if key:
            yield key, _cleaned(lines)
        key = keys[_folded(match.group("label") or match.group("heading"))]
        lines = [line[match.end() :]]
    if key:
        yield key, _cleaned(lines)


@lru_cache(maxsize=64)
def _pattern(labels: tuple[str, ...]) -> tuple[re.Pattern[str], dict[str, str]]:
    keys = {_folded(name): _key(label) for label in labels for name in label.split("|")}
    names = sorted((name for label in labels for name in label.split("|")), key=len, reverse=True)
    either = "|".join(re.escape(name).replace(r"\ ", r"\s+") for name in names)
    number = r"(?:\s*[#№(]?\s*\d+\)?)?"
    start = r"[ \t>]*(?:(?:[-*•]|[(\[]?\d+[.)\]])[ \t]+)?"
    with_colon = (
        rf"(?:\#+[ \t]*)?(?:\*\*|__|\*|_)?(?P<label>{either}){number}(?:\*\*|__|\*|_)?\s?[:：](?:\*\*|__|\*(?!\*))?"
    )
    as_heading = rf"\#+[ \t]*(?:\*\*)?(?P<heading>{either}){number}(?:\*\*)?[ \t]*$"
    return re.compile(rf"{start}(?:{with_colon}|{as_heading})", re.IGNORECASE), keys


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())


def _cleaned(lines: list[str]) -> str:
    """The field's text without the rules and fences that only set records apart."""
    kept = list(lines)
    while kept and (not kept[-1].strip() or _SEPARATOR.fullmatch(kept[-1]) or _stray_fence(kept)):
        kept.pop()
    return "\n".join(kept).strip()


def _stray_fence(lines: list[str]) -> bool:
    return lines[-1].strip() == "```" and sum(line.strip().startswith("```") for line in lines) % 2 == 1


labelled = Labelled
