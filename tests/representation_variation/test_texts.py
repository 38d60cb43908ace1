"""Noise and context lines: seeded, harmless to numbers, refused where they cannot be filled."""

from __future__ import annotations

import json
import re
from random import Random
from typing import Any

import pytest

from generation.core_pipelines.representation_variation.noise import KINDS, noisy
from generation.core_pipelines.representation_variation.texts import check_context_line, finished
from generation_functions.errors import ConfigError

TEXT = "The Suez Canal was opened in 1869. Ein Kanal für Schiffe; 运河 and ports, 193 km long."


def row(**fields: Any) -> dict[str, Any]:
    return {"text": TEXT, "form": "essay", "source": "sea/canals.md", "headings": ["Suez"], **fields}


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("seed", range(20))
def test_noise_changes_letters_and_never_numbers(kind: str, seed: int) -> None:
    changed = KINDS[kind](TEXT, Random(seed))
    assert re.findall(r"\d+", changed) == re.findall(r"\d+", TEXT)
    assert len(changed.split()) == len(TEXT.split())
    assert KINDS[kind](TEXT, Random(seed)) == changed
    if kind != "capitals":
        assert changed != TEXT


@pytest.mark.parametrize("text", ["", "1869", "a b c", "运河"])
def test_a_text_without_long_words_has_no_typing_errors(text: str) -> None:
    assert KINDS["typos"](text, Random(0)) == text


def test_every_kind_of_noise_comes_up() -> None:
    assert {noisy(TEXT, Random(seed))[1] for seed in range(60)} == set(KINDS)


def test_noise_comes_to_its_share_of_the_texts_and_goes_by_content() -> None:
    rows = [row(text=f"{TEXT} Number {n}.") for n in range(400)]
    changed = [finished(None, 0.25, seed=7)(each) for each in rows]
    share = sum("noise" in each["metadata"] for each in changed) / len(rows)
    assert 0.15 < share < 0.35
    assert [finished(None, 0.25, seed=7)(each) for each in reversed(rows)] == changed[::-1]
    clean = [each["text"] for each in changed if "noise" not in each["metadata"]]
    assert set(clean) <= {each["text"] for each in rows}
    assert [finished(None, 0.25, seed=8)(each) for each in rows] != changed


@pytest.mark.parametrize("form", ["json", "xml"])
def test_what_programs_read_is_left_exact(form: str) -> None:
    text = json.dumps({"opened": 1869, "by": "Ferdinand de Lesseps"})
    assert finished(None, 1.0, seed=0)(row(form=form, text=text)) == {"text": text, "metadata": {"form": form}}


def test_a_context_line_is_filled_and_stands_before_the_text() -> None:
    made = finished("From {title} ({source}, {form}) {{x}}", 0.0, seed=0)(row(source="a{b}/canals.md"))
    assert made["text"] == f"From canals › Suez (a{{b}}/canals.md, essay) {{x}}\n\n{TEXT}"


@pytest.mark.parametrize("line", ["{titel}", "{title.__class__}", "{title!r}", "{}", "{title", "{source:>9}"])
def test_a_context_line_that_cannot_be_filled_is_a_mistake_of_the_config(line: str) -> None:
    with pytest.raises(ConfigError, match="context_line"):
        check_context_line(line)
