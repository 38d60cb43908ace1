"""Runs in, training data out: which answers count, how they are written down, and what must never be in it."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

import pytest

from generation.core_pipelines.meta_datagen.meta_datagen import meta_datagen
from generation.core_pipelines.meta_datagen.secret_words import holds_secret, secrets_of
from generation.core_pipelines.meta_datagen.training_rows import conversation
from generation.core_pipelines.meta_datagen.winners import asked
from generation_functions import (
    MajorityVoteStep,
    Model,
    OneOffStep,
    OneToManyStep,
    PipelineStep,
    Prompt,
    Run,
    VariationStep,
)
from generation_functions.errors import ConfigError, StoreError
from generation_functions.parsing import numbered_list, verdict
from tests.commands.calling import caller
from tests.commands.small_project import ROOT
from tests.running import rows_of

OFFLINE = Model.offline()


def at_second_try(values: Any, rng: Random) -> str:
    return f"{values['text']}!" if rng.random() < 0.5 else "no"


def loud(value: str, row: Any) -> str | None:
    return None if value.endswith("!") else "It must end with an exclamation mark."


shout = PipelineStep(
    "shout", prompt=Prompt.of("Say it loud: {text}", system="You shout."), into="loud", validate=loud, retries=30,
    show_failure=True, offline=at_second_try,
)  # fmt: skip
vote = MajorityVoteStep(
    "vote", prompt=Prompt.of("Is it loud? {loud}"), parse=verdict(yes="yes", no="no"), votes=5, reason="not loud",
    offline=lambda values, rng: "Verdict: " + ("no" if (rng.random() < 0.2) ^ ("odd" in values["loud"]) else "yes"),
)  # fmt: skip
split = OneToManyStep(
    "split", prompt=Prompt.of("List the words of: {text}"), parse=numbered_list(), into="word",
    offline=lambda values, rng: "\n".join(f"{n}. {word}" for n, word in enumerate(values["text"].split(), 1)),
)  # fmt: skip


async def learnt(folder: Path, *runs: Path, **settings: Any) -> list[dict[str, Any]]:
    async with Run(folder) as run:
        dataset = await meta_datagen(run, runs=list(runs), **settings)
    return [json.loads(line) for line in dataset.path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
async def voted(tmp_path: Path) -> Path:
    """A run of forty texts; most of the odd ones are voted out."""
    async with Run(tmp_path / "voted") as run:
        texts = [{"text": f"text {n} {'odd' if n % 2 else 'even'}"} for n in range(40)]
        stream = run.rows(texts).through(shout, model=OFFLINE).through(vote, model=OFFLINE)
        await run.write(stream, "out", lambda row: {"text": row["loud"]})
    return tmp_path / "voted"


async def test_only_the_try_that_won_is_learnt_and_without_the_remark(voted: Path, tmp_path: Path) -> None:
    rows = await learnt(tmp_path / "out", voted, steps=["shout"], least_reached=0)
    assert len(rows) == 40
    for row in rows:
        assert row["messages"][-1]["content"].endswith("!")
        assert "could not be used" not in row["messages"][-2]["content"]
        assert row["messages"][0] == {"role": "system", "content": "You shout."}


async def test_only_votes_on_the_side_of_the_verdict_are_learnt(voted: Path, tmp_path: Path) -> None:
    rows = await learnt(tmp_path / "out", voted, steps=["vote"])
    lost = {row["reason"] for row in rows_of(tmp_path / "out", "answers", "dropped")}
    assert "outvoted" in lost
    passed = {
        row["loud"] for row in rows_of(voted, "shout") if row["loud"] in (voted / "datasets" / "out.jsonl").read_text()
    }
    for row in rows:
        about = row["messages"][0]["content"].removeprefix("Is it loud? ")
        assert row["messages"][-1]["content"] == f"Verdict: {'yes' if about in passed else 'no'}"
    assert {row["messages"][-1]["content"] for row in rows} == {"Verdict: yes", "Verdict: no"}


async def test_an_answer_whose_row_was_lost_later_is_not_learnt(voted: Path, tmp_path: Path) -> None:
    kept = len((voted / "datasets" / "out.jsonl").read_text().splitlines())
    assert 0 < kept < 40
    assert len(await learnt(tmp_path / "out", voted, steps=["shout"])) == kept
    reasons = {row["reason"] for row in rows_of(tmp_path / "out", "answers", "dropped")}
    assert reasons == {"what was made of it reached no dataset"}


@pytest.mark.parametrize(("least", "count"), [(1.0, 1), (0.5, 2), (0.0, 3)])
async def test_of_an_answer_with_several_rows_so_many_must_have_lasted(
    tmp_path: Path, least: float, count: int
) -> None:
    async with Run(tmp_path / "run") as run:
        texts = [{"text": text} for text in ("good good", "good bad", "bad bad")]
        words = run.rows(texts).through(split, model=OFFLINE)
        grouped = words.filter(lambda row: row["word"] == "good").group(into="words")
        await run.write(grouped, "out", lambda row: {"text": str(row["words"])})
    assert len(await learnt(tmp_path / "out", tmp_path / "run", least_reached=least)) == count


async def test_a_call_for_the_whole_run_and_versions_are_learnt(tmp_path: Path) -> None:
    rules = OneOffStep("rules", prompt=Prompt.of("Rules of {game}?"), offline=lambda values, rng: "None.")
    (tmp_path / "prompts").mkdir()
    for name in ("sad", "glad"):
        (tmp_path / "prompts" / f"{name}.yaml").write_text(f'- {{role: user, content: "Say it {name}: {{text}}"}}')
    retell = VariationStep(
        "retell", variations=("sad", "glad"), count=2, into="told", prompts_dir=tmp_path / "prompts",
        offline=lambda values, rng: "Done.",
    )  # fmt: skip
    async with Run(tmp_path / "run") as run:
        await run.once(rules, model=OFFLINE, game="chess")
        await run.write(
            run.rows([{"text": "x"}]).through(retell, model=OFFLINE), "out", lambda row: {"text": row["told"]}
        )
    asked_for = {row["messages"][0]["content"] for row in await learnt(tmp_path / "out", tmp_path / "run")}
    assert asked_for == {"Rules of chess?", "Say it sad: x", "Say it glad: x"}


async def test_steps_are_chosen_and_capped(voted: Path, tmp_path: Path) -> None:
    rows = await learnt(tmp_path / "out", voted, steps=["*"], leave_out=["v*"], most_of_step=3, least_reached=0)
    assert [row["metadata"]["step"] for row in rows] == ["shout"] * 3
    told = rows[0]["metadata"]
    assert (told["run"], told["model"], told["writer"]) == ("voted", "offline", "offline")
    assert "its step has enough" in {row["reason"] for row in rows_of(tmp_path / "out", "answers", "dropped")}


say = PipelineStep(
    "say", prompt=Prompt.of("Say: {text}"), into="said",
    offline=lambda values, rng: f"<think>{SAID['en']}</think>{values['text']}",
)  # fmt: skip
SAID = {
    "de": "Die Glocke der alten Kirche wurde im Jahr nach dem großen Feuer neu gegossen.",
    "en": "The bell of the old church was cast again in the year after the great fire.",
    "fr": "La cloche de la vieille église a été refondue un an après le grand incendie.",
    "und": "42",
}


@pytest.mark.parametrize(("languages", "kept"), [((), "de en fr und"), (("de",), "de"), (("de", "und"), "de und")])
@pytest.mark.parametrize("thoughts", [False, True])
async def test_answers_in_other_languages_are_left_out_whatever_was_thought(
    tmp_path: Path, languages: tuple[str, ...], kept: str, thoughts: bool
) -> None:
    async with Run(tmp_path / "run") as run:
        stream = run.rows([{"text": text} for text in SAID.values()]).through(say, model=OFFLINE)
        await run.write(stream, "out", lambda row: {"text": row["said"]})
    rows = await learnt(tmp_path / "out", tmp_path / "run", languages=languages, thoughts=thoughts)
    assert [row["messages"][0]["content"] for row in rows] == [f"Say: {SAID[code]}" for code in kept.split()]
    reasons = {"en": "it is in en", "fr": "it is in fr", "und": "its language cannot be told"}
    left_out = [reason for code, reason in reasons.items() if code not in kept.split()]
    assert [row["reason"] for row in rows_of(tmp_path / "out", "answers", "dropped")] == left_out


async def test_the_same_run_twice_gives_each_answer_once(voted: Path, tmp_path: Path) -> None:
    once = await learnt(tmp_path / "one", voted)
    twice = await learnt(tmp_path / "two", voted, voted)
    assert [row["messages"] for row in once] == [row["messages"] for row in twice]


async def test_a_second_run_leaves_the_same_bytes(voted: Path, tmp_path: Path) -> None:
    await learnt(tmp_path / "out", voted)
    files = {path: path.read_bytes() for path in (tmp_path / "out" / "datasets").iterdir()}
    await learnt(tmp_path / "out", voted)
    assert {path: path.read_bytes() for path in files} == files


CANARY = "canary-secret-7Q"


async def test_what_holds_a_secret_is_left_out_and_not_even_recorded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_KEY", CANARY)
    async with Run(tmp_path / "run") as run:
        texts = [{"text": "plain"}, {"text": f"with {CANARY} in it"}, {"text": "with sk-abcdefghijklmnopqrstuv in it"}]
        await run.write(run.rows(texts).through(shout, model=OFFLINE), "out", lambda row: {"text": row["loud"]})
    (tmp_path / "run" / "config.yaml").write_text("models:\n  big: {model: m, api_key: '${MY_KEY}'}\n")
    rows = await learnt(tmp_path / "out", tmp_path / "run")
    assert [row["messages"][-1]["content"] for row in rows] == ["plain!"]
    written = b"".join(path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file())
    assert CANARY.encode() not in written
    assert b"sk-abcdefghij" not in written


async def test_of_a_composition_all_runs_are_learnt_and_its_config_tells_their_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_KEY", CANARY)
    async with Run(tmp_path / "run") as run:
        for name in ("a/one", "two"):
            texts = [{"text": name}, {"text": f"{name} with {CANARY} in it"}]
            child = run.child(name)
            stream = child.rows(texts).through(shout, model=OFFLINE)
            await child.write(stream, "out", lambda row: {"text": row["loud"]})
    (tmp_path / "run" / "config.yaml").write_text("models:\n  big: {model: m, api_key: '${MY_KEY}'}\n")
    rows = await learnt(tmp_path / "out", tmp_path / "run")
    assert [row["messages"][-1]["content"] for row in rows] == ["a/one!", "two!"]
    rows = await learnt(tmp_path / "of-a-part", tmp_path / "run" / "a" / "one")
    assert [row["messages"][-1]["content"] for row in rows] == ["a/one!"]
    written = b"".join(path.read_bytes() for path in (tmp_path / "of-a-part").rglob("*") if path.is_file())
    assert CANARY.encode() not in written


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("nothing here", False),
        (f"key: {CANARY}!", True),
        ("hf_abcdefghijklmnopqrst", True),
        ("-----BEGIN RSA PRIVATE KEY-----", True),
        ("the task-force sk-ill", False),
    ],
)
def test_secrets_are_known_by_value_or_by_shape(text: str, secret: bool, tmp_path: Path) -> None:
    secrets = secrets_of("api_key: ${MY_KEY}", tmp_path, {"MY_KEY": CANARY})
    assert holds_secret([{"content": text}], secrets) is secret


def exchange(sample: int, attempt: int) -> dict[str, Any]:
    return {"sample": sample, "attempt": attempt}


@pytest.mark.parametrize(
    ("exchanges", "questions"),
    [
        ([(0, 0)], [[(0, 0)]]),
        ([(0, 0), (0, 1)], [[(0, 0), (0, 1)]]),
        ([(0, 0), (1, 0), (0, 1)], [[(0, 0), (0, 1)], [(1, 0)]]),
        ([(0, 0), (0, 1), (0, 0)], [[(0, 0), (0, 1)], [(0, 0)]]),  # two turns of a conversation
        ([], []),
    ],
)
def test_tries_are_told_from_questions(exchanges: list[Any], questions: list[Any]) -> None:
    found = asked([exchange(*each) for each in exchanges])
    assert [[(each["sample"], each["attempt"]) for each in tries] for tries in found] == questions


PROMPT = [
    {"role": "system", "content": "S"},
    {"role": "user", "content": "example"},
    {"role": "assistant", "content": "shown"},
    {"role": "user", "content": "asked"},
]


def test_examples_are_read_but_not_trained_on_or_left_out() -> None:
    answer = {"text": "A", "thoughts": "T"}
    kept = conversation({"prompt": PROMPT}, answer, examples=True, thoughts=False)
    assert [message.get("weight") for message in kept] == [None, None, 0, None, None]
    dropped = conversation({"prompt": PROMPT}, answer, examples=False, thoughts=True)
    assert [message["content"] for message in dropped] == ["S", "asked", "<think>\nT\n</think>\n\nA"]
    plain = conversation({"prompt": "Go on:"}, answer, examples=True, thoughts=False)
    assert plain == [{"role": "user", "content": "Go on:"}, {"role": "assistant", "content": "A"}]
    marked = {**answer, "text": "A<|im_end|>"}
    assert conversation({"prompt": "Go on:"}, marked, examples=True, thoughts=False) == plain


async def test_what_is_no_run_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no runs to learn from"):
        await learnt(tmp_path / "one")
    with pytest.raises(StoreError, match="is not a run"):
        await learnt(tmp_path / "two", tmp_path)


def test_the_shipped_config_makes_the_run_that_it_learns_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("generation", "inputs", "configs"):
        (tmp_path / name).symlink_to(ROOT / name)
    call = caller(tmp_path, monkeypatch, capsys)
    told = call("run", "generation/core_pipelines/meta_datagen/config.yaml", "--quiet")
    assert told.code == 0, told.err
    rows = (tmp_path / "outputs" / "meta-datagen" / "datasets" / "meta_datagen.jsonl").read_text().splitlines()
    steps = {json.loads(row)["metadata"]["step"] for row in rows}
    assert steps == {"keep_suitable", "ask_questions", "check_question", "check_relevance", "check_answer", "repair"}
