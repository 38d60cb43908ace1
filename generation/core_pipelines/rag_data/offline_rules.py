"""What a model would ask, answer and decide, worked out from the row: `(values, rng) -> completion`.

Questions are turned around from sentences of the chunk; an answer is the sentence that answers its question, word for
word, from the passages where the search found it, else from what is known.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from random import Random
from typing import Any

from generation.core_components.languages import language_of
from generation.core_components.offline_writer.questions import every_pair, question_answer_pairs
from generation.core_components.offline_writer.sentences import squeezed
from generation.core_components.retrieval import passages_in
from generation.core_pipelines.rag_data.offline_phrases import PHRASES

Values = Mapping[str, Any]


def ask(values: Values, rng: Random) -> str:
    """Up to `most` questions that sentences of the text answer."""
    pairs = question_answer_pairs(values["text"], rng, most=int(values.get("most", 2)))
    listed = "\n".join(f"{number}. {pair.question}" for number, pair in enumerate(pairs, 1))
    return f"These facts are worth asking for.\n\n{listed}" if pairs else "NO QUESTIONS"


def answer(values: Values, rng: Random) -> str:
    """The sentence that answers, after a thought that looks the passages through; or that there is none."""
    passages = passages_in(values["passages"])
    phrases = PHRASES.get(language_of(values["question"]), PHRASES["en"])
    sources = ", ".join(dict.fromkeys(passage["source"] for passage in passages))
    missed = phrases.missed.format(sources=sources)
    if values["search"] == "unknown":
        return _said([phrases.looked, missed, phrases.lost], phrases.unknown.format(sources=sources))
    if values["search"] == "from_memory":
        known = _answer_in(values["known"], values["question"])
        return _said(
            [phrases.looked, missed, phrases.remembered.format(one=known)], phrases.from_memory.format(one=known)
        )
    best = max(passages, key=lambda each: _answers(each["text"], values["question"]))
    source, one = best["source"], _answer_in(best["text"], values["question"])
    return _said([phrases.looked, phrases.helps.format(source=source, one=one)], f"{one.rstrip('.。')} ({source}).")


def check_answer(values: Values, rng: Random) -> str:
    """Right, where the answer's sentence stands where it should: in the passages, in what is known, or nowhere."""
    passages = [passage["text"] for passage in passages_in(values["passages"])]
    if values["search"] == "unknown":
        answered = any(map(partial(_is_answered, question=values["question"]), passages))
        return _verdict("Some passage answers it." if answered else "No passage answers it.", right=not answered)
    wanted = [values["known"]] if values["search"] == "from_memory" else passages
    answers = (_answer_in(text, values["question"]).rstrip(".。") for text in wanted)
    right = any(sentence and sentence in squeezed(values["answer"]) for sentence in answers)
    return _verdict("It is from where it should be." if right else "It is not from where it should be.", right=right)


def _verdict(reason: str, *, right: bool) -> str:
    return f"Reason: {reason}\nVerdict: {'right' if right else 'wrong'}"


def _is_answered(text: str, question: str) -> bool:
    """Whether a sentence of the text answers just this question."""
    return question in [pair.question for pair in every_pair(text)]


def _said(thoughts: list[str], said: str) -> str:
    return f"<thoughts>\n{' '.join(thoughts)}\n</thoughts>\n<answer>\n{said}\n</answer>"


def _answer_in(text: str, question: str) -> str:
    """The sentence that this question was made of, or the one that shares most with it; empty where there is none."""
    pairs = every_pair(text)
    exact = next((pair.answer for pair in pairs if pair.question == question), None)
    return exact or max((pair.answer for pair in pairs), key=lambda each: _overlap(each, question), default="")


def _answers(text: str, question: str) -> tuple[bool, float]:
    """How well a text answers a question: whether it was made of one of its sentences, and the best one's overlap."""
    return _is_answered(text, question), _overlap(_answer_in(text, question), question)


def _overlap(sentence: str, question: str) -> float:
    words, asked = set(_words(sentence)), set(_words(question))
    return len(words & asked) / (len(words) + 3)


def _words(text: str) -> list[str]:
    return [word[:6].casefold() for word in re.findall(r"[^\W_]{3,}", text)] or list(text)
