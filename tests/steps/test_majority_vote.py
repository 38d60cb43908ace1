"""Votes end as soon as the verdict can no longer change, with the verdicts of the plain vote."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation_functions import MajorityVoteStep, Prompt, Run
from generation_functions.errors import ParseError
from generation_functions.steps.majority_vote import votes_to_ask
from tests.running import OFFLINE, manifest_of, rows_of


def judge(**settings) -> MajorityVoteStep:
    return MajorityVoteStep(
        "judge", prompt=Prompt.of("Is it good? {text}"), parse=yes_or_no, reason="not good", **settings
    )


def yes_or_no(answer: str) -> bool:
    if answer not in ("yes", "no"):
        raise ParseError(f"Expected yes or no, found {answer!r}.")
    return answer == "yes"


@given(st.lists(st.booleans(), min_size=1, max_size=9), st.one_of(st.none(), st.floats(0.05, 1)))
def test_the_early_verdict_is_the_verdict_of_all_votes(votes: list[bool], threshold: float | None) -> None:
    step = judge(votes=len(votes), threshold=threshold)
    ballots: list[bool | None] = []
    while count := votes_to_ask(step.votes, step.needed, ballots):
        ballots += votes[len(ballots) : len(ballots) + count]
    assert (sum(ballots) >= step.needed) == (sum(votes) >= step.needed)
    assert len(ballots) <= len(votes)


def test_five_votes_at_seventy_percent_cost_four_fifths_of_the_plain_vote() -> None:
    expected = 0.0
    for votes in product([True, False], repeat=5):
        ballots: list[bool | None] = []
        while count := votes_to_ask(5, 3, ballots):
            ballots += votes[len(ballots) : len(ballots) + count]
        expected += len(ballots) * 0.7 ** sum(votes) * 0.3 ** (5 - sum(votes))
    assert expected / 5 < 0.80


@pytest.mark.parametrize(
    ("votes", "threshold", "needed"),
    [(1, None, 1), (2, None, 2), (3, None, 2), (4, None, 3), (3, 1.0, 3), (3, 0.3, 1), (5, 0.6, 3), (10, 0.3, 3)],
)
def test_votes_needed(votes: int, threshold: float | None, needed: int) -> None:
    assert judge(votes=votes, threshold=threshold).needed == needed


@pytest.mark.parametrize("settings", [{"votes": 0}, {"threshold": 0.0}, {"threshold": 1.5}])
def test_impossible_settings_are_refused(settings) -> None:
    with pytest.raises(ValueError, match="must be"):
        judge(**settings)


async def test_a_losing_row_is_dropped_with_its_votes(tmp_path: Path) -> None:
    step = judge(votes=3, offline=lambda values, rng: values["text"])
    async with Run(tmp_path) as run:
        rows = await run.rows([{"text": "yes"}, {"text": "no"}]).through(step, model=OFFLINE).collect()
    assert [row["text"] for row in rows] == ["yes"]
    assert rows_of(tmp_path, "judge", "dropped") == [{"reason": "not good"}]
    assert manifest_of(tmp_path)["steps"]["judge"]["dropped"] == {"not good": 1}
    assert manifest_of(tmp_path)["steps"]["judge"]["calls"] == 4


async def test_an_unreadable_vote_is_a_no_and_a_row_of_them_fails(tmp_path: Path) -> None:
    answers = {"mixed": iter(["yes", "perhaps", "yes"]), "mad": iter(["perhaps"] * 3)}
    step = judge(votes=3, retries=0, offline=lambda values, rng: next(answers[values["text"]]))
    async with Run(tmp_path) as run:
        rows = await run.rows([{"text": "mixed"}, {"text": "mad"}]).through(step, model=OFFLINE).collect()
    assert [row["text"] for row in rows] == ["mixed"]
    assert rows_of(tmp_path, "judge", "failed") == [
        {"reason": "no vote could be read: Expected yes or no, found 'perhaps'."}
    ]


async def test_with_a_field_the_verdict_is_kept_and_no_row_dropped(tmp_path: Path) -> None:
    step = judge(votes=1, into="good", offline=lambda values, rng: values["text"])
    async with Run(tmp_path) as run:
        rows = await run.rows([{"text": "yes"}, {"text": "no"}]).through(step, model=OFFLINE).collect()
    assert [row["good"] for row in rows] == [True, False]
