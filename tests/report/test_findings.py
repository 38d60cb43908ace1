"""What is told first: every fault that was put in, and nothing where there is none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from generation_functions.report import Figures, HeldOut, Question, findings_of
from generation_functions.report.coverage import Coverage, Empty
from generation_functions.report.figures import RunFacts
from generation_functions.report.funnel import StepYield
from generation_functions.report.votes import Agreement
from tests.report.rows import SUBJECTS, conversation, figures_of, good_rows

Rows = list[dict[str, Any]]
STOCK = "as an expert on mills i can assure you that"


def with_answers(rows: Rows, change: Callable[[int, str], str]) -> Rows:
    for number, row in enumerate(rows):
        row["messages"][1]["content"] = change(number, row["messages"][1]["content"])
    return rows


def test_nothing_is_told_where_nothing_is_wrong(tmp_path: Path) -> None:
    assert findings_of(figures_of(tmp_path, good_rows(200))) == ()


@pytest.mark.parametrize(
    ("rows", "level", "section", "text"),
    [
        ([], "warning", "read", "There is no row to look at."),
        ([*good_rows(60), *good_rows(3)], "warning", "duplicates", "3 rows repeat another row word for word."),
        (with_answers(good_rows(60), lambda n, a: "" if n == 9 else a), "warning", "lengths",
         "1 row had an empty answer."),
        (with_answers(good_rows(60), lambda n, a: a * 60 if n < 3 else a), "warning", "lengths",
         "3 rows (5 %) exceed 2,048 tokens."),
        (with_answers(good_rows(400), lambda n, a: a * 60 if n < 1 else a), "note", "lengths",
         "1 row (0.2 %) exceeds 2,048 tokens."),
        (with_answers(good_rows(60), lambda n, a: f"{STOCK} {a}" if n < 9 else a), "note", "repetition",
         "9 answers begin with the same 5 words: “as an expert on mills”."),
        (with_answers(good_rows(60), lambda n, a: "It is not known." if n < 9 else a), "note", "repetition",
         "9 answers are the same: “it is not known”."),
        (with_answers(good_rows(60), lambda n, a: f"{a} w{n} {STOCK} v{n}" if n < 9 else a), "note", "repetition",
         f"9 rows hold the same words: “{STOCK}”."),
        ([*good_rows(60), {"metadata": {"source": "bees-1.txt"}}], "warning", "lengths", "1 row held no text at all."),
        ([*good_rows(60), conversation("水車は何ですか", "水の力で回る機械です", source="bees-1.txt")], "note",
         "languages",
         "A few rows are in another language or script: ja 1."),
        ([*good_rows(60), conversation("Who turns?", "The wheel turns.", writer="offline")], "warning", "read",
         "1 row of 61 were written by offline rules, not by a model: a rehearsal, not training data."),
        ([conversation(f"{n}?", " ".join(SUBJECTS["bees"]), source=f"{n}.txt") for n in range(60)],
         "note", "diversity", "Rows are much alike"),
        ([conversation(q["messages"][0]["content"], q["messages"][1]["content"], source=f"{max(0, n - 50)}.txt")
          for n, q in enumerate(good_rows(60))], "note", "sources", "85 % of the rows come from one document, 0.txt."),
    ],
)  # fmt: skip
def test_each_fault_is_told(tmp_path: Path, rows: Rows, level: str, section: str, text: str) -> None:
    found = [f for f in findings_of(figures_of(tmp_path, rows)) if f.text.startswith(text)]
    assert [(each.level, each.section) for each in found] == [(level, section)]


def test_lines_that_are_no_rows_are_told(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    figures_of(tmp_path, good_rows(30))
    with (tmp_path / "data.jsonl").open("a") as file:
        file.write("{broken\n[1]\n")
    from generation_functions.report import FileRows, survey

    found = findings_of(survey(FileRows(tmp_path / "data.jsonl"), Question()))
    assert [each.text for each in found] == ["2 lines of the file could not be read as a row."]


def test_held_out_questions_are_told(tmp_path: Path) -> None:
    rows = good_rows(60)
    question = Question(
        held_out=HeldOut([rows[7]["messages"][0]["content"], "What is quite another thing altogether?"])
    )
    [found] = findings_of(figures_of(tmp_path, rows, question))
    assert (found.level, found.text) == ("warning", "1 row holds words of 1 held-out text.")


STEP = StepYield("judge", 100, 90, 10, 0, (), 0)
VOTE = Agreement("judge", 100, 100, (95, 3, 2, 0), 220, 0)


@pytest.mark.parametrize(
    ("run", "told"),
    [
        (RunFacts("p", "succeeded", (STEP,), (VOTE,)), []),
        (RunFacts("p", "running", (), ()),
         ["The run is running: this is what it had written when the report was made."]),
        (RunFacts("p", "partial", (replace(STEP, failed=4),), ()),
         ["4 rows failed at judge, 4 % of what it was given."]),
        (RunFacts("p", "succeeded", (replace(STEP, dropped=80),), ()), ["judge dropped 80 % of its rows."]),
        (RunFacts("p", "succeeded", (), (replace(VOTE, outcomes=(50, 30, 20, 0)),)),
         ["The judges of judge disagreed on 50 % of the rows they voted on."]),
        (RunFacts("p", "succeeded", (), (replace(VOTE, unreadable=22),)),
         ["10 % of the ballots of judge gave no verdict."]),
    ],
)  # fmt: skip
def test_what_went_wrong_in_a_run_is_told(tmp_path: Path, run: RunFacts, told: list[str]) -> None:
    figures = replace(figures_of(tmp_path, good_rows(40)), run=run)
    assert [each.text for each in findings_of(figures)] == told


def test_documents_that_gave_nothing_are_told(tmp_path: Path) -> None:
    figures: Figures = figures_of(tmp_path, good_rows(40))
    coverage = Coverage(9, 0, 0, 0, (), (Empty("a.txt", "dull"), Empty("b.txt", "dull")), 2)
    assert [f.text for f in findings_of(replace(figures, coverage=coverage))] == ["2 documents gave nothing."]


def test_labels_that_come_again_are_no_repetition(tmp_path: Path) -> None:
    talks = [row["messages"] for row in good_rows(60)]
    rows = [{"label": "bees", "labelled_by": "model", "text": talk[1]["content"]} for talk in talks]
    assert not [finding for finding in findings_of(figures_of(tmp_path, rows)) if finding.section == "repetition"]
