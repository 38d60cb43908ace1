"""The names a config may refer to as `${NAME}`: the environment's, and those of a `.env` file where it has none."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from generation_functions.config.suggestions import did_you_mean
from generation_functions.config.tree import Node
from generation_functions.errors import Problem

DOTENV = ".env"

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_REFERENCE = re.compile(r"\$\$\{|\$\{([^}]*)\}")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\", "$": "$"}


@dataclass(frozen=True, slots=True)
class Environment:
    """Values by name. `problems` are the lines of `.env` that could not be read; they matter once a name is missing."""

    values: Mapping[str, str]
    dotenv: Path | None = None
    problems: tuple[Problem, ...] = ()

    @classmethod
    def read(cls, folder: Path, environ: Mapping[str, str]) -> Environment:
        """The given environment over the folder's `.env`, where it has one. A set name is never overridden."""
        path = folder / DOTENV
        values, problems = read_dotenv(path) if path.is_file() else ({}, ())
        return cls({**values, **environ}, path, problems)


def read_dotenv(path: Path) -> tuple[dict[str, str], tuple[Problem, ...]]:
    """The names a `.env` file sets, and its malformed lines. A problem never shows a line's text: it may be a key."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as exc:
        return {}, (Problem(f"cannot be read: {type(exc).__name__}", path, hint="save it as UTF-8 text"),)
    values: dict[str, str] = {}
    problems = []
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        name, value = _assignment(stripped)
        if value is None:
            problems.append(Problem("this line is not NAME=value", path, number, "write NAME=value, or NAME='value'"))
        else:
            values[name] = value
    return values, tuple(problems)


def _assignment(line: str) -> tuple[str, str | None]:
    name, equals, rest = line.removeprefix("export ").partition("=")
    name = name.strip()
    if not equals or not _NAME.match(name):
        return name, None
    return name, _dotenv_value(rest.strip())


def _dotenv_value(text: str) -> str | None:
    quote = text[:1]
    if quote not in ("'", '"') or not quote:
        return re.split(r"(?:^|\s)#", text, maxsplit=1)[0].rstrip()
    pattern = r"'([^']*)'" if quote == "'" else r'"((?:[^"\\]|\\.)*)"'
    match = re.match(pattern + r"\s*(?:#.*)?\Z", text)
    if match is None:
        return None
    return match[1] if quote == "'" else re.sub(r"\\(.)", lambda m: _ESCAPES.get(m[1], m[0]), match[1])


@dataclass(slots=True)
class Expansion:
    """What replacing the references of a config found: the values used, by name, and the names that are not set."""

    environment: Environment
    used: dict[str, str] = field(default_factory=dict)
    unset: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)

    def expand(self, node: Node) -> Node:
        """The node with every `${NAME}` in its strings replaced, and `$${` read as a literal `${`."""
        if isinstance(node.value, dict):
            return replace(node, value={key: self.expand(child) for key, child in node.value.items()})
        if isinstance(node.value, list):
            return replace(node, value=[self.expand(child) for child in node.value])
        if isinstance(node.value, str) and "${" in node.value:
            return self._expand_text(node, node.value)
        return node

    def _expand_text(self, node: Node, text: str) -> Node:
        names = references(text)
        unset = [name for name in names if name not in self.environment.values]
        self.problems += [self._unset(node, name) for name in unset]
        self.unset.update(unset)
        if unset:
            return replace(node, broken=True, reference=text)
        values = {name: self.environment.values[name] for name in names}
        self.used |= values
        expanded = _REFERENCE.sub(lambda match: "${" if match[1] is None else values[match[1]], text)
        return replace(node, value=expanded, reference=text)

    def _unset(self, node: Node, name: str) -> Problem:
        if not _NAME.match(name):
            hint = "a name has letters, digits and underscores; write $${ for a literal ${"
            return node.at.problem(f"${{{name}}} is no variable's name", hint)
        near = did_you_mean(name, self.environment.values)
        advice = f"set it in the environment, or put {name}=... in {self.environment.dotenv or DOTENV}"
        return node.at.problem(f"${{{name}}} is not set", f"{near} Or {advice}" if near else advice)


def references(text: str) -> list[str]:
    """The names a string refers to, in order."""
    return [match[1] for match in _REFERENCE.finditer(text) if match[1] is not None]


def escape(text: str) -> str:
    """The text as it must stand in a config to be read back as it is."""
    return text.replace("${", "$${")
