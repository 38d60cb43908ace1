"""Each step reads what its own offline rule writes, and the rules judge as a reader would."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from generation.core_components.languages import OWN_LANGUAGE
from generation.core_pipelines.factual_qa import offline_rules, steps
from generation_functions.prompts import PromptBook

TEXT = (
    "The tide gauge at Brest has recorded the height of the sea since 1807. Isaac Newton explained the tides in 1687. "
    "The Bay of Fundy lies between New Brunswick and Nova Scotia. The Moon causes most of the tide because its gravity "
    "pulls more strongly on the near side of the Earth."
)
PAIR = {"question": "When did Isaac Newton explain the tides?", "answer": "Isaac Newton explained the tides in 1687."}
CONTENTS = "Contents\n\n1 Early tides ........ 3\n2 Newton ........ 15\n3 Laplace ........ 40\nIndex ........ 99\n"
ALL_STEPS = [getattr(steps, name) for name in (
    "keep_suitable", "ask_questions", "check_question", "check_relevance", "check_answer", "repair"
)]  # fmt: skip

PROMPT_SETS = ("prompts", "prompts_de")


def row(**fields: Any) -> dict[str, Any]:
    return {
        "text": TEXT,
        "source": "sea/tides.md",
        "headings": ["Tides"],
        "most": 4,
        "language": OWN_LANGUAGE,
        **PAIR,
        **fields,
    }


@pytest.mark.parametrize("step", ALL_STEPS, ids=lambda step: step.name)
def test_a_step_accepts_what_its_rule_writes(step: Any) -> None:
    for seed in range(20):
        completion = step.offline(row(), Random(seed))
        value = step.parse(completion)
        assert step.validate is None or step.validate(value, row()) is None


@pytest.mark.parametrize("prompts", PROMPT_SETS)
@pytest.mark.parametrize("step", ALL_STEPS, ids=lambda step: step.name)
def test_a_steps_prompt_is_filled_from_its_row(step: Any, prompts: str) -> None:
    prompt = PromptBook([step.prompts_dir.with_name(prompts)]).get(step.name)
    values = {**row(), **(step.prepare(row()) if step.prepare else {})}
    messages = prompt.fill(values)
    assert [message["role"] for message in messages[:2]] == ["system", "user"]  # type: ignore[index]
    assert len(messages) >= 6, "a system message, two examples and the row"
    filled = str(messages[-1])
    assert any(part in filled for part in (TEXT, PAIR["question"]))


@pytest.mark.parametrize("prompts", PROMPT_SETS)
@pytest.mark.parametrize("step", ALL_STEPS, ids=lambda step: step.name)
def test_a_steps_parser_accepts_its_prompts_own_examples(step: Any, prompts: str) -> None:
    prompt = PromptBook([step.prompts_dir.with_name(prompts)]).get(step.name)
    values = {**row(), **(step.prepare(row()) if step.prepare else {})}
    examples = [m["content"] for m in prompt.fill(values) if m["role"] == "assistant"]  # type: ignore[index]
    parsed = [step.parse(example) for example in examples]
    assert len(parsed) >= 2
    if step.name != "ask_questions":
        assert len({str(value) for value in parsed}) >= 2, "examples show more than one verdict"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (TEXT, True),
        (CONTENTS, False),
        ("- Chapter One: The sea\n- Chapter Two: The shore\n- Chapter Three: The harbour", False),
        (
            "A History of Tides\n\nby A. N. Author\n\n© 2001 Harbour Books. ISBN 0-00-000000-0. All rights reserved.",
            False,
        ),
        ("To be written.", False),
        ("Licensed under the terms of the licence. Provided without warranty of any kind, express or implied.", False),
        ("Newton, I. (1687). Principia. London.\nLaplace, P. (1799). Mécanique céleste. Paris, pp. 1-90.", False),
        (f"{CONTENTS}\n{TEXT} {TEXT} {TEXT}", True),
        (
            "蜜蜂是一种会飞行的群居昆虫，被称为资源昆虫。蜜蜂群体中有蜂王、工蜂和雄蜂三种类型的蜜蜂。工蜂采集花蜜和花粉。",
            True,
        ),
    ],
)
def test_which_chunks_are_suitable(text: str, kept: bool) -> None:
    assert steps.keep_suitable.parse(offline_rules.keep_suitable({"text": text}, Random(0))) is kept


def test_questions_come_with_answers_from_the_text() -> None:
    pairs = steps.ask_questions.parse(offline_rules.ask_questions(row(), Random(0)))
    assert pairs
    assert all(pair["answer"] in TEXT for pair in pairs)


def test_a_text_with_nothing_to_ask_about_gives_no_pairs() -> None:
    assert steps.ask_questions.parse(offline_rules.ask_questions({"text": "one two"}, Random(0))) == []
    assert steps.pairs_or_none("There is nothing here.\n\n**NO QUESTIONS**") == []


@pytest.mark.parametrize(
    ("step", "fields", "passes"),
    [
        (steps.check_question, {}, True),
        (steps.check_question, {"question": "How tall is the Eiffel Tower in Paris?"}, False),
        (steps.check_relevance, {}, True),
        (steps.check_relevance, {"answer": "Bees make honey from nectar."}, False),
        (steps.check_answer, {}, True),
        (steps.check_answer, {"answer": "Isaac Newton explained the tides in 1699."}, False),
        (steps.check_answer, {"answer": "Bees make honey from nectar."}, False),
    ],
)
def test_checks_look_it_up(step: Any, fields: dict[str, str], passes: bool) -> None:
    votes = {step.parse(step.offline(row(**fields), Random(seed))) for seed in range(10)}
    assert votes == {passes}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, {"repair": "pass"}),
        (
            {"answer": "According to the text, Isaac Newton explained the tides in 1687."},
            {"repair": "reword", **PAIR},
        ),
        ({"question": "What does the author say in this passage?"}, {"repair": "fail"}),
    ],
)
def test_repair(fields: dict[str, str], expected: dict[str, str]) -> None:
    assert steps.repair.parse(offline_rules.repair(row(**fields), Random(0))) == expected
