"""Conversations in another language, from one command to the dataset; what is measured, and what is dropped for it."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

import pytest

from generation.core_components.conversations.passages import passages_of, read_transcript, transcript
from generation.core_pipelines.translate_dataset.steps import (
    chrf,
    has_its_names,
    mistranslated,
    names_kept,
    near_enough,
    translate,
    translate_back,
)
from generation.core_pipelines.translate_dataset.translate_dataset import translate_dataset
from generation_functions import Model, ModelSpec, Row, Run
from tests.conversations.rows import asked, said, written
from tests.end_to_end.shipped import check_kill_and_resume
from tests.fake_endpoint import FakeEndpoint, running
from tests.running import rows_of

OFFLINE = Model.offline()
SAMPLES = "generation/core_components/conversations/samples/talks.jsonl"
TEA = said(
    ("system", "You know about tea."),
    ("user", "When did Robert Fortune travel to China, and what did he bring?"),
    ("assistant", "<think>\nThe plant collector; the journey for the company.\n</think>\n\n"
     "Robert Fortune travelled to China in 1848, see https://example.org/tea. He brought plants for the company."),
)  # fmt: skip


async def translated(folder: Path, rows: list[dict[str, Any]], **settings: Any) -> list[dict[str, Any]]:
    async with Run(folder / "out") as run:
        source = written(folder / "in.jsonl", rows)
        given = {"language": "German", "writer": OFFLINE, "reader": OFFLINE, **settings}
        dataset = await translate_dataset(run, input=source, **given)
    return [json.loads(line) for line in dataset.path.read_text().splitlines()]


async def test_every_passage_is_translated_and_what_is_protected_stays(tmp_path: Path) -> None:
    row = (await translated(tmp_path, [TEA], keep=["Robert Fortune"]))[0]
    system, user, assistant = (message["content"] for message in row["messages"])
    assert system == "Yöü knöw äböüt tëä."
    assert user.startswith("Whën dïd Robert Fortune trävël")
    assert assistant.startswith("<think>\nThë plänt cöllëctör")
    assert "ïn 1848, sëë https://example.org/tea." in assistant
    assert row["metadata"]["language"] == "de"
    assert row["metadata"]["translated_from"] == "en"
    assert 0.8 < row["metadata"]["back_translation"] <= 1
    assert row["metadata"]["names_kept"] == 1


async def test_what_is_in_the_language_already_is_dropped(tmp_path: Path) -> None:
    german = asked("Warum werden die Blätter im Herbst gelb?", "Weil der Baum das Grün abbaut und in den Stamm holt.")
    assert len(await translated(tmp_path, [german, TEA])) == 1
    assert [row["reason"] for row in rows_of(tmp_path / "out", "open", "dropped")] == ["it is in German already"]


@pytest.mark.parametrize(
    ("settings", "step", "reason"),
    [
        ({"least_score": 0.9}, "near_enough", "back-translation below 0.9"),
        ({"least_score": 0.0, "least_names": 1.0}, "has_its_names", "fewer than 100% of its names came through"),
    ],
)
async def test_a_translation_that_does_not_come_back_is_dropped_with_its_score(
    settings: dict[str, Any], step: str, reason: str, tmp_path: Path
) -> None:
    endpoint = FakeEndpoint(answer=_careless)
    async with running(endpoint) as url:
        model = Model("fake", ModelSpec(model="fake-model", base_url=url))
        assert await translated(tmp_path, [TEA], writer=model, reader=model, **settings) == []
    dropped = rows_of(tmp_path / "out", step, "dropped")
    assert [row["reason"] for row in dropped] == [reason]
    assert rows_of(tmp_path / "out", "score")[0]["back_translation"] < 0.9


def _careless(body: dict[str, Any]) -> str:
    """Translates without the names, and back as something else."""
    asked = body["messages"][-1]["content"]
    if "Into: German" in asked:
        return transcript({
            "system1": "Du kennst dich mit Tee aus.",
            "user2": "Wann reiste er dorthin, und was brachte er mit?",
            "thoughts3": "Der Pflanzensammler; die Reise für die Gesellschaft.",
            "assistant3": "Er reiste im Jahr 1848 dorthin, siehe ⟦1⟧. Er brachte Pflanzen für die Gesellschaft mit.",
        })  # fmt: skip
    return transcript({
        "system1": "You are a teapot.", "user2": "When did somebody go somewhere with cups?",
        "thoughts3": "The gardener.", "assistant3": "It was in 1848, see ⟦1⟧. Nothing else is known of it.",
    })  # fmt: skip


MESSAGES = [
    {"role": "user", "content": "Where was Marie Curie born, and in which year, please?"},
    {"role": "assistant", "content": "In Warsaw, in 1867. See ⟦1⟧."},
]
ROW: dict[str, Any] = {"passages": passages_of(MESSAGES), "code": "de"}
GOOD = {"user1": "Wo wurde Marie Curie geboren, und in welchem Jahr, bitte?", "assistant2": "In Warschau, 1867. ⟦1⟧."}


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({}, None),
        ({"assistant2": "In Warschau. ⟦1⟧."}, "lost the number 1867"),
        ({"assistant2": "In Warschau, 1867."}, "⟦1⟧"),
        ({"user1": MESSAGES[0]["content"]}, "<user1> is not translated"),
        ({"user1": "Où est-ce que Marie Curie est née, et en quelle année, s'il vous plaît ?"}, "must be in German"),
        ({"user3": "Mehr."}, "<user3>"),
    ],
)
def test_a_mistranslation_is_told(change: dict[str, str], wrong: str | None) -> None:
    problem = mistranslated({**GOOD, **change}, ROW)
    assert problem is None if wrong is None else wrong in (problem or "")


def test_scores_of_what_comes_back() -> None:
    assert chrf("The sea is salty.", "The sea is salty.") == 1
    assert chrf("The sea is salty.", "The sea is salt.") > 0.8 > 0.2 > chrf("The sea is salty.", "Ein Huhn.")
    assert chrf("", "x") == 0
    assert names_kept("He met Marie Curie in Paris.", "Er traf Marie Curies Mann in Lyon.") == pytest.approx(2 / 3)
    assert names_kept("nobody", "niemand") == 1


@pytest.mark.parametrize(("score", "names", "kept"), [(0.5, 0.8, True), (0.49, 1.0, False), (0.9, 0.79, False)])
def test_both_measures_must_be_reached(score: float, names: float, kept: bool) -> None:
    row = Row("a" * 32, {"back_translation": score, "names_kept": names})
    assert (near_enough(row, least=0.5)[0] and has_its_names(row, least=0.8)[0]) is kept


def test_the_rules_go_there_and_back() -> None:
    assert translate.offline is not None
    assert translate_back.offline is not None
    there = translate.offline({"transcript": transcript({"user1": "Is it so?"})}, Random(0))
    back = translate_back.offline({"translation": there}, Random(0))
    assert read_transcript(back) == {"user1": "Is it so?"}


def test_killed_half_way_it_resumes_and_a_finished_run_asks_nothing(tmp_path: Path) -> None:
    calm = check_kill_and_resume(tmp_path, "translate-dataset", input=SAMPLES)
    assert len(calm.datasets()["translated.jsonl"].splitlines()) == 11
