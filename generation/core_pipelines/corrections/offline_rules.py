"""What a model would answer at each step, worked out from the row: `(values, rng) -> completion`.

The right answer is a sentence of the text, word for word. It is spoiled by another number, or by a sentence that says
something else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from random import Random
from typing import Any

from generation.core_components.languages import language_of
from generation.core_components.offline_writer.questions import every_pair, question_answer_pairs
from generation.core_components.offline_writer.sentences import squeezed
from generation.core_pipelines.corrections.offline_phrases import PHRASES

Values = Mapping[str, Any]

_NUMBER = re.compile(r"(?<![\w.,])\d{1,4}(?![\w.,]*\d)(?!\w)")
_BECAUSE = re.compile(r",? (?:because|weil|parce que|porque) .+")
_NEAR, _FAR = (1, 2, 3), (-12, -9, 8, 11, 15)
"""How far a small or a large number is misremembered."""


def ask(values: Values, rng: Random) -> str:
    """Up to `most` questions that sentences of the text answer."""
    pairs = question_answer_pairs(values["text"], rng, most=int(values.get("most", 2)))
    numbered = [f"Question {n}: {pair.question}\nAnswer {n}: {pair.answer}" for n, pair in enumerate(pairs, 1)]
    return "\n\n".join(["These sentences state a fact.", *numbered]) if pairs else "NO QUESTIONS"


def spoil(values: Values, rng: Random) -> str:
    """The right answer with another number or another reason, or the nearest sentence that says something else."""
    answer = values["answer"]
    others = [pair.answer for pair in every_pair(values["text"]) if pair.answer != answer]
    wrong = (
        None if values["flaw"] == "beside_the_point" else _other_number(values, rng) or _other_reason(answer, others)
    )
    return f"<flawed>\n{wrong or _nearest(answer, others)}\n</flawed>"


def correct(values: Values, rng: Random) -> str:
    """A doubt of the wanted kind, a thought that recalls the right sentence, and the answer that holds."""
    answer = values["answer"]
    phrases = PHRASES.get(language_of(values["question"]), PHRASES["en"])
    is_right = squeezed(values["first"]) == squeezed(answer)
    thoughts = f"{phrases.looked.format(one=answer)} {phrases.right if is_right else phrases.wrong}"
    said = (phrases.stood_by if is_right else phrases.corrected).format(one=answer)
    doubt = phrases.doubts[values["doubt_kind"]]
    return f"<doubt>\n{doubt}\n</doubt>\n<thoughts>\n{thoughts}\n</thoughts>\n<correction>\n{said}\n</correction>"


def check(values: Values, rng: Random) -> str:
    """Sound, where the right sentence stands in the last answer, and in the first only if that has no flaw."""
    answer = squeezed(values["answer"])
    first_right = answer in squeezed(values["first"])
    if answer not in squeezed(values["correction"]):
        return "Reason: The last answer does not say what the text says.\nVerdict: unsound"
    if first_right != (values["flaw"] == "none"):
        return "Reason: The first answer is not what it should be.\nVerdict: unsound"
    return "Reason: The first answer is as it should be, and the last says what the text says.\nVerdict: sound"


def _other_number(values: Values, rng: Random) -> str | None:
    """The answer with its last number misremembered; one that the question gives is not what is asked for."""
    answer = values["answer"]
    numbers = [match for match in _NUMBER.finditer(answer) if match.group() not in values["question"]]
    if not numbers:
        return None
    start, end = numbers[-1].span()
    number = int(numbers[-1].group())
    return f"{answer[:start]}{number + rng.choice(_FAR if number > 100 else _NEAR)}{answer[end:]}"


def _other_reason(answer: str, others: list[str]) -> str | None:
    """The answer with the reason that another sentence gives for something else."""
    own = _BECAUSE.search(answer)
    reason = next((found for other in others if (found := _BECAUSE.search(other))), None)
    return f"{answer[: own.start()]}{reason.group()}" if own and reason else None


def _nearest(answer: str, others: list[str]) -> str:
    """The sentence that shares most words with the answer; a year at its end where there is no other sentence."""
    words = _words(answer)
    return max(others, key=lambda each: len(words & _words(each)), default=f"{answer.rstrip(' .。!')}, 1900.")


def _words(sentence: str) -> set[str]:
    return {word[:6].casefold() for word in re.findall(r"[^\W\d_]{4,}", sentence)}
