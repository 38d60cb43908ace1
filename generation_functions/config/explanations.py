"""Pydantic's validation errors as problems of a config: one plain sentence each, at the line of the value."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from generation_functions.config.annotations import choices_of, field_infos
from generation_functions.config.secrets import is_literal_key
from generation_functions.config.signature import known_keys, type_at
from generation_functions.config.suggestions import did_you_mean
from generation_functions.config.tree import KeyPath, Node
from generation_functions.errors import Problem

LONGEST_SHOWN = 60

_WANTED: dict[str, str] = {
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float", "int_parsing_size"), "a whole number"),
    **dict.fromkeys(("float_type", "float_parsing"), "a number"),
    "finite_number": "a finite number",
    **dict.fromkeys(("bool_type", "bool_parsing"), "true or false"),
    **dict.fromkeys(("string_type", "string_sub_type"), "text"),
    "path_type": "a path",
    **dict.fromkeys(("list_type", "tuple_type", "set_type", "frozen_set_type"), "a list"),
    **dict.fromkeys(
        ("dict_type", "mapping_type", "model_type", "model_attributes_type", "dataclass_type"), "a mapping"
    ),
    "none_required": "null",
    "model_kind": "a model's name or a mapping",
    "greater_than_equal": "at least {ge}",
    "greater_than": "more than {gt}",
    "less_than_equal": "at most {le}",
    "less_than": "less than {lt}",
    "multiple_of": "a multiple of {multiple_of}",
    "string_too_short": "at least {min_length} characters long",
    "string_too_long": "at most {max_length} characters long",
    "string_pattern_mismatch": "text that matches {pattern}",
    "too_short": "a list of at least {min_length}",
    "too_long": "a list of at most {max_length}",
    **dict.fromkeys(("literal_error", "enum"), "one of {expected}"),
}


@dataclass(frozen=True, slots=True)
class Subject:
    """What was validated: a mapping's node, the types of its keys, and its own path for names in messages."""

    node: Node
    types: Mapping[str, Any]
    path: KeyPath = ()

    def find(self, location: Sequence[int | str]) -> tuple[KeyPath, Node]:
        """The deepest node an error's location leads to. What is left over names a union's branch or a missing key."""
        path: KeyPath = ()
        node = self.node
        for part in map(str, location):
            child = child_of(node, part)
            if child is None:
                break
            path, node = (*path, part), child
        return path, node

    def type(self, path: KeyPath) -> Any:
        """The annotation of what stands at a path."""
        return type_at(self.types.get(path[0], Any), path[1:]) if path else Any

    def name(self, path: KeyPath) -> str:
        """The dotted name a reader finds it by."""
        return ".".join((*self.path, *path))


def child_of(node: Node, key: str) -> Node | None:
    """A mapping's value or a list's item; None where there is none."""
    if isinstance(node.value, list):
        return node.value[int(key)] if key.isdecimal() and int(key) < len(node.value) else None
    return node.items.get(key)


def explain(error: ValidationError, subject: Subject, *, misspelled: Collection[str] = ()) -> list[Problem]:
    """A problem for each value that is wrong.

    Values that were already reported (unset, to fill in, keys) are passed over, and missing keys that are `misspelled`.
    """
    problems: list[Problem] = []
    wrong: dict[KeyPath, list[Any]] = {}
    for found in error.errors(include_url=False, include_input=False):
        path, node = subject.find(found["loc"])
        if found["type"] == "missing" and len(found["loc"]) > len(path):
            name = str(found["loc"][len(path)])
            if ".".join((*path, name)) not in misspelled:
                problems.append(missing(subject, path, name))
        elif found["type"] != "broken_model" and node.is_whole() and not _is_hidden(path, node):
            wrong.setdefault(path, []).append(found)
    return problems + [_wrong(subject, path, errors) for path, errors in wrong.items()]


def _is_hidden(path: KeyPath, node: Node) -> bool:
    # A key written into the config is a problem of its own, and no other may show it.
    return bool(path) and is_literal_key(path[-1], node)


def missing(subject: Subject, path: KeyPath, name: str) -> Problem:
    """The problem of a key that must be there."""
    _, node = subject.find(path)
    description = describe(subject.type((*path, name)))
    message = f"missing '{subject.name((*path, name))}'" + (f": {description}" if description else "")
    return node.written_at.problem(message, f"add '{name}: ...'")


def must_be(subject: Subject, path: KeyPath, wanted: str) -> Problem:
    """The problem of a value of the wrong sort or size, with what is allowed."""
    _, node = subject.find(path)
    message = f"'{subject.name(path)}' must be {wanted}, not {shown(node)}"
    return node.written_at.problem(message, _allowed(subject.type(path), node, wanted))


def shown(node: Node) -> str:
    """A value as it may be shown: never a secret, never more than a line."""
    if node.reference is not None:
        return node.reference
    if isinstance(node.value, dict | list):
        return "a mapping" if isinstance(node.value, dict) else "a list"
    if node.value is None:
        return "null"
    text = " ".join((node.raw or str(node.value)).split())
    text = text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
    return f"'{text}'" if isinstance(node.value, str) else text


def describe(annotation: Any) -> str | None:
    """What a type's `Field(description=...)` says."""
    return next((info.description for info in field_infos(annotation) if info.description), None)


def _wrong(subject: Subject, path: KeyPath, errors: list[Any]) -> Problem:
    first = errors[0]
    if first["type"] == "unknown_model":
        return _unknown_model(subject, path, first["ctx"]["names"])
    if first["type"] == "extra_forbidden":
        return _unknown_key(subject, path)
    wanted = [_wanted(error, subject.type(path)) for error in errors]
    if all(wanted):
        return must_be(subject, path, " or ".join(dict.fromkeys(filter(None, wanted))))
    _, node = subject.find(path)
    reason = first["msg"].removeprefix("Value error, ").removeprefix("Assertion failed, ")
    where = f"'{subject.name(path)}'" if path or subject.path else "the config"
    return node.written_at.problem(f"{where} is not accepted: {reason}", describe(subject.type(path)))


def _wanted(error: Any, annotation: Any) -> str | None:
    template = _WANTED.get(error["type"])
    if template is None:
        return None
    choices = ", ".join(choices_of(annotation))
    context = {key: _number(value) for key, value in error.get("ctx", {}).items()}
    return template.format(**{**context, "expected": choices or context.get("expected", "")})


def _number(value: Any) -> str:
    return f"{value:.12g}" if isinstance(value, float) else str(value)


def _unknown_model(subject: Subject, path: KeyPath, names: list[str]) -> Problem:
    _, node = subject.find(path)
    name = str(node.value)
    known = f"models: has {', '.join(names)}" if names else "models: has none; add one"
    message = f"'{subject.name(path)}' names a model that is not under 'models:': {shown(node)}"
    return node.written_at.problem(message, did_you_mean(name, names) or known)


def _unknown_key(subject: Subject, path: KeyPath) -> Problem:
    _, node = subject.find(path)
    options = list(known_keys(subject.type(path[:-1])) if path[:-1] else subject.types)
    inside = subject.name(path[:-1])
    hint = did_you_mean(path[-1], options) or (f"known here: {', '.join(sorted(options))}" if options else None)
    return node.written_at.problem(f"unknown key '{path[-1]}'" + (f" in '{inside}'" if inside else ""), hint)


def _allowed(annotation: Any, node: Node, wanted: str) -> str | None:
    if wanted == "text" and isinstance(node.value, bool | int | float) and node.reference is None:
        return f'if it is text, put it in quotes: "{node.raw or node.value}"'
    choices = choices_of(annotation)
    near = did_you_mean(str(node.value), choices) if choices and node.reference is None else None
    bounds = _bounds(annotation)
    keys = ", ".join(known_keys(annotation)) if wanted == "a mapping" else ""
    inside = f"write the keys under it: {keys}" if keys else None
    parts = [near, f"allowed: {bounds}" if bounds else None, inside, describe(annotation)]
    return "; ".join(part for part in parts if part) or None


def _bounds(annotation: Any) -> str | None:
    limits: dict[str, str] = {}
    for info in field_infos(annotation):
        for mark in info.metadata:
            limits |= {name: _number(getattr(mark, name)) for name in ("ge", "gt", "le", "lt") if hasattr(mark, name)}
    if {"ge", "le"} <= limits.keys():
        return f"{limits['ge']} to {limits['le']}"
    words = {"ge": "at least", "gt": "more than", "le": "at most", "lt": "less than"}
    return " and ".join(f"{words[name]} {limit}" for name, limit in limits.items()) or None
