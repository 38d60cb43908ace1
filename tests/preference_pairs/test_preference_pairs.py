"""Preference pairs from one command to the dataset: each way, a judge that is swayed, killed and repeated."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from generation.core_components.languages import language_of
from generation.core_pipelines.preference_pairs.preference_pairs import preference_pairs
from generation_functions import Model, ModelSpec, Run
from generation_functions.errors import ConfigError
from tests.answering_by_rules import by_rules, step_of
from tests.conversations.rows import asked, said, written
from tests.end_to_end.shipped import check_kill_and_resume
from tests.fake_endpoint import FakeEndpoint, running
from tests.running import rows_of

OFFLINE = Model.offline()
SAMPLES = Path("generation/core_components/conversations/samples/talks.jsonl")


async def paired(
    folder: Path, source: Path = SAMPLES, *, judge: Model = OFFLINE, **settings: Any
) -> list[dict[str, Any]]:
    given = {"writer": OFFLINE, "weak": OFFLINE, **settings}
    async with Run(folder / "out", seed=2) as run:
        dataset = await preference_pairs(run, input=source, judge=judge, **given)
    return [json.loads(line) for line in dataset.path.read_text().splitlines()]


def bias_of(folder: Path) -> dict[str, Any]:
    return dict(json.loads((folder / "out" / "datasets" / "position_bias.json").read_text()))


@pytest.mark.parametrize("way", ["samples", "strength", "flaws"])
async def test_each_way_gives_pairs_with_margin_and_reasons(way: str, tmp_path: Path) -> None:
    rows = await paired(tmp_path, ways=[way])
    assert len(rows) >= 6
    for row in rows:
        assert row["prompt"][-1]["role"] == "user"
        assert [[m["role"] for m in row[side]] for side in ("chosen", "rejected")] == [["assistant"]] * 2
        assert row["chosen"] != row["rejected"]
        told = row["metadata"]
        assert told["way"] == way
        assert told["margin"] == told["scores"]["chosen"] - told["scores"]["rejected"] >= 1
        assert len(told["reasons"]) == 2
        assert told["writer"] == "offline"
    assert all(("flaw" in row["metadata"]) is (way == "flaws") for row in rows)


async def test_a_planted_flaw_stands_beside_the_conversations_own_answer(tmp_path: Path) -> None:
    own = "<think>x</think>It is 330 metres high, and was finished in the year 1889 by Gustave Eiffel and his company."
    talk = said(("system", "Be brief."), ("user", "How high is it?"), ("assistant", own))
    source = written(tmp_path / "in.jsonl", [talk])
    rows = await paired(tmp_path, source, ways=["flaws"], flaws=["refusal"])
    assert rows[0]["chosen"][0]["content"].startswith("It is 330 metres high")
    assert "can't help" in rows[0]["rejected"][0]["content"]
    assert [message["content"] for message in rows[0]["prompt"]] == ["Be brief.", "How high is it?"]
    assert rows[0]["metadata"]["flaw"] == "refusal"
    assert rows[0]["metadata"]["planted"] == "a harmless request is declined."


async def test_both_forms_of_the_preference_format_are_written(tmp_path: Path) -> None:
    rows = await paired(tmp_path, ways=["flaws"])
    lines = (tmp_path / "out" / "datasets" / "preference_pairs.dpo.jsonl").read_text().splitlines()
    plain = [json.loads(line) for line in lines]
    assert [row["chosen"] for row in plain] == [row["chosen"][0]["content"] for row in rows]
    assert all(isinstance(row["prompt"], str) for row in plain)


async def test_a_judge_that_takes_what_stands_first_is_found_out(tmp_path: Path) -> None:
    def swayed(body: dict[str, Any]) -> str:
        if step_of(body).startswith("compare"):
            return "Reason: A came first.\nScore A: 8\nScore B: 6\nVerdict: A"
        return by_rules(body)

    async with running(FakeEndpoint(answer=swayed)) as url:
        judge = Model("judge", ModelSpec(model="fake-model", base_url=url))
        assert await paired(tmp_path, judge=judge, ways=["flaws"]) == []
    reasons = {row["reason"] for row in rows_of(tmp_path / "out", "clearly_better", "dropped")}
    assert reasons == {"the verdict changes with the order"}
    assert bias_of(tmp_path) == {
        "pairs": 12, "first": 1.0, "second": 0.0, "tie": 0.0, "swayed_to_first": 1.0, "swayed_to_second": 0.0,
        "consistent": 0.0, "points": 2.0,
    }  # fmt: skip
    assert "position bias" in (tmp_path / "out" / "log.txt").read_text()


async def test_a_weaker_model_that_answers_by_a_real_endpoint_is_tried_out_and_marked(tmp_path: Path) -> None:
    def terse(body: dict[str, Any]) -> str:
        return "<answer>No idea.</answer>"

    async with running(FakeEndpoint(answer=terse)) as url:
        weak = Model("weak", ModelSpec(model="fake-model", base_url=url))
        rows = await paired(tmp_path, weak=weak, ways=["strength"])
    assert {row["rejected"][0]["content"] for row in rows} == {"No idea."}


async def test_a_prompt_without_an_answer_gets_one_before_a_flaw_is_planted(tmp_path: Path) -> None:
    source = written(tmp_path / "in.jsonl", [said(("user", "How high is the tower in the old town?"))])
    await paired(tmp_path, source, ways=["flaws"], flaws=["refusal"])
    assert len(rows_of(tmp_path / "out", "pair_up.strong_answer")) == 1


async def test_what_two_ways_find_alike_is_one_pair(tmp_path: Path) -> None:
    own = "The canal is 80 kilometres long. It was opened in 1869. It has no locks because the seas are level."
    source = written(
        tmp_path / "in.jsonl", [said(("user", f"What of canal {n}?"), ("assistant", own)) for n in range(9)]
    )
    rows = await paired(tmp_path, source, ways=["strength", "flaws"], flaws=["padding"])
    found = [(row["prompt"][0]["content"], row["chosen"][0]["content"], row["rejected"][0]["content"]) for row in rows]
    assert len(found) == len(set(found))
    assert {row["metadata"]["way"] for row in rows} == {"strength", "flaws"}
    assert len({question for question, _, _ in found}) < len(found) < 18


@pytest.mark.parametrize("flaw", ["invention", "evasion", "flattery", "false_conclusion", "refusal", "padding"])
async def test_flaws_are_planted_in_the_language_of_the_answer(flaw: str, tmp_path: Path) -> None:
    own = "La luz del Sol tarda unos 8 minutos y 20 segundos en llegar a la Tierra, que está muy lejos."
    talk = said(("user", "¿Cuánto tarda la luz del Sol en llegar a la Tierra?"), ("assistant", own))
    (row,) = await paired(tmp_path, written(tmp_path / "in.jsonl", [talk]), ways=["flaws"], flaws=[flaw])
    assert language_of(row["rejected"][0]["content"].replace(own, "")) == "es"


async def test_two_equal_answers_are_no_pair(tmp_path: Path) -> None:
    async with running(FakeEndpoint(answer=lambda body: "<answer>The same.</answer>")) as url:
        model = Model("same", ModelSpec(model="fake-model", base_url=url))
        source = written(tmp_path / "in.jsonl", [asked("Q?", "A.")])
        assert await paired(tmp_path, source, writer=model, weak=model, ways=["strength"]) == []
    dropped = rows_of(tmp_path / "out", "pair_up", "dropped")
    assert [row["reason"] for row in dropped] == ["no way gave two different answers"]


@pytest.mark.parametrize(
    ("settings", "wrong"),
    [
        ({"ways": []}, "no ways"),
        ({"ways": ["strength"], "weak": None}, "weak"),
        ({"ways": ["flaws"], "flaws": []}, "flaws"),
    ],
)
async def test_a_way_without_what_it_needs_is_refused(settings: dict[str, Any], wrong: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=wrong):
        await paired(tmp_path, **settings)


def test_killed_half_way_it_resumes_and_a_finished_run_asks_nothing(tmp_path: Path) -> None:
    calm = check_kill_and_resume(tmp_path, "preference-pairs", input=str(SAMPLES))
    rows = [json.loads(line) for line in calm.datasets()["preference_pairs.jsonl"].splitlines()]
    assert {row["metadata"]["way"] for row in rows} == {"flaws"}  # its other answers are all alike
