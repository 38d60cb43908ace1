"""What a model would answer at each step, worked out from the row: `(values, rng) -> completion`.

The completions have exactly the form that the prompts ask for and go through the same parsers. They make the first run
work with no key and test every config for nothing; they are not for data to train on.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from random import Random
from typing import Any

from generation.core_components.languages import FUNCTION_WORDS
from generation.core_components.offline_writer.questions import question_answer_pairs
from generation.core_components.offline_writer.sentences import sentences, squeezed
from generation.core_components.source_references import speaks_of_its_source, without_opening_reference

Values = Mapping[str, Any]

_CONTENTS_LINE = re.compile(
    r"(?:\.\s?){3}\s?\d{0,4}$|…\s?\d{1,4}$|^(?:[-*]\s)?(?:chapter|part|kapitel|teil|chapitre)\b", re.I
)
_PAGE_LINE = re.compile(r"\s\d{1,4}$")
_REFERENCE_LINE = re.compile(
    r"\(\d{4}[a-z]?\)|\bpp?\. ?\d|\bISBN\b|\bdoi\b|\bet al\.|\b(?:Press|Verlag|Éditions)\b.{0,80}\d{4}", re.I
)
_NOTICE = re.compile(
    r"all rights reserved|permission is hereby granted|licen[sc]ed under|without warranty|alle rechte vorbehalten"
    r"|tous droits réservés|creative commons|©|\bISBN\b|no part of this (?:book|publication)",
    re.IGNORECASE,
)
_COMMON = frozenset(word for words in FUNCTION_WORDS.values() for word in words) | frozenset(
    [
        "what",
        "when",
        "where",
        "who",
        "why",
        "how",
        "which",
        "did",
        "does",
        "do",
        "many",
        "long",
        "complete",
        "statement",
    ]
)
_FEWEST_WORDS = 20
_SURE, _DOUBTFUL = 0.85, 0.6


def keep_suitable(values: Values, rng: Random) -> str:
    """Suitable, unless the chunk is a contents page, a notice, a list of references, or has hardly any prose."""
    reason = _unsuitable_because(values["text"])
    if reason is None:
        return "Reason: Most of this is running prose that states facts.\nVerdict: suitable"
    return f"Reason: {reason}\nVerdict: unsuitable"


def ask_questions(values: Values, rng: Random) -> str:
    """Up to `most` questions that sentences of the text answer; each answer is such a sentence, word for word."""
    pairs = question_answer_pairs(values["text"], rng, most=int(values.get("most", 4)))
    if not pairs:
        return "NO QUESTIONS"
    numbered = [f"Question {n}: {pair.question}\nAnswer {n}: {pair.answer}" for n, pair in enumerate(pairs, 1)]
    return "\n\n".join(["These sentences can be understood alone and state a fact.", *numbered])


def check_question(values: Values, rng: Random) -> str:
    """Answerable, where the text has the question's own words."""
    share = _share_found(values["question"], values["text"])
    answerable = _vote(share, rng, sure=0.6, doubtful=0.45)
    return (
        f"Reason: The text has {share:.0%} of what the question names.\nVerdict: {'' if answerable else 'un'}answerable"
    )


def check_relevance(values: Values, rng: Random) -> str:
    """Relevant, where the answer has the question's own words."""
    share = _share_found(values["question"], values["answer"])
    relevant = _vote(share, rng, sure=0.45, doubtful=0.3)
    return f"Reason: The answer takes up {share:.0%} of what was asked.\nVerdict: {'' if relevant else 'ir'}relevant"


def check_answer(values: Values, rng: Random) -> str:
    """Accurate, where the answer stands in the text, or very nearly."""
    answer, text = squeezed(values["answer"]), squeezed(values["text"])
    share = 1.0 if answer in text else _share_found(answer, text)
    numbers = set(re.findall(r"\d+", answer)) <= set(re.findall(r"\d+", text))
    accurate = numbers and _vote(share, rng, sure=_SURE, doubtful=_DOUBTFUL)
    where = "word for word" if answer in text else f"to {share:.0%}"
    return f"Reason: The text has the answer {where}.\nVerdict: {'' if accurate else 'in'}accurate"


def repair(values: Values, rng: Random) -> str:
    """Pass what mentions no source, take an opening "According to the text," away, give up on anything else."""
    pair = {part: values[part] for part in ("question", "answer")}
    if not any(map(speaks_of_its_source, pair.values())):
        return "Reason: Question and answer mention no source.\nVerdict: pass"
    mended = {part: without_opening_reference(text) for part, text in pair.items()}
    if any(map(speaks_of_its_source, mended.values())):
        return "Reason: Without its source this cannot be understood.\nVerdict: fail"
    lines = [f"Question: {mended['question']}", f"Answer: {mended['answer']}"]
    return "\n".join(["Reason: Only the opening words refer to the source.", "Verdict: reword", *lines])


def _unsuitable_because(text: str) -> str | None:
    lines = [squeezed(line) for line in text.split("\n") if line.strip()]
    prose = [sentence for sentence in sentences(text) if _is_prose(sentence)]
    amount = sum(map(_words, prose))
    if _share(lines, lambda line: bool(_CONTENTS_LINE.search(line) or _PAGE_LINE.search(line))) > 0.5 and amount < 60:
        return "These are titles with page numbers."
    if _share(lines, lambda line: bool(_REFERENCE_LINE.search(line))) > 0.5:
        return "This is a list of references."
    notices = len(_NOTICE.findall(text))
    if notices and amount < 120 * notices:
        return "This is a title page or a notice about copyright."
    return "This is too short to teach anything." if amount < _FEWEST_WORDS else None


def _is_prose(sentence: str) -> bool:
    return _words(sentence) >= 5 and sentence.rstrip('"”’»)*_').endswith(
        (".", "!", "?", "。", "！", "？", "।", "۔", "…")
    )


def _words(sentence: str) -> int:
    """Words, where the script has spaces; else two characters count as one."""
    dense = len(re.findall(r"[\u3040-\u30ff\u4e00-\u9fff\u0e00-\u0e7f]", sentence))
    return dense // 2 if dense > len(sentence) / 3 else len(sentence.split())


def _share(lines: list[str], test: Any) -> float:
    return sum(map(test, lines)) / len(lines) if lines else 0.0


def _share_found(part: str, whole: str) -> float:
    """How many of the telling words of `part` are in `whole`, as a share; word endings count little."""
    words = set(_telling_words(part))
    stems = {word[:5] for word in _telling_words(whole)}
    lowered = whole.lower()
    return sum(word[:5] in stems or word in lowered for word in words) / len(words) if words else 1.0


def _telling_words(text: str) -> list[str]:
    return [word for word in re.findall(r"[^\W_]+", text.lower()) if word not in _COMMON and len(word) > 1]


def _vote(share: float, rng: Random, *, sure: float, doubtful: float) -> bool:
    """A vote that is open only between `doubtful` and `sure`."""
    return share >= sure or (share >= doubtful and rng.random() < (share - doubtful) / (sure - doubtful))
