"""Where quotes stand, and what values their quotes do not say."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.core_pipelines.extract_structured.spans import Span, places_of, spans_of, unsupported

TEXT = (
    "In 1848, Fortune went to “China”.  He took\n20\u00a0000 plants \u2014 Fortune\u2019s own count \u2014 to Assam."
    " İstanbul too."
)


@pytest.mark.parametrize(
    ("quote", "words"),
    [
        ("In 1848", "In 1848"),
        ("in 1848, fortune", "In 1848, Fortune"),
        ('went to "China".', "went to “China"),
        ("He took 20 000 plants", "He took\n20\u00a0000 plants"),
        ("plants - Fortune's own count", "plants — Fortune’s own count"),
        ("  In   1848 ", "In 1848"),
        ("…own count…", "own count"),
        ("İstanbul too", "İstanbul too"),
    ],
)
def test_a_quote_is_found_where_it_stands(quote: str, words: str) -> None:
    (span,) = spans_of([quote], TEXT)
    assert span is not None
    assert TEXT[span.start : span.end] == words


@pytest.mark.parametrize("quote", ["", " ", "...", "Fortune went to India", "1849", "plants Fortune's"])
def test_what_does_not_stand_there_is_not_found(quote: str) -> None:
    assert spans_of([quote], TEXT) == [None]


def test_a_quote_of_several_places_is_taken_beside_the_longest() -> None:
    text = "Ada won in 1901. Ben lost. Ada won the great prize of Ghent in 1905; Ada smiled."
    assert spans_of(["Ada", "won the great prize of Ghent"], text) == [Span(27, 30), Span(31, 59)]
    assert spans_of(["in 1901", "Ada", "nothing"], text) == [Span(8, 15), Span(0, 3), None]


@given(st.text(max_size=60), st.integers(0, 60), st.integers(1, 30))
def test_any_piece_of_a_text_is_found_in_it(text: str, start: int, length: int) -> None:
    piece = text[start : start + length]
    assert all(text[span.start : span.end] == piece for span in places_of(piece, text))
    for span in places_of(piece.upper(), text):
        assert 0 <= span.start < span.end <= len(text)


@pytest.mark.parametrize(
    ("value", "quote"),
    [
        (12500, "12,500 euros"), (12500, "12.500 Euro"), (12500, "12\u202f500 euros"), (12.5, "12.5 km"),
        (12.5, "12,5 km"), (1848, "3.5.1848"),
        (3000, "3 Tausend"), (2_500_000, "2.5 million"), (0.25, "25 percent"), (-4, "minus 4 degrees"),
        (2, "both brothers"), (1848, "In May 1848"), (3, "3 of 4"), (True, "still stands"), (None, "x"),
        ("Ada Brandt", "to Ada Brandt"), ("Pulverturm", "Der Pulverturm"), ("Häuser", "das Haus und die Häuser"),
        ("1848-05-03", "1848, on 03 05"), ("蜜蜂", "蜜蜂是昆虫"), ("the Kestrel Medal", "Kestrel Medal"),
    ],
)  # fmt: skip
def test_a_value_that_its_quote_says_is_supported(value: Any, quote: str) -> None:
    assert unsupported(value, quote, quoted=True) is None


@pytest.mark.parametrize(
    ("value", "quote"),
    [
        (1849, "In May 1848"), (125, "12,500 euros"), (12_000, "12 euros"), (0.03, "3 of 4"), (500, "12,500"),
        (4, "3 of 5"), ("Ada Brandt", "the winner"),
        ("Luis Ferrer", "to Ada Brandt"), ("in 1905", "in 1901"), ("a bridge of iron and steel", "a bridge"),
    ],
)  # fmt: skip
def test_a_value_that_its_quote_does_not_say_is_told(value: Any, quote: str) -> None:
    assert quote in str(unsupported(value, quote, quoted=True))


def test_free_values_need_only_their_figures() -> None:
    assert unsupported("gewann den Preis", "won the prize", quoted=False) is None
    assert unsupported("gewann 1905", "won in 1901", quoted=False) is not None
