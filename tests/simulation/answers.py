"""What the simulated model says: the same to the same question, whatever became of the calls before.

A question names its subject: `r7` is a source row, `r7.c1` one of the parts that were made of it. The seed in the body
tells the sample and the try. Some subjects get answers that will not do, for so many tries or for ever.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import orjson

from generation_functions.models.endpoint import _SEED_STEP

SEED = 0
STEPS = ("rules", "name", "split", "judge", "polish")
VOTES = 3
RETRIES = 2
FOR_EVER = 10**6
_SUBJECT = re.compile(r"\br\d+(?:\.c\d+)?\b")


@dataclass(frozen=True)
class Question:
    """What one call asks: `sample` counts votes, `attempt` the tries after an answer that would not do.

    run  the run inside a run that asks it; the others have answers of their own
    """

    step: str
    subject: str
    sample: int
    attempt: int
    run: str = ""


def question_of(body: dict[str, Any]) -> Question:
    """Understand a request's body."""
    step, last = body["messages"][0]["content"], body["messages"][-1]["content"]
    found = _SUBJECT.search(last)
    sample, attempt = divmod(body["seed"] - SEED, _SEED_STEP)
    return Question(step, found.group() if found else "", sample % VOTES, attempt, body.get("user", ""))


def draw(*parts: Any) -> float:
    """A number in [0, 1) that belongs to these parts."""
    return int.from_bytes(blake2b(repr(parts).encode(), digest_size=6).digest(), "big") / 2**48


def bad_tries(question: Question) -> int:
    """How many tries of a question get an answer that will not do."""
    luck = draw("bad", question.step, question.subject, question.sample)
    if question.step == "rules":
        return 1
    return 0 if luck < 0.8 else 1 if luck < 0.9 else 2 if luck < 0.95 else FOR_EVER


def is_refused(question: Question) -> bool:
    """Whether the endpoint refuses the question itself, each time it is asked."""
    return question.step == "name" and draw("refused", question.subject) < 0.04


def parts_of(subject: str) -> list[str]:
    """The parts that are made of a source row; some rows have none."""
    return [f"{subject}.c{n}" for n in range(int(draw("parts", subject) * 4))]


def reply(body: dict[str, Any]) -> tuple[int, bytes]:
    """The status and body of the endpoint's true answer."""
    question = question_of(body)
    if is_refused(question):
        return 400, orjson.dumps({"error": {"message": f"not about {question.subject}"}})
    finish, text = "stop", _good(question)
    if question.attempt < bad_tries(question):
        finish, text = _bad(question)
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": finish}
    usage = {"prompt_tokens": 30, "completion_tokens": 20}
    return 200, orjson.dumps({"choices": [choice], "usage": usage})


def _good(question: Question) -> str:
    subject = question.subject
    if question.step == "split":
        return "\n".join(f"{n}. {part}" for n, part in enumerate(parts_of(subject), 1)) or "none"
    if question.step == "judge":
        return f"Verdict: {'yes' if draw('vote', subject, question.sample) < 0.7 else 'no'}"
    return f"<{question.step}>{question.step} of {subject or 'all'}</{question.step}>"


def _bad(question: Question) -> tuple[str, str]:
    kinds = (("stop", "I would rather not say."), ("length", "<na"), ("content_filter", ""), ("stop", "<name></name"))
    return kinds[int(draw("kind", question) * len(kinds))]
