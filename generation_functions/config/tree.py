"""A config as a tree of values that remember where they were written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeAlias

from generation_functions.errors import ConfigError, Problem
from generation_functions.rows import Json

PLACEHOLDER = "!!PLACEHOLDER!!"
"""Marks a value to fill in."""

Scalar: TypeAlias = bool | int | float | str | None

KeyPath: TypeAlias = tuple[str, ...]
"""Keys and list positions, outermost first."""


@dataclass(frozen=True, slots=True)
class Location:
    """Where something was written: a line of a file (from 1), or an option of the command line as it was typed."""

    file: Path | None = None
    line: int | None = None
    option: str | None = None

    def problem(self, message: str, hint: str | None = None) -> Problem:
        """A problem at this place."""
        if self.option is not None:
            return Problem(f"{self.option}: {message}", hint=hint)
        return Problem(message, self.file, self.line, hint)

    def __str__(self) -> str:
        return self.option or (f"line {self.line}" if self.line is not None else "the config")


@dataclass(frozen=True, slots=True)
class Node:
    """One value of a config.

    value      a scalar, a list of nodes, or a mapping of nodes.
    at         where the value starts; `key_at` where its key stands, for a mapping's value.
    raw        a scalar as it was written.
    reference  a string's own text where `${NAME}` in it was replaced: what may be shown, and what is saved.
    broken     the value could not be made (an unset `${NAME}`): it was reported, and nothing more is said of it.
    """

    value: Scalar | list[Node] | dict[str, Node]
    at: Location = Location()
    key_at: Location | None = None
    raw: str = ""
    reference: str | None = None
    broken: bool = False

    @property
    def written_at(self) -> Location:
        """The line to show a reader: the key's where there is one, as a value may start lines below it."""
        return self.key_at or self.at

    @property
    def items(self) -> dict[str, Node]:
        """A mapping's values by key; empty for anything else."""
        return self.value if isinstance(self.value, dict) else {}

    def plain(self) -> Json:
        """The value without its places."""
        if isinstance(self.value, dict):
            return {key: child.plain() for key, child in self.value.items()}
        if isinstance(self.value, list):
            return [child.plain() for child in self.value]
        return self.value

    def walk(self, path: KeyPath = ()) -> Iterator[tuple[KeyPath, Node]]:
        """This node and all below it, each with its path from here, in the order they were written."""
        yield path, self
        if isinstance(self.value, dict):
            for key, child in self.value.items():
                yield from child.walk((*path, key))
        elif isinstance(self.value, list):
            for index, child in enumerate(self.value):
                yield from child.walk((*path, str(index)))

    def is_whole(self) -> bool:
        """Whether nothing in it is broken or still to be filled in."""
        return not any(node.broken or node.is_placeholder() for _, node in self.walk())

    def is_placeholder(self) -> bool:
        """Whether it is a value still to be filled in."""
        return isinstance(self.value, str) and PLACEHOLDER in self.value

    def with_item(self, key: str, child: Node) -> Node:
        """The same mapping with one value changed or added at its end."""
        return replace(self, value={**self.items, key: child})


@dataclass(frozen=True, slots=True)
class Attention:
    """A trap marked by `!!ATTENTION!!` in a comment: the key it stands at, its line and what it says."""

    key: KeyPath
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Document:
    """One YAML file as read: its tree, and what is wrong with it that did not stop the reading."""

    root: Node
    file: Path | None = None
    problems: tuple[Problem, ...] = ()
    attention: tuple[Attention, ...] = field(default=())

    @property
    def placeholders(self) -> dict[KeyPath, int | None]:
        """Every value still to be filled in, with its line."""
        return {path: node.at.line for path, node in self.root.walk() if node.is_placeholder()}

    def checked(self) -> Document:
        """This document. Raises `ConfigError` with every problem of its reading."""
        if self.problems:
            raise ConfigError(list(self.problems))
        return self
