"""Numbered and bulleted lists: one string an item, with the lines and sub-lists that belong to it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from textwrap import dedent

from generation_functions.errors import ParseError
from generation_functions.parsing.surroundings import up_to_its_fence

# 1.  1)  (1)  [1]  **1.**  **1.  1、 and the digits of any script
_NUMBER = re.compile(
    r"(?P<bold>\*\*|__)?[(（\[]?(?P<number>\d{1,3})[.):、．。）\]](?P<closed>\*\*|__)?(?=\s|$|[^\x00-\x7f])"
)
_BULLET = re.compile(r"[-*+•‣·◦▪●–—](?=\s)")
_RULE = re.compile(r"([-*_][ \t]*){3,}")


@dataclass(slots=True)
class _Item:
    """An item as it grows: its lines, and whether it went on after a blank line without being indented."""

    lines: list[str]
    loose: bool = False
    number: int = 0


@dataclass(frozen=True)
class NumberedList:
    """The items of a numbered list: `1.`, `1)`, `(1)`, `**1.**`, `1、`.

    An item keeps its further lines and what is nested in it; words before the list, and a closing remark after it, are
    left out. A number counts as a marker only where it continues the list, so that a line which begins with a year does
    not. Raises `ParseError` for fewer than `least` items.
    """

    least: int = 1

    def __call__(self, completion: str) -> list[str]:
        return _at_least(self.least, _items(completion, _numbered), 'a numbered list ("1. …")')


@dataclass(frozen=True)
class BulletedList:
    """The items of a list with `-`, `*` or `•`; nested bullets stay inside their item. Raises `ParseError`."""

    least: int = 1

    def __call__(self, completion: str) -> list[str]:
        return _at_least(self.least, _items(completion, _bulleted), 'a list ("- …")')


@dataclass(slots=True)
class _Seen:
    """What the list looked like so far: enough to tell a marker from a line that resembles one."""

    indent: int = 0
    numbers: list[int] = field(default_factory=list)


_Marker = Callable[[str, _Seen], tuple[int, str] | None]


def _numbered(line: str, seen: _Seen) -> tuple[int, str] | None:
    match = _NUMBER.match(line)
    if match is None:
        return None
    number = int(match.group("number"))
    all_ones = set(seen.numbers) == {1} and number == 1
    if seen.numbers and not all_ones and not 0 < number - seen.numbers[-1] <= 3:
        return None
    rest = line[match.end() :]
    bold = match.group("bold") or match.group("closed")
    if (match.group("bold") is None) != (match.group("closed") is None):
        rest = f"{bold}{rest.lstrip()}"
    return number, rest


def _bulleted(line: str, seen: _Seen) -> tuple[int, str] | None:
    match = _BULLET.match(line)
    return None if match is None else (0, line[match.end() :])


def _items(completion: str, marker: _Marker) -> list[str]:
    seen, items, after_blank = _Seen(), list[_Item](), False
    lines = completion.replace("\r\n", "\n").split("\n")
    for written in up_to_its_fence(lines, lambda line: marker(line.lstrip(" \t"), seen) is not None):
        line = "" if _RULE.fullmatch(written) else written
        body = line.lstrip(" \t")
        indent = len(line[: len(line) - len(body)].expandtabs(4))
        found = marker(body, seen) if not items or indent <= seen.indent else None
        if found is not None:
            seen.indent = indent if not items else seen.indent
            seen.numbers.append(found[0])
            items.append(_Item([found[1]], number=found[0]))
        elif items:
            items[-1].lines.append(line)
            items[-1].loose |= bool(body) and after_blank and indent <= seen.indent
        after_blank = not body
    return _without_closing_remark(items)


def _without_closing_remark(items: Sequence[_Item]) -> list[str]:
    """After a blank line, text that is not indented belongs to the last item only if it did to an earlier one."""
    if items and items[-1].loose and not any(item.loose for item in items[:-1]):
        lines = items[-1].lines
        first_blank = next(i for i, line in enumerate(lines) if i and not line.strip())
        # An indented continuation may stand between the blank line and the remark.
        cut = next(i for i in range(first_blank + 1, len(lines)) if lines[i].strip() and not lines[i][0].isspace())
        items[-1].lines = lines[:cut]
    return [_joined(item) for item in items]


def _joined(item: _Item) -> str:
    first, rest = item.lines[0].strip(), dedent("\n".join(item.lines[1:])).rstrip()
    return f"{first}\n{rest}".strip() if rest.strip() else first


def _at_least(least: int, items: list[str], what: str) -> list[str]:
    filled = [item for item in items if item]
    if len(filled) < least:
        wanted = "at least one item" if least == 1 else f"at least {least} items"
        raise ParseError(f"Expected {what} of {wanted}, found {len(filled) or 'none'}.")
    return filled


numbered_list = NumberedList
bulleted_list = BulletedList
