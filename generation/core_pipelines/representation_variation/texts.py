"""The texts of the dataset: a line of context before, noise within, and where and what they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from string import Formatter
from typing import Any

from generation.core_components.titles import with_title
from generation.core_pipelines.representation_variation.forms import EXACT
from generation.core_pipelines.representation_variation.noise import noisy
from generation_functions.config.suggestions import did_you_mean
from generation_functions.errors import ConfigError
from generation_functions.rows import content_key

PLACES = ("title", "source", "form")


def check_context_line(line: str | None) -> None:
    """Raises `ConfigError` where a context line names something that no row has."""
    try:
        parts = list(Formatter().parse(line or ""))
    except ValueError as exc:
        raise ConfigError(f"context_line {line!r} cannot be filled: {exc}", hint="write {{ for a brace") from exc
    for _, name, spec, conversion in parts:
        if name is not None and (name not in PLACES or spec or conversion):
            hint = did_you_mean(name, PLACES) or f"It may name {', '.join(f'{{{place}}}' for place in PLACES)}."
            raise ConfigError(f"context_line has no place called {name!r}", hint=hint)


def finished(context_line: str | None, noise: float, seed: int) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    """What a row's text becomes: with noise in a share of the texts, drawn by content, and with its context line."""

    def finish(row: Mapping[str, Any]) -> dict[str, Any]:
        text, told = row["text"], {"form": row["form"]}
        rng = Random(content_key(seed, "noise", row["form"], text))
        if row["form"] not in EXACT and rng.random() < noise:
            text, told["noise"] = noisy(text, rng)
        if context_line:
            line = context_line.format_map({**with_title(row), "source": row["source"], "form": row["form"]})
            text = f"{line}\n\n{text}"
        return {"text": text, "metadata": told}

    return finish


def as_text(row: Mapping[str, Any]) -> dict[str, str]:
    """A row of the dataset: plain `text`; its form stands in the metadata."""
    return {"text": row["text"]}
