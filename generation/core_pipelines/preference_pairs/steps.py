"""The steps of `preference_pairs`: answers, scores, planted flaws, and comparisons in both orders."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from generation.core_pipelines.preference_pairs import offline_rules
from generation_functions import ParseError, PipelineStep, ScoreStep, VariationStep
from generation_functions.parsing import labelled, rating, tag

ANSWERING = {"temperature": 0.7, "max_tokens": 2000}
JUDGING = {"temperature": 0.2, "max_tokens": 600}

_PLANTED = re.compile(r"^\W*planted\W*[:：]\W*(?P<what>.+)$", re.IGNORECASE | re.MULTILINE)
_comparison = labelled("Reason", "Score A", "Score B", "Verdict", many=False)
_score = rating(1, 10)
_VERDICT = re.compile(r"\W*(?:answer\s+)?(a|b|tie)\b", re.IGNORECASE)


def planted(completion: str) -> dict[str, str]:
    """`{"planted": what was done, "flawed": the answer with it}`. Raises `ParseError`."""
    found = _PLANTED.search(completion)
    if found is None:
        raise ParseError('Expected a line "Planted: ..." before the answer, found none.')
    return {"planted": found["what"].strip(), "flawed": tag("answer")(completion)}


def no_flaw(value: Mapping[str, str], row: Mapping[str, Any]) -> str | None:
    """What is wrong with a flawed answer: it is the good one."""
    same = _words(value["flawed"]) == _words(row["answer"])
    return "The answer says the same as the good one. Plant the flaw." if same else None


def compared(completion: str) -> dict[str, Any]:
    """`{"reason": ..., "scores": [of A, of B], "verdict": "A" | "B" | "tie"}`. Raises `ParseError`."""
    found = _comparison.records(completion)[-1]
    verdict = _VERDICT.match(found["verdict"])
    if verdict is None:
        raise ParseError(f'Expected "Verdict: A", "B" or "tie", found {found["verdict"]!r:.60}.')
    said = verdict[1].lower()
    scores = [_score(f"Score: {found[name]}") for name in ("score_a", "score_b")]
    return {"reason": found["reason"], "scores": scores, "verdict": said if said == "tie" else said.upper()}


def contradicts_itself(value: Mapping[str, Any], row: Mapping[str, Any]) -> str | None:
    """What is wrong with a comparison: a verdict against its own scores."""
    a, b = value["scores"]
    against = {"A": a < b, "B": b < a, "tie": abs(a - b) > 1}[value["verdict"]]
    return f"The verdict is {value['verdict']}, but the scores are {a} for A and {b} for B." if against else None


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


sample_answers = VariationStep(
    "sample_answers",
    variations=("answer",),
    parse=tag("answer"),
    into="answer",
    offline=offline_rules.answer,
    sampling={"temperature": 1.0, "max_tokens": 2000},
)

strong_answer = PipelineStep(
    "strong_answer",
    prompt="answer",
    parse=tag("answer"),
    into="answer",
    offline=offline_rules.strong_answer,
    sampling=ANSWERING,
)

weak_answer = PipelineStep(
    "weak_answer",
    prompt="answer",
    parse=tag("answer"),
    into="answer",
    offline=offline_rules.weak_answer,
    sampling=ANSWERING,
)

score_answer = ScoreStep("score_answer", into="score", offline=offline_rules.score_answer, sampling=JUDGING)

plant_flaw = PipelineStep(
    "plant_flaw",
    parse=planted,
    validate=no_flaw,
    show_failure=True,
    offline=offline_rules.plant_flaw,
    sampling={"temperature": 0.8, "max_tokens": 2000},
)


def _comparing(name: str, first: str, second: str) -> PipelineStep:
    return PipelineStep(
        name,
        prompt="compare",
        parse=compared,
        into=name,
        validate=contradicts_itself,
        show_failure=True,
        prepare=lambda row: {"first": row[first], "second": row[second]},
        offline=offline_rules.compare,
        sampling=JUDGING,
    )


compare = _comparing("compare", "chosen", "rejected")
compare_swapped = _comparing("compare_swapped", "rejected", "chosen")
