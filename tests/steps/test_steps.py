"""Each step of the table, used as an author uses it, with the offline writer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from generation_functions import (
    ConversationStep,
    DepthFirst,
    Drop,
    MajorityVoteStep,
    OneOffStep,
    OneToManyStep,
    PipelineStep,
    Prompt,
    Row,
    Run,
    ScoreStep,
    Turn,
    VariationStep,
)
from generation_functions.errors import ConfigError, EndpointUnusable, MillraceError, ParseError
from generation_functions.parsing import numbered_list
from generation_functions.store import Store
from tests.running import OFFLINE, echo_step, exchanges_of, manifest_of, rows_of

TEXTS = [{"text": "one"}, {"text": "two"}]


def failing_first(times: int):
    """An offline rule whose first answers do not parse."""
    asked: list[int] = []

    def rule(values, rng) -> str:
        asked.append(1)
        return "bad" if len(asked) <= times else "good"

    return rule


def only_good(answer: str) -> str:
    if answer == "bad":
        raise ParseError("Expected good.")
    return answer


async def test_pipeline_step_adds_a_field(tmp_path: Path) -> None:
    async with Run(tmp_path) as run:
        rows = await run.rows(TEXTS).through(echo_step(), model=OFFLINE).collect()
    assert [(row["text"], row["loud"]) for row in rows] == [("one", "ONE"), ("two", "TWO")]


async def test_an_answer_that_does_not_parse_is_asked_again(tmp_path: Path) -> None:
    step = echo_step(parse=only_good, retries=2, offline=failing_first(2))
    async with Run(tmp_path) as run:
        rows = await run.rows(TEXTS[:1]).through(step, model=OFFLINE).collect()
    assert rows[0]["loud"] == "good"
    assert manifest_of(tmp_path)["steps"]["echo"]["calls"] == 3


async def test_a_row_whose_tries_are_used_up_fails_with_the_last_fault(tmp_path: Path) -> None:
    step = echo_step(parse=only_good, retries=2, offline=failing_first(99))
    async with Run(tmp_path) as run:
        assert await run.rows(TEXTS[:1]).through(step, model=OFFLINE).collect() == []
    assert rows_of(tmp_path, "echo", "failed") == [{"reason": "Expected good."}]


async def test_the_failure_is_shown_to_the_model_when_asked_for(tmp_path: Path) -> None:
    step = echo_step(parse=only_good, show_failure=True, offline=failing_first(1))
    async with Run(tmp_path) as run:
        await run.rows(TEXTS[:1]).through(step, model=OFFLINE).collect()
        prompts = [exchange["prompt"] for exchange in exchanges_of(run)]
    assert "Expected good." not in prompts[0][-1]["content"]
    assert "Expected good." in prompts[1][-1]["content"]


async def test_a_bug_in_a_parser_fails_the_row_and_names_its_place(tmp_path: Path) -> None:
    def buggy(answer: str) -> str:
        return {}["missing"]

    async with Run(tmp_path) as run:
        await run.rows(TEXTS[:1]).through(echo_step(parse=buggy, retries=0), model=OFFLINE).collect()
    (row,) = rows_of(tmp_path, "echo", "failed")
    assert row["reason"].startswith("KeyError: 'missing' (test_steps.py:")


async def test_validate_and_drop_if_see_value_and_row(tmp_path: Path) -> None:
    step = echo_step(
        validate=lambda value, row: None if value == row["text"].upper() else "not loud enough",
        drop_if=lambda value, row: "no twos" if row["text"] == "two" else None,
    )
    async with Run(tmp_path) as run:
        rows = await run.rows(TEXTS).through(step, model=OFFLINE).collect()
    assert [row["loud"] for row in rows] == ["ONE"]
    assert rows_of(tmp_path, "echo", "dropped") == [{"loud": "TWO", "reason": "no twos"}]


async def test_a_value_without_a_field_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="has no field to go to"):
        async with Run(tmp_path) as run:
            await run.rows(TEXTS).through(echo_step(into=None), model=OFFLINE).collect()


async def test_one_row_becomes_many_in_order(tmp_path: Path) -> None:
    step = OneToManyStep(
        "ask", prompt=Prompt.of("{text}"), parse=numbered_list(), into="question",
        offline=lambda values, rng: f"1. What is {values['text']}?\n2. Why {values['text']}?",
    )  # fmt: skip
    async with Run(tmp_path) as run:
        rows = await run.rows(TEXTS).through(step, model=OFFLINE).collect()
    assert [row["question"] for row in rows] == ["What is one?", "Why one?", "What is two?", "Why two?"]
    assert len({row.key for row in rows}) == 4


async def test_no_item_drops_the_row_with_a_reason(tmp_path: Path) -> None:
    step = OneToManyStep(
        "ask", prompt=Prompt.of("{text}"), parse=lambda answer: [], empty="nothing to ask", offline=lambda v, r: "x"
    )
    async with Run(tmp_path) as run:
        assert await run.rows(TEXTS[:1]).through(step, model=OFFLINE).collect() == []
    assert rows_of(tmp_path, "ask", "dropped") == [{"reason": "nothing to ask"}]


async def test_variations_draw_each_prompt_once_before_any_twice(tmp_path: Path) -> None:
    prompts = tmp_path / "prompts" / "forms"
    prompts.mkdir(parents=True)
    for form in ("essay", "list", "verse"):
        (prompts / f"{form}.yaml").write_text(f"- {{role: user, content: 'As {form}: {{text}}'}}")
    step = VariationStep(
        "vary", variations=("forms/essay", "forms/list", "forms/verse"), count=4, prompts_dir=tmp_path / "prompts",
        offline=lambda values, rng: f"version {rng.random()}",
    )  # fmt: skip
    async with Run(tmp_path / "out", seed=3) as run:
        rows = await run.rows(TEXTS).through(step, model=OFFLINE).collect()
    first = [row["variation"] for row in rows if row.place[1] == 0]
    assert len(rows) == 8
    assert sorted(first[:3]) == ["essay", "list", "verse"]
    async with Run(tmp_path / "again", seed=3) as run:
        assert [row.fields for row in await run.rows(TEXTS).through(step, model=OFFLINE).collect()] == [
            row.fields for row in rows
        ]


async def test_validator_and_rule_know_which_variation_they_see(tmp_path: Path) -> None:
    (tmp_path / "forms").mkdir()
    for form in ("prose", "shout"):
        (tmp_path / "forms" / f"{form}.yaml").write_text(f"- {{role: user, content: '{{form}}: {form} {{text}}'}}")

    def is_loud(value: str, row: Row) -> str | None:
        return None if row["form"] == "prose" or value.isupper() else "not loud"

    step = VariationStep(
        "vary", variations=("forms/prose", "forms/shout"), count=2, label="form", validate=is_loud, retries=0,
        prompts_dir=tmp_path, offline=lambda values, rng: values["text"] + values["form"][:1],
    )  # fmt: skip
    async with Run(tmp_path / "out") as run:
        rows = await run.rows([{"text": "A"}]).through(step, model=OFFLINE).collect()
        asked = [exchange["prompt"][-1]["content"] for exchange in exchanges_of(run)]
    assert [(row["form"], row["text"]) for row in rows] == [("prose", "Ap")]
    assert sorted(asked) == ["prose: prose A", "shout: shout A"]


async def test_an_example_of_the_prompt_that_comes_back_as_the_answer_is_asked_again(tmp_path: Path) -> None:
    example = "A long example about the sea, its tides, its ships, and all that lives under it by day and by night."
    question = "one, but as long as a question has to be so that nobody would give it back word for word by chance"
    answers = iter([example, question, "An answer."])
    (tmp_path / "tell.yaml").write_text(
        f"- {{role: user, content: the sea}}\n- {{role: assistant, content: '{example}'}}\n"
        "- {role: user, content: short}\n- {role: assistant, content: Yes.}\n- {role: user, content: '{text}'}\n"
    )
    step = PipelineStep(
        "tell", into="told", prompts_dir=tmp_path,
        offline=lambda values, rng: next(answers) if values["text"] == question else "Yes.",
    )  # fmt: skip
    async with Run(tmp_path / "out") as run:
        rows = await run.rows([{"text": question}, {"text": "two"}]).through(step, model=OFFLINE).collect()
    assert [row["told"] for row in rows] == ["An answer.", "Yes."]
    vote = MajorityVoteStep(
        "vote", prompt="tell", parse=lambda text: True, votes=1, prompts_dir=tmp_path,
        offline=lambda values, rng: example,
    )  # fmt: skip
    async with Run(tmp_path / "votes") as run:
        assert len(await run.rows([{"text": "one"}]).through(vote, model=OFFLINE).collect()) == 1
        assert len(exchanges_of(run)) == 1


async def test_a_version_that_is_lost_beside_others_is_a_failed_row_that_can_be_tried_again(tmp_path: Path) -> None:
    answers = iter(["bad", "bad", "good"])  # the two tries of the version that is lost, and the one it is granted later
    step = VariationStep(
        "vary", variations=("forms/prose", "forms/verse"), count=2, label="form", parse=only_good, retries=1,
        prompts_dir=tmp_path, offline=lambda values, rng: next(answers) if values["form"] == "verse" else "good",
    )  # fmt: skip
    (tmp_path / "forms").mkdir()
    for form in ("prose", "verse"):
        (tmp_path / "forms" / f"{form}.yaml").write_text(f"- {{role: user, content: '{form} {{text}}'}}")

    async def write() -> int:
        async with Run(tmp_path / "out", max_failed_share=0.4) as run:
            rows = run.rows([{"text": "A"}]).through(step, model=OFFLINE)
            return (await run.write(rows, "out", lambda row: {"text": row["text"], "form": row["form"]})).rows

    assert await write() == 1
    assert [(row["form"], row["reason"]) for row in rows_of(tmp_path / "out", "vary", "failed")] == [
        ("verse", "Expected good.")
    ]
    told = manifest_of(tmp_path / "out")
    assert (told["status"], told["steps"]["vary"]["failed"]) == ("partial", 1)
    assert "1 of 2 rows failed in 'vary'" in told["message"]
    with Store(tmp_path / "out" / "store.sqlite") as store:
        ((key,),) = store.query("SELECT key FROM rows WHERE step = 'vary' AND status = 'failed'")
        store.ask_again("vary", key)
    assert await write() == 2


async def test_scores_keep_their_reason_and_drop_the_low(tmp_path: Path) -> None:
    step = ScoreStep(
        "grade", prompt=Prompt.of("{text}"), at_least=5,
        offline=lambda values, rng: "Fine words.\nScore: 8" if values["text"] == "one" else "Poor.\nScore: 2",
    )  # fmt: skip
    async with Run(tmp_path) as run:
        rows = await run.rows(TEXTS).through(step, model=OFFLINE).collect()
    assert [(row["score"], "Fine words." in row["score_reason"]) for row in rows] == [(8, True)]
    assert rows_of(tmp_path, "grade", "dropped")[0]["reason"] == "score below 5"


async def test_a_turn_sees_the_turns_before(tmp_path: Path) -> None:
    (tmp_path / "prompts").mkdir()
    (tmp_path / "prompts/open.yaml").write_text(
        "- {role: system, content: You talk.}\n- {role: user, content: 'Hello {text}'}"
    )
    (tmp_path / "prompts/close.yaml").write_text("- {role: user, content: 'You said {greeting}. Bye?'}")
    step = ConversationStep(
        "talk", prompts_dir=tmp_path / "prompts",
        turns=(
            Turn("open", into="greeting", offline=lambda values, rng: f"hi {values['text']}"),
            Turn("close", into="farewell", offline=lambda values, rng: f"bye after {values['greeting']}"),
        ),
    )  # fmt: skip
    async with Run(tmp_path / "out") as run:
        (row,) = await run.rows(TEXTS[:1]).through(step, model=OFFLINE).collect()
        exchanges = exchanges_of(run)
    assert row["farewell"] == "bye after hi one"
    assert [message["role"] for message in exchanges[1]["prompt"]] == ["system", "user", "assistant", "user"]


async def test_one_off_asks_once_and_is_remembered(tmp_path: Path) -> None:
    step = OneOffStep("rules", prompt=Prompt.of("Rules for {topic}"), offline=lambda values, rng: f"{values['topic']}!")
    for calls in (1, 0):
        async with Run(tmp_path) as run:
            assert await run.once(step, model=OFFLINE, topic="chess") == "chess!"
        assert manifest_of(tmp_path)["steps"]["rules"]["calls"] == calls


async def test_depth_first_decides_in_plain_python(tmp_path: Path) -> None:
    async def visit(row: Row, do, model, mark: str):
        (loud,) = await do(echo_step(), row, model=model)
        if loud["loud"] == "TWO":
            raise Drop("two is enough")
        return loud.adding({"mark": mark})

    async with Run(tmp_path) as run:
        rows = await run.rows(TEXTS).through(DepthFirst("deep", visit), model=OFFLINE, mark="x").collect()
    assert [(row["loud"], row["mark"]) for row in rows] == [("ONE", "x")]
    assert rows_of(tmp_path, "deep", "dropped")[0]["reason"] == "two is enough"
    assert [row["loud"] for row in rows_of(tmp_path, "deep.echo")] == ["ONE", "TWO"]


async def test_a_depth_first_step_that_gives_no_rows_has_a_reason_on_record(tmp_path: Path) -> None:
    async def visit(row: Row, do: Any, *, model: Any) -> list[Row]:
        return [each for each in await do(echo_step(), row, model=model) if each["text"] == "one"]

    async with Run(tmp_path) as run:
        await run.write(run.rows(TEXTS).through(DepthFirst("deep", visit), model=OFFLINE), "out")
    assert [row["reason"] for row in rows_of(tmp_path, "deep", "dropped")] == ["deep gave no row"]
    assert manifest_of(tmp_path)["sources"]["not_in_dataset"] == {"deep: deep gave no row": 1}


async def test_a_step_without_a_rule_cannot_be_answered_offline(tmp_path: Path) -> None:
    with pytest.raises(EndpointUnusable):
        async with Run(tmp_path) as run:
            await run.rows(TEXTS).through(echo_step(offline=None), model=OFFLINE).collect()


async def test_settings_of_through_are_the_steps_or_the_prompts(tmp_path: Path) -> None:
    step = echo_step(prompt=Prompt.of("In {language}: {text}"), offline=lambda values, rng: values["language"])
    async with Run(tmp_path) as run:
        (row,) = await run.rows(TEXTS[:1]).through(step, model=OFFLINE, language="German", into="tongue").collect()
        assert row["tongue"] == "German"
        with pytest.raises(ConfigError, match="langage") as error:
            run.rows(TEXTS).through(step, model=OFFLINE, langage="German")
    assert "language" in str(error.value)


async def test_plain_python_joins_in(tmp_path: Path) -> None:
    async with Run(tmp_path) as run:
        stream = (
            run.rows([{"n": n} for n in range(10)])
            .filter(lambda row: (row["n"] % 2 == 0, "odd"))
            .map(lambda row: {"square": row["n"] ** 2})
            .flat_map(lambda row: [{"half": h} for h in range(2)])
            .group("square", into="halves")
        )
        rows = await stream.collect()
    assert [(row["square"], len(row["halves"])) for row in rows] == [(0, 2), (4, 2), (16, 2), (36, 2), (64, 2)]
    assert manifest_of(tmp_path)["steps"]["function"]["dropped"] == {"odd": 5}


async def test_a_bug_in_plain_python_stops_the_run_with_its_place(tmp_path: Path) -> None:
    with pytest.raises(MillraceError, match="ZeroDivisionError"):
        async with Run(tmp_path) as run:
            await run.rows([{"n": 0}]).map(lambda row: {"x": 1 / row["n"]}).collect()


async def test_a_sample_is_the_seeds_and_not_the_orders(tmp_path: Path) -> None:
    async def drawn(folder: str, numbers, seed: int) -> list[int]:
        async with Run(tmp_path / folder, seed=seed) as run:
            return [row["n"] for row in await run.rows([{"n": n} for n in numbers]).sample(5).collect()]

    forward = await drawn("a", range(50), 1)
    assert sorted(await drawn("b", reversed(range(50)), 1)) == sorted(forward)
    assert await drawn("c", range(50), 2) != forward


def test_a_step_finds_its_prompts_beside_its_author() -> None:
    assert PipelineStep("any").prompts_dir == Path(__file__).parent / "prompts"
    assert echo_step().prompts_dir == Path(__file__).parent.parent / "prompts"
