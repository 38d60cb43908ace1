"""HTML and SVG put together from parts, so that no text of a dataset can become markup.

Only `Markup` goes into a page as it stands. Every other value is escaped: markup characters as entities; control
characters, direction overrides and lone surrogates spelled out, for they could hide or reorder what stands around them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from typing import TypeAlias

_UNSEEN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\uffff\ud800-\udfff]"
)
_VOID = frozenset({"meta", "wbr"})


class Markup(str):
    """Text that is markup already."""

    __slots__ = ()


Part: TypeAlias = "Markup | str | int | float | Iterable[Part] | None"
"""What an element may hold: markup, values to be escaped, nothing, or several of these."""


def safe(text: str) -> Markup:
    """A text as it may stand between tags and in attributes."""
    return Markup(escape(_UNSEEN.sub(_spelled, text), quote=True))


def _spelled(match: re.Match[str]) -> str:
    # A carriage return is part of a line's end in many files, and no more than that.
    return "" if match[0] == "\r" else f"\\u{ord(match[0]):04x}"


def tag(name: str, /, *parts: Part, **attributes: str | float | None) -> Markup:
    """An element. Attributes' underscores become hyphens, and a last one is dropped: `class_`; None leaves one out."""
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{safe(_value(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    if name in _VOID:
        return Markup(f"<{name}{given}>")
    return Markup(f"<{name}{given}>{joined(parts)}</{name}>")


def joined(parts: Iterable[Part]) -> Markup:
    """Parts one after another."""
    return Markup("".join(_part(part) for part in parts))


def _part(part: Part) -> str:
    if part is None:
        return ""
    if isinstance(part, Markup):
        return part
    if isinstance(part, str):
        return safe(part)
    if isinstance(part, int | float):
        return safe(_value(part))
    return joined(part)


def _value(value: str | float) -> str:
    if isinstance(value, float):
        return f"{value:.2f}".rstrip("0").rstrip(".")
    return str(value)
