"""The formats there are, by name, and which of them a row or a file is in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from generation_functions.datasets.conversations import CONVERSATIONS
from generation_functions.datasets.form import Format, listed
from generation_functions.datasets.preferences import PREFERENCES
from generation_functions.datasets.texts import TEXTS
from generation_functions.datasets.trees import TREES
from generation_functions.errors import ConfigError
from generation_functions.rows import Json

FORMATS: dict[str, Format] = {each.name: each for each in (*CONVERSATIONS, *TEXTS, *PREFERENCES, *TREES)}
"""By name."""

_LOOKED_AT_LAST = ("completion", "completion-chat", "classification", "text")
_LOOKS = [FORMATS[name] for name in (*(n for n in FORMATS if n not in _LOOKED_AT_LAST), *_LOOKED_AT_LAST)]


def format_named(name: str) -> Format:
    """A format by its name. Raises `ConfigError` with "did you mean"."""
    if name not in FORMATS:
        from generation_functions.config.suggestions import did_you_mean

        hint = did_you_mean(name, FORMATS) or f"the formats are: {', '.join(FORMATS)}"
        raise ConfigError(f"unknown dataset format {name!r}", hint=hint)
    return FORMATS[name]


def format_of(row: Mapping[str, Json]) -> Format | None:
    """The format that a row looks like, by its fields; None where it is like none."""
    return next((form for form in _LOOKS if form.fits(row)), None)


def common_format(rows: Iterable[Mapping[str, Json]]) -> Format:
    """The one format of all these rows. Raises `ConfigError` where there is none, and names what was found."""
    found: dict[str, int] = {}
    for number, row in enumerate(rows, start=1):
        form = format_of(row)
        if form is None:
            raise ConfigError(
                f"row {number} is in no known format (its fields: {listed(map(str, row))})",
                hint=f"the formats are: {', '.join(FORMATS)}",
            )
        found.setdefault(form.name, number)
    if set(found) == {"completion", "text"}:
        return FORMATS["completion"]
    if len(found) != 1:
        told = ", ".join(f"row {number} looks like {name}" for name, number in found.items()) or "there are no rows"
        raise ConfigError(f"the rows have no one format: {told}", hint="say which it is, or mend the rows")
    return FORMATS[next(iter(found))]
