"""Texts: plain, with a label to predict, or in segments of which some are trained on."""

from __future__ import annotations

from collections.abc import Mapping

from generation_functions.datasets.conversations import has_texts
from generation_functions.datasets.form import Fields, Format, Spelled
from generation_functions.errors import ConfigError
from generation_functions.rows import Json


def read_text(row: Mapping[str, Json]) -> Fields:
    """The row, its text checked."""
    if not has_texts(row, "text"):
        raise ConfigError(f"the row has no `text`: {row.get('text')!r:.80}", hint="check the row's format; see --from")
    return dict(row)


def read_classification(row: Mapping[str, Json]) -> Fields:
    """The row, its text and label checked."""
    read_text(row)
    if not is_label(row.get("label")):
        raise ConfigError(f"the row has no `label`: {row.get('label')!r:.80}", hint="a label is a text or a number")
    return dict(row)


def read_segments(row: Mapping[str, Json]) -> Fields:
    """The row, its segments checked."""
    if not are_segments(row.get("segments")):
        raise ConfigError(
            f"`segments` is no list of segments: {row.get('segments')!r:.80}",
            hint="a segment has a `text`, and a `label` that is true where it is trained on",
        )
    return dict(row)


def as_it_is(row: Mapping[str, Json]) -> Spelled:
    """The row as it is."""
    return Spelled(dict(row))


def is_label(value: Json) -> bool:
    """Whether a value can name a class."""
    return isinstance(value, str | int | float)


def are_segments(value: Json) -> bool:
    """Whether a value is a list of segments."""
    return isinstance(value, list) and bool(value) and all(_is_segment(segment) for segment in value)


def _is_segment(value: Json) -> bool:
    return isinstance(value, Mapping) and isinstance(value.get("text"), str) and isinstance(value.get("label"), bool)


TEXTS = (
    Format(
        "text",
        "text",
        "Plain `text`.",
        "Of a conversation: where a turn ends and whose it is, as far as labels do not say it.",
        fits=lambda row: has_texts(row, "text") and not is_label(row.get("label")),
        read=read_text,
        spell=as_it_is,
    ),
    Format(
        "segments",
        "segments",
        "`segments` of `text` and a `label`: true where it is trained on, false where it is only read.",
        "Of a conversation: where a turn ends and whose it is, as far as labels do not say it.",
        fits=lambda row: are_segments(row.get("segments")),
        read=read_segments,
        spell=as_it_is,
    ),
    Format(
        "classification",
        "classification",
        "A `text` and the `label` to predict, a text or a number.",
        "Nothing.",
        fits=lambda row: has_texts(row, "text") and is_label(row.get("label")),
        read=read_classification,
        spell=as_it_is,
    ),
)
