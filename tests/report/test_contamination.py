"""Held-out texts in rows."""

from __future__ import annotations

import pytest

from generation_functions.report.contamination import HeldOut, held_out_text
from generation_functions.report.entry import entry_of

QUESTION = "In which year was the first paper mill north of the Alps opened in Nuremberg?"


@pytest.mark.parametrize(
    ("held_out", "row", "rows", "share"),
    [
        (QUESTION, QUESTION, 1, 1.0),
        (QUESTION, QUESTION.upper().replace(",", " "), 1, 1.0),
        (QUESTION, f"Tell me: {QUESTION} I wonder.", 1, 1.0),
        (QUESTION, "the first paper mill north of the Alps", 1, 0.125),
        (QUESTION, "the first paper mill north of the", 0, 0),
        ("Who invented the windmill?", "Who invented the windmill? Nobody knows.", 1, 1.0),
        ("Who invented the windmill?", "Who invented the watermill?", 0, 0),
        ("Why so?", "Why so?", 0, 0),
        ("水車はいつどこで最初に使われましたか。", "質問：水車はいつどこで最初に使われましたか。", 1, 1.0),
        ("水車はいつどこで最初に使われましたか。", "水車はいつどこで作られましたか。", 0, 0),
    ],
)
def test_matches(held_out: str, row: str, rows: int, share: float) -> None:
    looking = HeldOut([held_out])
    looking.look_into(entry_of({"text": row}, 4))
    found = looking.contamination("tests.jsonl")
    assert (found.rows, found.questions) == (rows, rows)
    assert [(match.index, match.share) for match in found.matches] == [(4, share)] * rows


def test_texts_too_short_to_tell_are_counted() -> None:
    found = HeldOut(["Why?", QUESTION, ""]).contamination("t")
    assert (found.held_out, found.too_short) == (3, 2)


def test_system_prompts_and_rejected_answers_are_not_what_a_model_learns() -> None:
    looking = HeldOut([QUESTION])
    looking.look_into(entry_of({"prompt": "x", "chosen": "y", "rejected": QUESTION}, 0))
    assert looking.contamination("t").rows == 0


def test_the_strongest_matches_are_kept_of_very_many() -> None:
    looking = HeldOut([QUESTION])
    for index in range(500):
        part = " ".join(QUESTION.split()[: 8 + (index == 499) * 20])
        looking.look_into(entry_of({"text": part}, index))
    found = looking.contamination("t")
    assert (found.rows, len(found.matches), found.matches[0].index) == (500, 30, 499)


@pytest.mark.parametrize(
    "fields",
    [
        {"question": QUESTION, "answer": "1390"},
        {"messages": [{"role": "user", "content": QUESTION}, {"role": "assistant", "content": "1390"}]},
        {"prompt": QUESTION, "completion": "1390"},
        {"text": QUESTION},
    ],
)
def test_what_a_held_out_row_asks(fields: dict[str, object]) -> None:
    assert held_out_text(fields) == QUESTION
