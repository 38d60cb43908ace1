"""Texts between tags: `<poem>…</poem>`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from generation_functions.errors import ParseError
from generation_functions.parsing.surroundings import says_something


@dataclass(frozen=True)
class Tag:
    """What stands between `<name>` and `</name>`, stripped: the last pair that holds anything.

    The last, because a model that reasons first mentions the tags before it uses them. Upper and lower case are alike,
    attributes are ignored, and a pair inside another pair of the same name belongs to the outer one. With
    `first=True`, the first pair counts. Raises `ParseError` for no pair, an unclosed one, or nothing but dots inside.
    """

    name: str
    first: bool = False

    def __call__(self, completion: str) -> str:
        return contents(completion, self.name)[0 if self.first else -1]


@dataclass(frozen=True, init=False)
class Tags:
    """Several tags at once, as a mapping from name to content. Raises one `ParseError` for all that are missing."""

    names: tuple[str, ...]

    def __init__(self, *names: str) -> None:
        if not names:
            raise TypeError("tags() needs at least one name")
        object.__setattr__(self, "names", names)

    def __call__(self, completion: str) -> dict[str, str]:
        found: dict[str, str] = {}
        wrong: list[str] = []
        for name in self.names:
            try:
                found[name] = contents(completion, name)[-1]
            except ParseError as exc:
                wrong.append(exc.message)
        if wrong:
            raise ParseError(" ".join(wrong))
        return found


def contents(completion: str, name: str) -> list[str]:
    """The contents of every outermost pair of the tag that says something, in order. Raises `ParseError` for none."""
    pattern = re.compile(rf"<(/?){re.escape(name)}(?:\s[^<>]*)?>", re.IGNORECASE)
    pairs: list[tuple[int, int]] = []
    open_at: list[int] = []
    for match in pattern.finditer(completion):
        if not match.group(1):
            open_at.append(match.end())
        elif open_at:
            start = open_at.pop()
            pairs = [pair for pair in pairs if pair[0] < start]
            pairs.append((start, match.start()))
    inside = [content for start, end in pairs if says_something(content := completion[start:end].strip())]
    if not inside:
        raise ParseError(_complaint(name, bool(pairs), bool(open_at)))
    return inside


def _complaint(name: str, empty: bool, unclosed: bool) -> str:
    expected = f"Expected <{name}>…</{name}>"
    if empty:
        return f"{expected}, found it empty."
    if unclosed:
        return f"{expected}, found <{name}> without its closing tag."
    return f"{expected}, found none."


tag = Tag
tags = Tags
