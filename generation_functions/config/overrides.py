"""Changes to a config from outside it: `--set key=value`, and the `overrides:` of a super config."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from generation_functions.config.annotations import core_type, takes_none
from generation_functions.config.explanations import child_of, shown
from generation_functions.config.secrets import is_literal_key
from generation_functions.config.sections import is_section, placed_keys
from generation_functions.config.settings import RESERVED, RunSettings
from generation_functions.config.signature import Signature, known_keys, type_at
from generation_functions.config.suggestions import did_you_mean
from generation_functions.config.tree import KeyPath, Location, Node
from generation_functions.config.yaml_loader import parse_value
from generation_functions.errors import ConfigError, Problem

MERGED = ("models", "budget")
"""Reserved mappings: an override of one changes the keys it names and leaves the others."""


@dataclass(frozen=True, slots=True)
class Override:
    """One change: the path of the key, and its new value.

    `text` is the value as it was typed, for parameters that are text; None where the value comes from a YAML file.
    `unread` is why the text is no YAML value, which matters only where the parameter is not text.
    """

    path: KeyPath
    node: Node
    text: str | None = None
    unread: Problem | None = None


def parse_override(argument: str, *, option: str = "--set") -> Override:
    """Read `key=value` or `a.b=value`. Raises `ConfigError` where it has no such form."""
    key, equals, text = argument.partition("=")
    path = tuple(part.strip() for part in key.split("."))
    if not equals or not all(path):
        raise ConfigError(f"{option} {_short(key)}: this is not key=value", hint=f"write {option} chunk_tokens=500")
    hidden = is_literal_key(path[-1], Node(text))
    at = Location(option=f"{option} {key}={'…' if hidden else _short(text)}")
    try:
        return Override(path, replace(parse_value(text, at), key_at=at), text)
    except ConfigError:
        unread = at.problem("the value cannot be read as YAML", "put text in quotes, close brackets")
        return Override(path, Node(text, at, at, raw=text), text, unread)


def overrides_of(mapping: Node) -> list[Override]:
    """The overrides a YAML mapping holds; its keys may be dotted."""
    return [Override(tuple(key.split(".")), node) for key, node in mapping.items.items()]


def apply_overrides(
    root: Node, overrides: Iterable[Override | str], signature: Signature
) -> tuple[Node, list[Problem]]:
    """The config with each override applied in turn, and what is wrong with those that could not be."""
    problems: list[Problem] = []
    for override in overrides:
        try:
            change = parse_override(override) if isinstance(override, str) else override
            root = _apply(root, change, signature)
        except ConfigError as exc:
            problems += exc.problems
    return root, problems


def _apply(root: Node, override: Override, signature: Signature) -> Node:
    path, annotation = _target(root, override, signature)
    merges = path[0] in MERGED or annotation is _SECTION
    if merges and isinstance(override.node.value, dict):
        for key, child in override.node.items.items():
            root = _apply(root, Override((*override.path, key), child), signature)
        return root
    if annotation is _SECTION:
        message = f"'{'.'.join(path)}' is a section, not a value"
        raise ConfigError(override.node.written_at.problem(message, "name a key in it"))
    return replace_at(root, path, _typed(override, annotation))


class _Section:
    """Stands for the type of a section, which is none."""


_SECTION: Any = _Section()


def _target(root: Node, override: Override, signature: Signature) -> tuple[KeyPath, Any]:
    """Where in the tree an override goes, and the type that is expected there."""
    sections, rest = _sections_named(root, override.path, signature)
    if not rest:
        return sections, _SECTION
    name, inner = rest[0], rest[1:]
    if name in signature.parameters:
        found = (section for section, key, _ in placed_keys(root, signature, RESERVED) if key == name)
        return (*next(found, sections), name, *inner), type_at(signature.parameters[name].annotation, inner)
    if not sections and name in RESERVED:
        return (name, *inner), type_at(known_keys(RunSettings)[name], inner)
    if signature.accepts_any:
        return override.path, Any
    options = [*signature.parameters, *RESERVED, *(key for key in root.items if key not in RESERVED)]
    message = f"unknown key '{'.'.join(override.path)}'"
    hint = did_you_mean(name, options) or f"known: {', '.join(sorted(set(options)))}"
    raise ConfigError(override.node.written_at.problem(message, hint))


def _sections_named(root: Node, path: KeyPath, signature: Signature) -> tuple[KeyPath, KeyPath]:
    node, depth = root, 0
    while depth < len(path) and path[depth] in node.items:
        child = node.items[path[depth]]
        if not is_section(path[depth], child, signature, () if depth else RESERVED):
            break
        node, depth = child, depth + 1
    return path[:depth], path[depth:]


def _typed(override: Override, annotation: Any) -> Node:
    if override.text is None:
        return override.node
    if _is_text(annotation) and not (takes_none(annotation) and override.node.value is None):
        return replace(override.node, value=override.text, raw=override.text)
    if override.unread is not None:
        raise ConfigError(override.unread)
    return override.node


def _is_text(annotation: Any) -> bool:
    core = core_type(annotation)
    if get_origin(core) is Literal:
        return all(isinstance(choice, str) for choice in get_args(core))
    return isinstance(core, type) and issubclass(core, str | Path)


def replace_at(node: Node, path: Sequence[str], new: Node) -> Node:
    """The tree with one value replaced; mappings on the way are made where there are none. Raises `ConfigError`."""
    if not path:
        return replace(new, key_at=new.key_at or node.key_at)
    key, rest = path[0], path[1:]
    if isinstance(node.value, list):
        return _replace_item(node, key, rest, new)
    if node.value is not None and not isinstance(node.value, dict):
        message = f"there is no '{key}' inside {shown(node)}"
        hint = f"if it names a model: models.{node.value}.{'.'.join(path)}=..."
        raise ConfigError(new.written_at.problem(message, hint if isinstance(node.value, str) else None))
    child = node.items.get(key, Node(None, new.at, new.key_at))
    return node.with_item(key, replace_at(child, rest, new))


def _replace_item(node: Node, key: str, rest: Sequence[str], new: Node) -> Node:
    child = child_of(node, key)
    if child is None or not isinstance(node.value, list):
        raise ConfigError(new.written_at.problem(f"there is no item '{key}' in this list", "items count from 0"))
    items = list(node.value)
    items[int(key)] = replace_at(child, rest, new)
    return replace(node, value=items)


def _short(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:80]}…"
