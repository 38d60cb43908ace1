"""Texts as words, in any script."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation_functions.report.words import is_unspaced, ngrams, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ()),
        ("The mill's wheel, 3.5 m!", ("the", "mill's", "wheel", "3", "5", "m")),
        ("'quoted' l’eau", ("quoted", "l’eau")),
        ("snake_case", ("snake", "case")),
        ("Straße ÄRGER", ("strasse", "ärger")),
        ("水車は回る", ("水", "車", "は", "回", "る")),
        ("Python言語 3", ("python", "言", "語", "3")),
        ("हिन्दी में।", ("हिन्दी", "में")),
        ("مرحبا بالعالم", ("مرحبا", "بالعالم")),
    ],
)
def test_words_of(text: str, words: tuple[str, ...]) -> None:
    assert words_of(text) == words


@settings(deadline=None)
@given(st.text(alphabet=st.characters(max_codepoint=127)))
def test_plain_text_gives_the_same_words_as_any_other(text: str) -> None:
    # The letter makes the text take the way of all scripts.
    assert words_of(f"{text} ж")[:-1] == words_of(text)


def test_ngrams_are_all_runs_in_order() -> None:
    assert list(ngrams(["a", "b", "c", "d"], 3)) == [("a", "b", "c"), ("b", "c", "d")]
    assert list(ngrams(["a"], 3)) == []


@pytest.mark.parametrize(("text", "unspaced"), [("水車 a", True), ("water 水", False), ("", False)])
def test_is_unspaced(text: str, unspaced: bool) -> None:
    assert is_unspaced(words_of(text)) is unspaced
