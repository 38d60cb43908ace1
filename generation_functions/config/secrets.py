"""Keeps secret values out of everything that is written or shown."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from urllib.parse import quote

from generation_functions.config.environment import references
from generation_functions.config.tree import Node
from generation_functions.errors import Problem
from generation_functions.rows import Json

SHORTEST = 6
"""Values shorter than this are no keys, and cutting them out of texts would maim the texts."""

NO_KEY = frozenset(
    {"", "-", "none", "null", "x", "xx", "xxx", "na", "n/a", "local", "empty", "dummy", "no-key", "test"}
)
NO_KEY_WORDS = frozenset({"notneeded", "notrequired", "nokeyrequired", "sknokeyrequired", "ollama", "lmstudio", "vllm"})
"""What people write as `api_key` for a server that asks for none."""

_KEY_SHAPE = re.compile(r"(?:sk-|hf_|gsk_|ghp_|github_pat_|xai-|r8_|AKIA|AIza)[A-Za-z0-9_-]{16,}\Z")


class Secrets:
    """Every value that came from a `${NAME}`; puts the reference in its place wherever it turns up."""

    def __init__(self, values: Mapping[str, str] | None = None) -> None:
        self._names: dict[str, str] = {}
        for name, value in sorted((values or {}).items()):
            if len(value) >= SHORTEST:
                self._names |= {form: name for form in _forms(value) if form not in self._names}
        longest_first = sorted(self._names, key=lambda form: (-len(form), form))
        self._pattern = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None

    def redact(self, text: str) -> str:
        """The text with each secret value, raw or as JSON or a URL would spell it, replaced by its `${NAME}`."""
        if self._pattern is None:
            return text
        return self._pattern.sub(lambda match: f"${{{self._names[match[0]]}}}", text)

    def redact_json(self, value: Json) -> Json:
        """A JSON-able value with every string in it redacted, keys too."""
        if isinstance(value, str):
            return self.redact(value)
        if isinstance(value, Mapping):
            return {self.redact_json(key): self.redact_json(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.redact_json(item) for item in value]
        return value

    def redact_problem(self, problem: Problem) -> Problem:
        """The same problem without secrets in its words."""
        hint = None if problem.hint is None else self.redact(problem.hint)
        return Problem(self.redact(problem.message), problem.file, problem.line, hint)

    def __bool__(self) -> bool:
        return self._pattern is not None

    def __repr__(self) -> str:
        return f"Secrets({', '.join(sorted(set(self._names.values())))})"


def _forms(value: str) -> list[str]:
    return list(
        dict.fromkeys([value, value.strip(), json.dumps(value)[1:-1], repr(value)[1:-1], quote(value, safe="")])
    )


def literal_key_problems(root: Node) -> list[Problem]:
    """A problem for every key that is written into a config itself. The key is never shown."""
    return [_literal_key(path, node) for path, node in root.walk() if path and is_literal_key(path[-1], node)]


def default_key_problems(values: Mapping[str, Json]) -> list[Problem]:
    """A problem for every key that stands in a default of a pipeline: a run would save it with its config."""
    return [
        Problem(
            f"the default of {'.'.join(path)!r} holds a key itself",
            hint="keys never stand in code: take the default away, and write ${NAME} in the config",
        )
        for name, value in values.items()
        for path, node in _nodes((name,), value)
        if is_literal_key(path[-1], node)
    ]


def _nodes(path: tuple[str, ...], value: Json) -> Iterator[tuple[tuple[str, ...], Node]]:
    if isinstance(value, Mapping):
        for name, item in value.items():
            yield from _nodes((*path, str(name)), item)
    elif isinstance(value, list | tuple):
        for number, item in enumerate(value):
            yield from _nodes((*path, str(number)), item)
    elif isinstance(value, str | int | float):
        yield path, Node(value, raw=str(value))


def is_literal_key(name: str, node: Node) -> bool:
    """Whether a value is a real key written out: under a key's name, or of the shape that services give theirs."""
    text = node.raw if isinstance(node.value, int | float) else node.value
    if not isinstance(text, str) or isinstance(node.value, bool) or references(text) or node.is_placeholder():
        return False
    if name == "api_key" or name.endswith("_api_key"):
        word = re.sub(r"[^a-z0-9]", "", text.casefold())
        return text.strip().casefold() not in NO_KEY and word not in NO_KEY_WORDS
    return bool(_KEY_SHAPE.match(text))


def _literal_key(path: tuple[str, ...], node: Node) -> Problem:
    message = f"'{'.'.join(path)}' holds a key itself"
    hint = "keys never stand in files: write ${NAME} and put NAME=... in .env; then replace this key, as it was exposed"
    return node.at.problem(message, hint)
