"""What two comparisons of one pair say together, and what the steps make of a model's answers."""

from __future__ import annotations

from typing import Any

import pytest

from generation.core_pipelines.preference_pairs.flaws import FLAWS, drawn_flaw
from generation.core_pipelines.preference_pairs.judgement import clearly_better, position_bias, settled
from generation.core_pipelines.preference_pairs.offline_rules import PLANTING
from generation.core_pipelines.preference_pairs.steps import compared, contradicts_itself, no_flaw, planted
from generation_functions import ParseError, Row


def judged(forward: tuple[str, int, int], swapped: tuple[str, int, int]) -> Row:
    said = [{"verdict": v, "scores": [a, b], "reason": f"{v} it is."} for v, a, b in (forward, swapped)]
    row = Row("a" * 32, {"compare": said[0], "compare_swapped": said[1], "metadata": {}, "pair": {"way": "flaws"}})
    return row.adding(settled(row))


@pytest.mark.parametrize(
    ("forward", "swapped", "margin", "reason"),
    [
        (("A", 9, 4), ("B", 5, 8), 4.0, None),
        (("A", 9, 4), ("A", 8, 5), 1.0, "the verdict changes with the order"),
        (("B", 3, 9), ("A", 9, 3), -6.0, "the judge prefers the other answer"),
        (("tie", 7, 7), ("tie", 7, 7), 0.0, "the judge sees no difference"),
        (("A", 8, 7), ("tie", 7, 7), 0.5, "the verdict changes with the order"),
        (("A", 8, 7), ("B", 7, 8), 1.0, "margin below 2"),
    ],
)
def test_only_what_wins_in_both_orders_and_by_enough_is_kept(
    forward: Any, swapped: Any, margin: float, reason: str | None
) -> None:
    row = judged(forward, swapped)
    assert row["margin"] == margin
    kept, why = clearly_better(row, least_margin=2)
    assert kept is (reason is None)
    assert kept or why == reason
    assert row["metadata"]["reasons"] == [f"{forward[0]} it is.", f"{swapped[0]} it is."]


def test_the_bias_of_a_judge_is_what_the_order_alone_decides() -> None:
    fair = [judged(("A", 9, 4), ("B", 4, 9)), judged(("B", 3, 6), ("A", 6, 3))]
    assert position_bias(fair) == {
        "pairs": 2, "first": 0.5, "second": 0.5, "tie": 0.0, "swayed_to_first": 0.0, "swayed_to_second": 0.0,
        "consistent": 1.0, "points": 0.0,
    }  # fmt: skip
    swayed = [*fair, judged(("B", 5, 7), ("B", 5, 7)), judged(("tie", 6, 6), ("tie", 6, 6))]
    bias = position_bias(swayed)
    assert (bias["swayed_to_second"], bias["consistent"], bias["tie"], bias["points"]) == (0.25, 0.75, 0.25, -0.5)
    assert position_bias([]) == {"pairs": 0}


@pytest.mark.parametrize(
    ("completion", "expected"),
    [
        ("Reason: x\nScore A: 8\nScore B: 3\nVerdict: A", ("A", [8, 3])),
        ("**Reason:** x\n**Score A:** 8/10\n**Score B:** 8\n**Verdict:** Tie", ("tie", [8, 8])),
        ("Reason: A is bad\nScore A: 2\nScore B: 9.5\nVerdict: Answer B.", ("B", [2, 9.5])),
        ("Reason: x\nScore A: 8\nScore B: 3\nVerdict: neither", None),
        ("Reason: x\nScore A: 80\nScore B: 3\nVerdict: A", None),
        ("Verdict: A", None),
    ],
)
def test_comparisons_are_read(completion: str, expected: Any) -> None:
    if expected is None:
        with pytest.raises(ParseError):
            compared(completion)
    else:
        found = compared(completion)
        assert (found["verdict"], found["scores"]) == expected


@pytest.mark.parametrize(
    ("verdict", "scores", "wrong"),
    [("A", [8, 3], False), ("A", [3, 8], True), ("B", [8, 3], True), ("tie", [7, 8], False), ("tie", [2, 8], True)],
)
def test_a_verdict_against_its_own_scores_is_asked_again(verdict: str, scores: list[int], wrong: bool) -> None:
    assert (contradicts_itself({"verdict": verdict, "scores": scores}, {}) is not None) is wrong


def test_a_planted_flaw_is_told_and_there() -> None:
    found = planted("**Planted:** the year.\n<answer>\nIn 1831.\n</answer>")
    assert found == {"planted": "the year.", "flawed": "In 1831."}
    assert no_flaw(found, {"answer": "In 1818."}) is None
    assert no_flaw(found, {"answer": "in 1831"}) is not None
    with pytest.raises(ParseError, match="Planted"):
        planted("<answer>In 1831.</answer>")


def test_every_kind_of_flaw_has_its_rule_and_is_drawn_by_content() -> None:
    assert [next(kind for kind in PLANTING if kind in told) for told in FLAWS.values()] == list(PLANTING)
    rows = [Row(f"{n:032x}", {}) for n in range(200)]
    drawn = [drawn_flaw(row, list(FLAWS), 1) for row in rows]
    assert set(drawn) == set(FLAWS)
    assert [drawn_flaw(row, list(FLAWS), 1) for row in rows[::-1]] == drawn[::-1]
