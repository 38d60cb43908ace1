"""What a model would answer at each step, worked out from the row: `(values, rng) -> completion`.

The right answer is a sentence of the text, word for word. It is spoiled by the flaw that was drawn: claimed too surely,
with something made up, with another number or reason, or by a sentence that says something else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from random import Random
from typing import Any

from generation.core_components.languages import language_of
from generation.core_components.offline_writer.questions import every_pair, question_answer_pairs
from generation.core_components.offline_writer.sentences import squeezed
from generation.core_pipelines.corrections.offline_phrases import PHRASES, Phrases

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
    """The right answer with the flaw: claimed too surely, with something made up, or with another number or reason."""
    answer, flaw, phrases = values["answer"], values["flaw"], _phrases(values)
    if flaw in ("overstated", "invented"):
        wrong = rng.choice(phrases.overstated if flaw == "overstated" else phrases.added).format(one=answer)
        return f"<flawed>\n{wrong}\n</flawed>"
    others = [pair.answer for pair in every_pair(values["text"]) if pair.answer != answer]
    other = None
    if flaw != "beside_the_point":
        other = _other_number(values, rng) or _other_reason(answer, others) or _other_end(answer, others)
    return f"<flawed>\n{other or _nearest(answer, others)}\n</flawed>"


def correct(values: Values, rng: Random) -> str:
    """A doubt of the wanted kind, a thought about what was wrong, and the answer that holds."""
    answer, first, phrases = values["answer"], values["first"], _phrases(values)
    is_right = squeezed(first) == squeezed(answer)
    flaw = "none" if is_right else _flaw_of(values)
    said = rng.choice(phrases.stood_by if is_right else phrases.corrected).format(one=answer)
    doubt, thoughts = _doubt(values, flaw, rng), rng.choice(phrases.thoughts[flaw])
    return f"<doubt>\n{doubt}\n</doubt>\n<thoughts>\n{thoughts}\n</thoughts>\n<correction>\n{said}\n</correction>"


def _doubt(values: Values, flaw: str, rng: Random) -> str:
    """A doubt; one that names what seems odd names the number that is wrong, where one is."""
    doubts = _phrases(values).doubts
    numbers = _NUMBER.findall(values["first"]) if flaw == "wrong" else []
    fresh = [number for number in numbers if number not in values["question"] and number not in values["answer"]]
    if values["doubt_kind"] == "pointed":
        told = doubts["numbered"] if fresh else doubts["pointed"][1:] if flaw == "beside_the_point" else ()
        return rng.choice(told or doubts["pointed"][:1]).format(number=fresh[-1] if fresh else "")
    return rng.choice(doubts[values["doubt_kind"]])


def _flaw_of(values: Values) -> str:
    """What is wrong with a first answer, as far as it shows: a sentence about something else is beside the point."""
    flaw: str = values["flaw"]
    if flaw in ("overstated", "invented"):
        return flaw
    begins_alike = values["answer"].split()[:3] == values["first"].split()[:3]
    return "wrong" if begins_alike else "beside_the_point"


def _phrases(values: Values) -> Phrases:
    return PHRASES.get(language_of(values["question"]), PHRASES["en"])


def check(values: Values, rng: Random) -> str:
    """Sound, where the right sentence stands in the last answer, and in the first only if that has no flaw."""
    answer = squeezed(values["answer"])
    first_right = answer == squeezed(values["first"])
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


def _other_end(answer: str, others: list[str]) -> str | None:
    """The answer with the end of another sentence, from the last two words that both have: `in the`, `made from`."""
    words = answer.split()
    for at in range(len(words) - 3, 1, -1):
        shared = f" {words[at]} {words[at + 1]} "
        ends = [other.partition(shared)[2] for other in others if shared in other]
        # A much longer end goes on to something else, and would not fit the sentence.
        longest = len(words) - at
        end = next((end for end in ends if end.split()[0] != words[at + 2] and len(end.split()) <= longest), None)
        if end is not None:
            return f"{' '.join(words[:at])}{shared}{end}"
    return None


def _nearest(answer: str, others: list[str]) -> str:
    """The sentence that shares most words with the answer; a year at its end where there is no other sentence."""
    words = _words(answer)
    return max(others, key=lambda each: len(words & _words(each)), default=f"{answer.rstrip(' .。!')}, 1900.")


def _words(sentence: str) -> set[str]:
    return {word[:6].casefold() for word in re.findall(r"[^\W\d_]{4,}", sentence)}
