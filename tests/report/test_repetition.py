"""Beginnings and phrases that come again."""

from __future__ import annotations

from pathlib import Path

import pytest

from generation_functions.report.repetition import OpeningCount, PhraseCount, Repeated
from tests.report.rows import conversation, figures_of


@pytest.mark.parametrize(
    ("texts", "rows", "distinct", "commonest"),
    [
        ([], 0, 0, ()),
        (["A b c d e f", "a B c, d e g", "x"], 3, 2, (Repeated("a b c d e", 2),)),
        (["Yes.", "yes", "No", "", "  "], 3, 2, (Repeated("yes", 2),)),
        (["one two", "three four"], 2, 2, ()),
    ],
)
def test_openings(texts: list[str], rows: int, distinct: int, commonest: tuple[Repeated, ...]) -> None:
    count = OpeningCount()
    for text in texts:
        count.add(text)
    found = count.openings()
    assert (found.rows, found.distinct, found.commonest) == (rows, distinct, commonest)


def test_an_opening_of_one_in_a_thousand_is_no_repetition() -> None:
    count = OpeningCount()
    for number in range(2000):
        count.add(f"the number is {number // 2}")
    assert count.openings().commonest == ()


def phrases(rows: list[str]) -> tuple[Repeated, ...]:
    count = PhraseCount()
    for row in rows:
        count.add(row.split())
    return count.phrases().commonest


def test_a_long_phrase_is_told_once_and_whole() -> None:
    stock = "as an expert i can assure you that this is so"
    assert phrases([f"{number} {stock} w{number}" for number in range(5)]) == (Repeated(stock, 5),)


def test_what_varies_at_the_end_of_a_phrase_is_not_another_phrase() -> None:
    stock = "what can you tell me about"
    rows = [f"{stock} {('honey', 'tides')[number % 2]} w{number} v{number}" for number in range(20)]
    assert [each.words for each in phrases(rows)] == [stock]


@pytest.mark.parametrize("rows", [[], ["a b c d e f"] * 2, ["too few words"] * 9])
def test_phrases_are_long_and_stand_in_three_rows(rows: list[str]) -> None:
    assert phrases(rows) == ()


def test_a_row_counts_once_however_often_it_says_it() -> None:
    assert phrases(["a b c d e f " * 4] * 3)[0].rows == 3


def test_memory_is_bounded_and_common_phrases_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("generation_functions.report.repetition._PRUNE_AT", 300)
    rows = [f"{' '.join(f'w{number}x{at}' for at in range(30))} one two three four five six" for number in range(100)]
    assert Repeated("one two three four five six", 100) in phrases(rows)


def test_what_prompts_hold_is_no_repetition_of_the_rows_and_neither_is_what_is_masked(tmp_path: Path) -> None:
    passage = (
        '<passage source="bees.txt" title="bees">\nThe same long passage stands before every question.\n</passage>'
    )
    wrong = {"role": "assistant", "content": "one two three four five six seven eight", "train": False}
    rows = [
        {
            "messages": [
                {"role": "user", "content": f"{passage}\n\nquestion{n} of{n} its{n} own{n} here{n}?"},
                wrong,
                {"role": "user", "content": "Are you quite sure about that?"},
                {"role": "assistant", "content": " ".join(f"word{n}x{m}" for m in range(9))},
            ]
        }
        for n in range(9)
    ]
    found = figures_of(tmp_path, rows)
    assert found.phrases.commonest == ()
    assert found.questions.commonest == ()
    assert found.answers.commonest == ()
    answered = [{"messages": [*row["messages"][:2], {"role": "assistant", "content": passage}]} for row in rows]
    assert figures_of(tmp_path, answered).phrases.commonest[0].rows == 9


def test_the_marks_of_thoughts_are_no_opening_and_no_phrase(tmp_path: Path) -> None:
    rows = [
        conversation(f"q{n} a{n} b{n}?", f"<think>\nI look it up x{n}.\n</think>\n\nsaid{n} word{n} more{n} and{n}")
        for n in range(40)
    ]
    found = figures_of(tmp_path, rows)
    assert found.answers.commonest == found.phrases.commonest == ()
