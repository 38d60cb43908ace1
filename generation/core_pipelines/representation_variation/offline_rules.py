"""What a model would answer at each step, worked out from the row: `(values, rng) -> completion`.

Facts are sentences of the chunk that can stand alone, word for word; forms are made by putting them into the form.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from itertools import chain, cycle, pairwise
from random import Random
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from generation.core_components.languages import language_of
from generation.core_components.offline_writer.questions import question_answer_pairs
from generation.core_components.offline_writer.sentences import sentences, stands_alone
from generation.core_pipelines.representation_variation.offline_phrases import PHRASES, Phrases

Values = Mapping[str, Any]

_YEAR = re.compile(r"\b(?:in|im Jahre?|en|since|seit|desde|depuis)\s((?:1\d|20)\d\d)\b(?!\s?[–-]\s?\d)", re.IGNORECASE)
_NUMBER = re.compile(r"(?<![\w.,])\d+(?![\w.,]*\d)(?![\w])")
_MOST_QUESTIONS = 6
_MOST_INFERRED = 3


def list_facts(values: Values, rng: Random) -> str:
    """Every sentence of the text that can be understood alone."""
    text = values["text"]
    language = language_of(text)
    facts = [sentence for sentence in dict.fromkeys(sentences(text)) if stands_alone(sentence, language)]
    return "\n".join(f"- {fact}" for fact in facts) or "NO FACTS"


def infer_facts(values: Values, rng: Random) -> str:
    """How many years lie between two facts that each name one year."""
    facts = _facts(values)
    phrases = PHRASES.get(language_of(" ".join(facts)))
    dated = sorted((int(years[0]), fact) for fact in facts if len(years := _YEAR.findall(fact)) == 1)
    if phrases is None:
        return "NOTHING FOLLOWS"
    spans = [
        f"- {before} {after} {phrases.apart.format(years=later - earlier)}"
        for (earlier, before), (later, after) in pairwise(dated)
        if later - earlier > 1
    ]
    return "\n".join(rng.sample(spans, k=min(len(spans), _MOST_INFERRED))) or "NOTHING FOLLOWS"


def retell(values: Values, rng: Random) -> str:
    """The facts in the form that is asked for."""
    facts = _facts(values)
    phrases = PHRASES.get(language_of(" ".join(facts)), Phrases())
    topic = values["title"].partition(" › ")[0].replace("-", " ").replace("_", " ")
    return f"<retold>\n{_FORMS[values['form']](facts, topic, phrases, values, rng)}\n</retold>"


def _facts(values: Values) -> list[str]:
    return [line.removeprefix("- ") for line in values["facts"].split("\n") if line.strip()]


def _essay(facts: list[str], topic: str, phrases: Phrases, values: Values, rng: Random) -> str:
    paragraphs = [" ".join(facts[at : at + 3]) for at in range(0, len(facts), 3)]
    opening = phrases.opening.format(topic=topic)
    return "\n\n".join(part for part in (opening, *paragraphs, phrases.ending.format(topic=topic)) if part)


def _list(facts: list[str], topic: str, phrases: Phrases, values: Values, rng: Random) -> str:
    heading = phrases.listed.format(topic=topic) or f"{topic}:"
    return "\n".join([heading, *(f"- {fact}" for fact in facts)])


def _question_answer(facts: list[str], topic: str, phrases: Phrases, values: Values, rng: Random) -> str:
    pairs = question_answer_pairs("\n\n".join(facts), rng, most=_MOST_QUESTIONS)
    return "\n\n".join(f"Q: {pair.question}\nA: {pair.answer}" for pair in pairs)


def _json(facts: list[str], topic: str, phrases: Phrases, values: Values, rng: Random) -> str:
    entries = [{"statement": fact, **_properties(fact)} for fact in facts]
    return json.dumps({"topic": topic, "facts": entries}, ensure_ascii=False, indent=2)


def _properties(fact: str) -> dict[str, list[int]]:
    years = [int(year) for year in _YEAR.findall(fact)]
    numbers = [int(number) for number in _NUMBER.findall(fact) if int(number) not in years]
    return {name: found for name, found in (("years", years), ("numbers", numbers)) if found}


def _xml(facts: list[str], topic: str, phrases: Phrases, values: Values, rng: Random) -> str:
    def element(fact: str) -> str:
        years = _YEAR.findall(fact)
        return f"  <fact{f' year={quoteattr(years[0])}' if len(years) == 1 else ''}>{escape(fact)}</fact>"

    return "\n".join([f"<knowledge topic={quoteattr(topic)}>", *map(element, facts), "</knowledge>"])


def _dialogue(facts: list[str], topic: str, phrases: Phrases, values: Values, rng: Random) -> str:
    asking, knowing = rng.sample(phrases.names, k=2)
    pairs = question_answer_pairs("\n\n".join(facts), rng, most=_MOST_QUESTIONS)
    turns = [f"{asking}: {pair.question}\n{knowing}: {pair.answer}" for pair in pairs]
    return "\n".join([*turns, *([f"{asking}: {phrases.thanks}"] if phrases.thanks else [])])


def _logic_chain(facts: list[str], topic: str, phrases: Phrases, values: Values, rng: Random) -> str:
    last = phrases.follows.format(last=len(facts), topic=topic) or topic
    return "\n".join(f"{number}. {step}" for number, step in enumerate([*facts, last], 1))


def _reversed_causality(facts: list[str], topic: str, phrases: Phrases, values: Values, rng: Random) -> str:
    last, *before = reversed(facts)
    links = cycle(phrases.before)
    return " ".join([last, *(f"{next(links)} {fact}".strip() for fact in before)])


def _stream_of_thought(facts: list[str], topic: str, phrases: Phrases, values: Values, rng: Random) -> str:
    first, *others = phrases.musings
    musings = chain([first], cycle(rng.sample(others, k=len(others)) or [""]))
    return " ".join(part for fact in facts for part in (next(musings), fact) if part)


_FORMS: Mapping[str, Callable[[list[str], str, Phrases, Values, Random], str]] = {
    "essay": _essay,
    "list": _list,
    "question_answer": _question_answer,
    "json": _json,
    "xml": _xml,
    "dialogue": _dialogue,
    "logic_chain": _logic_chain,
    "reversed_causality": _reversed_causality,
    "stream_of_thought": _stream_of_thought,
}
