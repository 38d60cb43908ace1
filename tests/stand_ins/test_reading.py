"""What files and answers of Augmentoolkit 3 are read as."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from generation.core_components.answers_elsewhere import ListInTag, after, starred_pairs, thoughts_and_answer
from generation.core_pipelines.factual_qa import stand_ins, steps
from generation.core_pipelines.roleplay.stand_ins import least_rating, read_log
from generation_functions import PipelineStep, Run
from generation_functions.errors import ParseError
from generation_functions.parsing import tag, text, verdict
from generation_functions.prompts import Prompt, PromptBook
from generation_functions.stand_ins import StandIn, fitted
from tests.running import OFFLINE, exchanges_of


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("Text: {text}, from {metadata}.", "Text: T, from S."),
        ("{text} {other} {user}", "T {other} {user}"),
        ('{text} {{"a": 1}}', 'T {"a": 1}'),
        ('{text} {"a": {"b": 1}} {{x}}', 'T {"a": {"b": 1}} {{x}}'),
        ("{text} } and { alone", "T } and { alone"),
        ("{{text}} {text}", "{text} T"),
        (r"\frac{a}{b} {text}", r"\frac{a}{b} T"),
    ],
)
@pytest.mark.parametrize("ending", ["yaml", "txt"])
def test_only_known_names_are_places(tmp_path: Path, content: str, said: str, ending: str) -> None:
    path = tmp_path / f"theirs.{ending}"
    path.write_text(f"- role: user\n  content: |\n    {content}\n" if ending == "yaml" else content)
    filled = Prompt.load(path, names={"text": "text", "metadata": "source"}).fill({"text": "T", "source": "S"})
    assert (filled if isinstance(filled, str) else filled[0]["content"]) == said


def test_roles_may_follow_in_any_order(tmp_path: Path) -> None:
    (tmp_path / "theirs.yaml").write_text(
        "- {role: user, content: a}\n- {role: user, content: b}\n- {role: assistant, content: c}\n"
    )
    roles = [message["role"] for message in Prompt.load(tmp_path / "theirs.yaml", names={}).fill({})]  # type: ignore[index]
    assert roles == ["user", "user", "assistant"]


@pytest.mark.parametrize(
    ("completion", "pairs"),
    [
        ("**QUESTION:**\nA?\n\n**ANSWER:**\nB.", [("A?", "B.")]),
        (
            "Ideas: 1. x\n**Question 1:** A?\n**Answer 1**: B.\n**QUESTION 2:**\nC?\n**ANSWER:** D.",
            [("A?", "B."), ("C?", "D.")],
        ),
        (
            "**QUESTION:**\nA?\n**ANSWER:**\nThought Process:\nx\n\nAnswer:\ny",
            [("A?", "Thought Process:\nx\n\nAnswer:\ny")],
        ),
        ("**QUESTION:**\nA?\n**ANSWER:**\nB.\n**QUESTION:**\nCut off", [("A?", "B.")]),
    ],
)
def test_pairs(completion: str, pairs: list[tuple[str, str]]) -> None:
    assert [(pair["question"], pair["answer"]) for pair in starred_pairs(completion)] == pairs


def test_no_pair_is_an_error() -> None:
    with pytest.raises(ParseError, match="QUESTION"):
        starred_pairs("Question: A?\nAnswer: B.")


@pytest.mark.parametrize(
    ("told", "thoughts", "answer"),
    [
        ("Thought Process:\nHm.\n\nAnswer:\nYes.\n\nMore?", "Hm.", "Yes.\n\nMore?"),
        ("### Thought Process\nHm. Answer: no.\nSo.\n\n**Answer:**\nYes.", "Hm. Answer: no.\nSo.", "Yes."),
        ("Just so.", "", "Just so."),
    ],
)
def test_thoughts_and_answer(told: str, thoughts: str, answer: str) -> None:
    assert thoughts_and_answer(told) == {"thoughts": thoughts, "answer": answer}


def test_lists_and_headings() -> None:
    assert ListInTag("facts")("x\n<facts>\n1. a\n2. b\n</facts>") == ["a", "b"]
    assert ListInTag("facts")("Facts:\n1. a\n2. b") == ["a", "b"]
    read = after("Final Judgment", verdict(yes="relevant", no="irrelevant"))
    assert read("It is irrelevant who asks.\nFinal judgement:\nRelevant.") is True
    assert read("The final word is: Irrelevant") is False


@pytest.mark.parametrize(
    ("completion", "suitable"),
    [
        ("Step 5. Final Judgment: Unsuitable for educational questions.", False),
        ("Step 5. Final Judgment: Due to being a table of contents, this is not suited for questions.", False),
        ("It is not unsuitable as such.\nFinal Judgment: Suitable for educational questions.", True),
        ("Not suitable", False),
    ],
)
def test_what_judges_of_chunks_say(completion: str, suitable: bool) -> None:
    parse = stand_ins.keep_suitable[0].parse
    assert parse is not None
    assert parse(completion) is suitable


@pytest.mark.parametrize(
    ("completion", "value"),
    [
        ("#### Final judgment: Pass.", {"repair": "pass"}),
        ("It could be reworded.\n#### Final judgement: FAIL.", {"repair": "fail"}),
        (
            "#### Final judgment: Reword.\n\n### Question Rewording (using text details as reference):\n"
            "Question: A?\nAnswer: B\nand the decision: a fail.",
            {"repair": "reword", "question": "A?", "answer": "B\nand the decision: a fail."},
        ),
    ],
)
def test_what_the_repair_says(completion: str, value: dict[str, str]) -> None:
    assert stand_ins.mended_pair(completion) == value
    assert steps.repair.parse("Verdict: pass") == {"repair": "pass"}


def test_a_story_is_read_by_who_speaks() -> None:
    log = "{narrator}: Rain.\nNote: wet.\n{user}: hi\n{user}: *sits*\nMira: Well: no.\n{user}: bye\nMira: Go."
    assert read_log(log) == {
        "assistant1": "Rain.\nNote: wet.", "user2": "hi\n\n*sits*", "assistant3": "Well: no.", "user4": "bye",
        "assistant5": "Go.",
    }  # fmt: skip
    with pytest.raises(ParseError):
        read_log("Once upon a time.")


def test_the_least_rating_counts() -> None:
    assert (
        least_rating("COHERENCE:\nRATING: good\nRULE FOLLOWING:\n**RATING:** poor\nQUALITY:\nRATING: Incredible") == 4
    )
    with pytest.raises(ParseError, match="found 1"):
        least_rating("RATING: good")


def summarizing(folder: Path, **settings: Any) -> PipelineStep:
    (folder / "prompts").mkdir()
    (folder / "prompts" / "summarize.yaml").write_text("- role: user\n  content: Ours {text}\n")
    (folder / "set").mkdir()
    stand_in = StandIn("make_summary", {"passage": "text"}, tag("summary"))
    return PipelineStep(
        "summarize", into="summary", prompts_dir=folder / "prompts", stand_ins=(stand_in,),
        offline=lambda values, rng: f"<summary>{values['text'].upper()}</summary>", **settings,
    )  # fmt: skip


async def asked_with(step: PipelineStep, folder: Path) -> tuple[str, str]:
    async with Run(folder / "out", prompts=folder / "set") as run:
        rows = await run.rows([{"text": "sea"}]).through(step, model=OFFLINE).collect()
        return exchanges_of(run)[0]["prompt"][-1]["content"], rows[0]["summary"]


async def test_a_step_of_ones_own_takes_a_file_by_another_name(tmp_path: Path) -> None:
    step = summarizing(tmp_path)
    (tmp_path / "set" / "make_summary.yaml").write_text("- role: user\n  content: Theirs {passage} {this}\n")
    assert await asked_with(step, tmp_path) == ("Theirs sea {this}", "SEA")


async def test_without_such_a_file_nothing_changes(tmp_path: Path) -> None:
    step = summarizing(tmp_path)
    assert fitted(step, PromptBook([tmp_path / "set", step.prompts_dir])) is step
    assert await asked_with(step, tmp_path) == ("Ours sea", "<summary>SEA</summary>")


async def test_what_their_form_cannot_read_the_steps_own_parser_reads(tmp_path: Path) -> None:
    step = summarizing(tmp_path, parse=text)
    (tmp_path / "set" / "make_summary.txt").write_text("Theirs {passage}")
    fit = fitted(step, PromptBook([tmp_path / "set", step.prompts_dir]))
    assert (fit.parse("<summary>a</summary>"), fit.parse("b")) == ("a", "b")


async def test_a_row_that_knows_it_already_is_not_asked(tmp_path: Path) -> None:
    step = PipelineStep(
        "echo", prompt=Prompt.of("{text}"), into="said", known="said", offline=lambda values, rng: "new"
    )
    async with Run(tmp_path / "out") as run:
        rows = await run.rows([{"text": "a"}, {"text": "b", "said": "old"}]).through(step, model=OFFLINE).collect()
        assert [row["said"] for row in rows] == ["new", "old"]
        assert len(exchanges_of(run)) == 1
