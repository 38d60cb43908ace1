"""What a format is: a form of a row, with the way into it and the way back, both pure.

Formats of one family (conversations, texts, preferences, ...) share one representation, the one that loses nothing.
`read` makes it of a row in the format; `spell` makes a row of it and tells what the format had no room for. Where it
tells of nothing, the way back gives exactly what went in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from generation_functions.errors import ConfigError
from generation_functions.rows import Json

Fields: TypeAlias = dict[str, Json]
Family: TypeAlias = Literal["conversation", "text", "preference", "labelled", "segments", "classification", "tree"]

FAMILIES: dict[Family, str] = {
    "conversation": "`messages`, each a mapping with a `role` and a `content`",
    "text": "`text`",
    "preference": "`prompt`, `chosen` and `rejected`, each a list of messages",
    "labelled": "`prompt` and `completion`, each a list of messages, and a `label` that is true or false",
    "segments": "`segments` of `text` and a `label` that is true or false",
    "classification": "`text` and a `label`",
    "tree": "`prompt`, a message whose `replies` are messages with `replies`",
}
"""Each family with the fields of its representation. A row's other fields stay beside them."""


@dataclass(frozen=True, slots=True)
class Spelled:
    """A row in some form, and what that form had no room for."""

    fields: Fields
    lost: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Format:
    """One form of a row.

    loses   what the format has no room for, in general; `spell` tells it for one row
    fits    whether a row looks like this format: its fields and their kinds, not all that is in them
    read    a row in this format → its family's representation
    spell   the representation → a row in this format
    also    families whose rows this format takes as they are

    `read` and `spell` raise `ConfigError` for a row that does not fit.
    """

    name: str
    family: Family
    description: str
    loses: str
    fits: Callable[[Mapping[str, Json]], bool]
    read: Callable[[Mapping[str, Json]], Fields]
    spell: Callable[[Mapping[str, Json]], Spelled]
    also: tuple[Family, ...] = ()


def beside(row: Mapping[str, Json], own: Iterable[str], names: Iterable[str]) -> tuple[Fields, list[str]]:
    """A row's fields beside its representation's `own`, and the loss of those whose names a form needs itself."""
    rest = {name: value for name, value in row.items() if name not in set(own)}
    taken = [name for name in names if name in rest]
    kept = {name: value for name, value in rest.items() if name not in taken}
    return kept, [f"the field `{name}`, whose name the format needs" for name in taken]


def misfit(form: str, why: str, hint: str) -> ConfigError:
    """A row that has no form in this format."""
    return ConfigError(f"the row does not fit the format `{form}`: {why}", hint=hint)


def listed(names: Iterable[str]) -> str:
    """Names in backticks; the first dozen of them."""
    return ", ".join(f"`{name}`" for name in list(names)[:12]) or "none"


def without_repeats(lost: Iterable[str]) -> tuple[str, ...]:
    """Losses, each told once, in order."""
    return tuple(dict.fromkeys(lost))
