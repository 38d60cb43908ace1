"""Reads a YAML file into a tree that knows the line of every key and value, and refuses what no config needs.

Refused, with lines: anchors and aliases (bombs), keys written twice, nesting deeper than 32, more than 1 MiB, more than
one document, tags that name types, bytes that are not UTF-8, keys that are not text.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from generation_functions.config.attention import MARK, Span, find_attention
from generation_functions.config.marks import hide_marks, show_marks
from generation_functions.config.scalars import TAGGED, resolve, resolve_tagged
from generation_functions.config.syntax import syntax_problem
from generation_functions.config.tree import Document, Location, Node, Scalar
from generation_functions.errors import ConfigError, Problem

MAX_BYTES = 1 << 20
MAX_DEPTH = 32
MAX_PROBLEMS = 50

_YAML_TAG = "tag:yaml.org,2002:"
_COLLECTION_TAGS = {yaml.MappingStartEvent: f"{_YAML_TAG}map", yaml.SequenceStartEvent: f"{_YAML_TAG}seq"}


def load_yaml(path: Path) -> Document:
    """Read one file. What can be read past is in the document's `problems`.

    Raises `ConfigError` where nothing can be made of the file: missing, unreadable, too large, not UTF-8, a syntax
    error, nesting too deep, a second document.
    """
    return parse_yaml(_read_text(path), file=path)


def parse_yaml(text: str, *, file: Path | None = None) -> Document:
    """Read a text as `load_yaml` reads a file."""
    if len(text) > MAX_BYTES or len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise ConfigError(_too_large(file))
    builder = _Builder(file)
    try:
        with closing(_events(hide_marks(text))) as events:
            root = builder.document(events)
    except yaml.YAMLError as exc:
        raise ConfigError([*builder.problems, syntax_problem(exc, text, file)]) from exc
    attention = find_attention(text, builder.spans, builder.keys) if MARK in text else ()
    return Document(root, file, tuple(builder.problems), attention)


def parse_value(text: str, at: Location) -> Node:
    """Read one YAML value that was written in one place, such as an option's. Raises `ConfigError`."""
    try:
        with closing(_events(hide_marks(text))) as events:
            builder = _Builder(at.file, at)
            node = builder.document(events)
    except yaml.YAMLError as exc:
        raise ConfigError(at.problem(f"'{text}' cannot be read as a YAML value", "put it in quotes")) from exc
    if builder.problems:
        raise ConfigError(builder.problems)
    return node


def _read_text(path: Path) -> str:
    try:
        if path.is_dir():
            raise ConfigError(Problem("is a folder, not a config file", path))
        # One byte more than allowed is enough to know, however large or endless the file is.
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except FileNotFoundError as exc:
        raise ConfigError(Problem("there is no such file", path, hint=_neighbour_hint(path))) from exc
    except OSError as exc:
        raise ConfigError(Problem(f"cannot be read: {exc.strerror or exc}", path)) from exc
    if len(data) > MAX_BYTES:
        raise ConfigError(_too_large(path))
    return _decode(data, path)


def _decode(data: bytes, path: Path) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        line = data.count(b"\n", 0, exc.start) + 1
        hint = "save the file as UTF-8"
        raise ConfigError(Problem(f"byte 0x{data[exc.start]:02x} is not UTF-8", path, line, hint)) from exc


def _too_large(file: Path | None) -> Problem:
    return Problem("is larger than 1 MiB, which no config is", file, hint="check that this is the file you meant")


def _neighbour_hint(path: Path) -> str | None:
    from generation_functions.config.suggestions import did_you_mean

    try:
        return did_you_mean(path.name, [near.name for near in path.parent.iterdir()])
    except OSError:
        return f"there is no folder {path.parent} either"


def _events(text: str) -> Generator[Any, None, None]:
    yield from yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


@dataclass(slots=True)
class _Builder:
    """Makes the tree out of the parser's events, noting problems, keys and the places of scalars on the way."""

    file: Path | None
    fixed_at: Location | None = None
    problems: list[Problem] = field(default_factory=list)
    keys: list[tuple[int, tuple[str, ...]]] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)

    def document(self, events: Iterator[Any]) -> Node:
        root = Node(None, self.fixed_at or Location(self.file, 1))
        documents = 0
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise ConfigError([*self.problems, self._second_document(event)])
            elif isinstance(event, yaml.NodeEvent):
                root = self._node(event, events, (), 1)
        return root

    def _node(self, event: Any, events: Iterator[Any], path: tuple[str, ...], depth: int) -> Node:
        at = self._at(event)
        self._check_anchor(event, at)
        if isinstance(event, yaml.AliasEvent):
            return Node(None, at, broken=True)
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event, at)
        if depth > MAX_DEPTH:
            deep = at.problem(f"values are nested more than {MAX_DEPTH} deep", "no config needs that; flatten it")
            raise ConfigError([*self.problems, deep])
        self._check_collection_tag(event, at)
        if isinstance(event, yaml.SequenceStartEvent):
            return Node(self._list(events, path, depth), at)
        return Node(self._mapping(events, path, depth), at)

    def _list(self, events: Iterator[Any], path: tuple[str, ...], depth: int) -> list[Node]:
        children: list[Node] = []
        for event in events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            children.append(self._node(event, events, (*path, str(len(children))), depth + 1))
        return children

    def _mapping(self, events: Iterator[Any], path: tuple[str, ...], depth: int) -> dict[str, Node]:
        children: dict[str, Node] = {}
        for event in events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            key_at = self._at(event)
            key = self._key(event, events, path, depth)
            self.keys.append((event.start_mark.line, (*path, key)))
            child = self._node(next(events), events, (*path, key), depth + 1)
            if key in children:
                first = children[key].key_at
                self._note(key_at.problem(f"'{key}' is written twice, here and at {first}", "remove one of the two"))
                continue
            children[key] = Node(child.value, child.at, key_at, child.raw, child.reference, child.broken)
        return children

    def _key(self, event: Any, events: Iterator[Any], path: tuple[str, ...], depth: int) -> str:
        node = self._node(event, events, path, depth + 1)
        if isinstance(node.value, str):
            return node.value
        if not node.broken:
            shown = f"'{node.raw}'" if isinstance(event, yaml.ScalarEvent) else "a list or mapping"
            hint = f'write "{node.raw}" in quotes' if isinstance(event, yaml.ScalarEvent) else "write a plain name"
            self._note(node.at.problem(f"a key must be text, not {shown}", hint))
        return node.raw

    def _scalar(self, event: Any, at: Location) -> Node:
        start, end = event.start_mark, event.end_mark
        self.spans.append((start.line, start.column, end.line, end.column))
        text = show_marks(event.value)
        try:
            return Node(self._scalar_value(event, text), at, raw=text)
        except ValueError as exc:
            self._note(at.problem(f"{exc} cannot be used as a value", "put it in quotes if it is text"))
        except KeyError:
            self._note(self._unknown_tag(event.tag, at))
        return Node(None, at, raw=text, broken=True)

    def _scalar_value(self, event: Any, text: str) -> Scalar:
        if event.tag is None:
            return resolve(text) if event.implicit[0] else text
        return text if event.tag == "!" else resolve_tagged(event.tag, text)

    def _check_anchor(self, event: Any, at: Location) -> None:
        if event.anchor is None:
            return
        sign, kind = ("*", "alias") if isinstance(event, yaml.AliasEvent) else ("&", "anchor")
        message = f"the {kind} {sign}{event.anchor} is not allowed"
        self._note(at.problem(message, f"write the value out; text that starts with {sign} needs quotes"))

    def _check_collection_tag(self, event: Any, at: Location) -> None:
        if event.tag not in (None, "!", _COLLECTION_TAGS[type(event)]):
            self._note(self._unknown_tag(event.tag, at))

    def _unknown_tag(self, tag: str, at: Location) -> Problem:
        shown = tag.replace(_YAML_TAG, "!!") if tag.startswith(_YAML_TAG) else tag
        wrong_kind = tag in TAGGED or tag in _COLLECTION_TAGS.values()
        message = f"the tag {shown} does not fit this value" if wrong_kind else f"the tag {shown} is not allowed"
        return at.problem(message, "remove it; text that starts with ! needs quotes")

    def _second_document(self, event: Any) -> Problem:
        return self._at(event).problem("a second document starts here", "keep one config in a file; remove this '---'")

    def _note(self, problem: Problem) -> None:
        if problem in self.problems:  # an alias may stand on a line many times
            return
        self.problems.append(problem)
        if len(self.problems) == MAX_PROBLEMS:
            raise ConfigError([*self.problems, Problem("there are more problems; these are the first", self.file)])

    def _at(self, event: Any) -> Location:
        return self.fixed_at or Location(self.file, event.start_mark.line + 1)
