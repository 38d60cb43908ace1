"""Single answers with a verdict become preference pairs: every answer once, nothing lost unsaid."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation_functions.datasets import FORMATS, Conversion, Record, convert, write_dataset
from tests.datasets.samples import Row

DPO, KTO = FORMATS["dpo"], FORMATS["kto"]


def answer(prompt: str, completion: str, label: bool, **more: Any) -> Row:
    return {"prompt": prompt, "completion": completion, "label": label, **more}


def paired(rows: list[Row]) -> tuple[list[Row], list[str]]:
    conversion = Conversion(DPO, KTO)
    pairs = [pair for row in rows for pair in conversion.rows_of(row)]
    return pairs, conversion.notes()


def test_answers_to_one_prompt_are_paired_in_their_order() -> None:
    rows = [answer("Q", "good", True), answer("P", "no", False), answer("Q", "bad", False), answer("P", "yes", True)]
    pairs, notes = paired(rows)
    assert pairs == [
        {"prompt": "Q", "chosen": "good", "rejected": "bad"},
        {"prompt": "P", "chosen": "yes", "rejected": "no"},
    ]
    assert notes == []


def test_answers_without_a_match_are_counted() -> None:
    pairs, notes = paired([answer("Q", "a", True), answer("Q", "b", True), answer("P", "c", False)])
    assert pairs == []
    assert notes == ["3 of 3 rows left out: no answer with the other verdict to its prompt"]


def test_what_the_rejected_answer_alone_had_is_told() -> None:
    pairs, notes = paired([answer("Q", "good", True, id="1", by="me"), answer("Q", "bad", False, id="2", by="me")])
    assert pairs == [{"prompt": "Q", "chosen": "good", "rejected": "bad", "id": "1", "by": "me"}]
    assert notes == ["1 of 2 rows lost `id` of the rejected answer"]


words = st.text(min_size=1, max_size=5)


@given(st.lists(st.tuples(words, words, words), max_size=12), st.sampled_from(["kto", "kto-chat"]))
def test_pairs_come_back_from_single_answers(told: list[tuple[str, str, str]], by_way_of: str) -> None:
    pairs = [{"prompt": prompt, "chosen": good, "rejected": bad} for prompt, good, bad in told]
    singles = [row for pair in pairs for row in convert(pair, DPO, FORMATS[by_way_of]).rows]
    conversion = Conversion(DPO, FORMATS[by_way_of])
    assert [pair for row in singles for pair in conversion.rows_of(row)] == pairs


@given(st.lists(st.tuples(st.sampled_from("PQ"), words, st.booleans()), max_size=12))
def test_every_answer_is_in_one_pair_or_counted(told: list[tuple[str, str, bool]]) -> None:
    pairs, notes = paired([answer(*each) for each in told])
    used = sorted((pair["prompt"], pair[side]) for pair in pairs for side in ("chosen", "rejected"))
    left = int(notes[-1].split()[0]) if notes else 0
    assert len(used) + left == len(told)
    for prompt in "PQ":
        verdicts = [label for asked, _, label in told if asked == prompt]
        assert sum(pair["prompt"] == prompt for pair in pairs) == min(verdicts.count(True), verdicts.count(False))


@pytest.mark.parametrize("name", ["dpo", "dpo-chat"])
def test_a_file_of_single_answers_is_written_as_pairs(tmp_path: Path, name: str) -> None:
    rows = [answer("Q", "good", True), answer("Q", "bad", False)]
    written = write_dataset(
        [Record(row, str(number)) for number, row in enumerate(rows)], tmp_path, "it", formats=(name,), source=KTO
    )
    assert not written.notes
    assert b'"good"' in (tmp_path / "it.jsonl").read_bytes()
