"""The pipeline from seeds to answered tasks, and its pure parts."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import pytest

from generation.core_pipelines.instruction_evolution import offline_rules
from generation.core_pipelines.instruction_evolution.changes import BRIEFS, NOBODY, PERSONAS, SHARES, drawn
from generation.core_pipelines.instruction_evolution.instruction_evolution import instruction_evolution
from generation.core_pipelines.instruction_evolution.steps import declined, hardly_changed
from generation.core_pipelines.instruction_evolution.tasks import seed_task
from generation_functions import Drop, Model, Run
from generation_functions.duplicates import shingles, similarity
from generation_functions.errors import ConfigError
from tests.end_to_end.project import ROOT
from tests.end_to_end.shipped import check_kill_and_resume
from tests.running import rows_of

SEEDS = ROOT / "generation" / "core_pipelines" / "instruction_evolution" / "samples" / "seed_tasks.jsonl"
OFFLINE = Model.offline()


async def evolved(folder: Path, *, seed: int = 0, **settings: Any) -> list[dict[str, Any]]:
    async with Run(folder, seed=seed) as run:
        dataset = await instruction_evolution(run, **{"seeds": SEEDS, "writer": OFFLINE, "judge": OFFLINE, **settings})
    return [json.loads(line) for line in dataset.path.read_text(encoding="utf-8").splitlines()]


async def test_every_seed_grows_round_by_round(tmp_path: Path) -> None:
    rows = await evolved(tmp_path / "out", rounds=3)
    generations = Counter(row["metadata"]["generation"] for row in rows)
    assert generations[0] == 12
    assert generations[3] >= 8
    for row in rows:
        told = row["metadata"]
        assert (told["change"] == "seed") is (told["generation"] == 0)
        assert told["score"] >= 7
        assert told["topic"]  # what the seed's own row said goes with it
        assert [message["role"] for message in row["messages"]] == ["user", "assistant"]


async def test_no_two_tasks_are_alike(tmp_path: Path) -> None:
    rows = await evolved(tmp_path / "out", rounds=2, lines=3, likeness=0.6)
    tasks = [shingles(row["messages"][0]["content"]) for row in rows]
    assert max(similarity(a, b) for n, a in enumerate(tasks) for b in tasks[:n]) < 0.6
    dropped = rows_of(tmp_path / "out", "deduplicate", "dropped")
    assert len(dropped) + len(rows) == len(rows_of(tmp_path / "out", "grow"))


async def test_seeds_can_be_left_out_and_lines_multiply(tmp_path: Path) -> None:
    rows = await evolved(tmp_path / "out", rounds=1, lines=2, keep_seeds=False, likeness=1.0)
    assert {row["metadata"]["generation"] for row in rows} == {1}
    assert len(rows) > 12


async def test_a_line_ends_where_a_change_is_found_wanting_and_keeps_what_it_had(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from generation.core_pipelines.instruction_evolution import growing

    def once(values: Any, rng: Random) -> str:
        return "Verdict: bad" if values["before"].count(".") + values["before"].count("?") > 1 else "Verdict: good"

    monkeypatch.setattr(growing, "check_task", growing.check_task.with_settings({"offline": once})[0])
    rows = await evolved(tmp_path / "out", rounds=3, personas=[])
    assert {row["metadata"]["generation"] for row in rows} == {0, 1}


async def test_another_seed_of_the_run_draws_other_changes(tmp_path: Path) -> None:
    first, again, other = [
        [row["messages"] for row in await evolved(tmp_path / name, seed=seed, rounds=1)]
        for name, seed in (("one", 1), ("two", 1), ("three", 2))
    ]
    assert first == again
    assert first != other


def test_changes_are_drawn_by_their_shares_and_their_place() -> None:
    found = [drawn(SHARES, PERSONAS, 0.5, 0, f"key {n}", 0, 1) for n in range(3000)]
    for change, share in SHARES.items():
        assert abs(sum(each.change == change for each in found) / 3000 - share) < 0.03
    assert abs(sum(each.persona != NOBODY for each in found) / 3000 - 0.5) < 0.05
    assert found[7] == drawn(SHARES, PERSONAS, 0.5, 0, "key 7", 0, 1)
    assert drawn({"depth": 1.0}, [], 1.0, 0).persona == NOBODY
    assert drawn({"depth": 1.0, "broader": 0.0}, [], 1.0, 0).brief == BRIEFS["depth"]


@pytest.mark.parametrize(
    ("task", "change", "told"),
    [
        ("Why does the sea taste of salt, and why does a lake mostly not?", "depth", None),
        ("Why  does the sea taste of salt?", "depth", "says the same"),
        ("Why does the sea taste of salt today?", "broader", "another matter"),
        ("How do eels find the sea?", "broader", None),
        ("word " * 900, "material", "write at most"),
        ("As in the original prompt, why does the sea taste of salt? Give two reasons.", "depth", "original prompt"),
        ("**Task:** Why does the sea taste of salt, and a lake not?", "depth", "Task"),
        ("Which task of a harbour pilot has to do with salt?", "broader", None),
    ],
)
def test_a_change_must_change_something(task: str, change: str, told: str | None) -> None:
    problem = hardly_changed(task, {"before": "Why does the sea taste of salt?", "change": change})
    assert problem is None if told is None else told in (problem or "")


def test_the_first_thing_asked_is_the_task() -> None:
    talk = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": " Why? "},
        {"role": "user", "content": "x"},
    ]
    assert seed_task({"messages": talk}) == {"task": "Why?"}
    with pytest.raises(Drop):
        seed_task({"messages": talk[:1]})


@pytest.mark.parametrize("brief", BRIEFS.values())
@pytest.mark.parametrize(
    "before", ["Why is the sea salty?", "Warum ist das Meer salzig?", "Pourquoi la mer est-elle salée ?"]
)
def test_the_rules_know_every_change_in_every_language_of_the_samples(brief: str, before: str) -> None:
    values = {"before": before, "brief": brief, "persona": "a museum guide"}
    made = offline_rules.evolve(values, Random(0))
    task = made.partition("<task>")[2].partition("</task>")[0].strip()
    assert task != before
    assert ("I am a museum guide" in task) is before.startswith("Why")


@pytest.mark.parametrize(
    "seed", [json.loads(line)["messages"][0]["content"] for line in SEEDS.read_text(encoding="utf-8").splitlines()]
)
def test_the_rules_answer_every_seed_of_the_samples_and_every_sentence_they_add(seed: str) -> None:
    values = {"before": seed, "persona": "a museum guide"}
    plain = offline_rules.answer({"task": seed}, Random(0))
    assert seed[:20] not in plain, "it repeats the task"
    made = {offline_rules.evolve({**values, "brief": brief}, Random(n)) for brief in BRIEFS.values() for n in range(20)}
    for task in (each.partition("<task>")[2].partition("</task>")[0].strip() for each in made):
        answered = offline_rules.answer({"task": task}, Random(0))
        short = ("150 words", "in one minute", "120")
        assert answered != plain or any(word in task for word in short), task
        assert "{first}" not in answered


def test_a_task_from_elsewhere_gets_an_outline_in_its_language() -> None:
    assert "„Wie mache ich einen Bienenstock winterfest“" in offline_rules.answer(
        {"task": "Wie mache ich einen Bienenstock winterfest?"}, Random(0)
    )
    assert "“How do I winterise a beehive”" in offline_rules.answer(
        {"task": "I am a museum guide. How do I winterise a beehive?"}, Random(0)
    )


async def test_changes_that_draw_nothing_are_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no share of 'changes' is above 0"):
        await evolved(tmp_path / "out", changes={"depth": 0})


@pytest.mark.slow
def test_killed_half_way_it_resumes_and_a_finished_run_asks_nothing(tmp_path: Path) -> None:
    calm = check_kill_and_resume(tmp_path, "instruction-evolution", rounds=1)
    assert calm.datasets()["instruction_evolution.jsonl"]


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("I'm sorry, but I can't help with that request.", True),
        ("I cannot assist with this.", True),
        ("Sorry, I am unable to provide that.", True),
        ("I can't help with the date, because the timetable is not out yet. " + "Here is the rest. " * 20, False),
        ("Unfortunately the bread will not rise without yeast.", False),
        ("I can help.", False),
    ],
)
def test_an_answer_that_only_declines_is_asked_again(text: str, refused: bool) -> None:
    assert (declined(text, {}) is not None) == refused
