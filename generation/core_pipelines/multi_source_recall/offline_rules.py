"""What a model would ask, answer and decide, worked out from the passages: `(values, rng) -> completion`.

Questions are turned around from sentences of the passages, and answers are those sentences, word for word, each with
its source. What an answer has to know of its question it finds in the question again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from random import Random
from typing import Any, NamedTuple

from generation.core_components.languages import language_of
from generation.core_components.offline_writer.questions import every_pair
from generation.core_components.offline_writer.sentences import sentences, squeezed, stands_alone
from generation.core_components.offline_writer.telling_words import WEAK_WORDS
from generation.core_components.retrieval import passages_in
from generation.core_pipelines.multi_source_recall.offline_phrases import PHRASES, UNHEARD_OF, Phrases

Values = Mapping[str, Any]

NO_QUESTION = "NO QUESTION"
_DOUBTFUL = 0
_SHORT = 20
_TRIED = 4
_TWO_DIGITS, _THIS_MILLENNIUM = 10, 2000
_YEAR = re.compile(r",?\s(?:(?:in|im Jahr|en|en el año|since|seit)\s)((?:1\d|20)\d\d)\b(?!\s?[–-]\s?\d)", re.IGNORECASE)
_NUMBER = re.compile(r"(?<![\w.,])\d{2,4}(?![\w.,]*\d)(?!\w)")
_QUOTED = re.compile(r"[“„«]\s?(.+?)\s?[”“»]")


class Known(NamedTuple):
    """A sentence of a passage that can stand alone, the question it answers where there is one, and its source."""

    sentence: str
    question: str
    source: str


def ask(values: Values, rng: Random) -> str:
    """A question in the wanted way, from sentences of the passages; none where they give nothing for it."""
    passages = passages_in(values["passages"])
    language = language_of(passages[0]["text"])
    elsewhere = [passage for passage in passages[1:] if passage["source"] != passages[0]["source"]]
    others = [passage for passage in elsewhere or passages[1:] if language_of(passage["text"]) == language]
    known = [_known(passage, language) for passage in [passages[0], *others]]
    phrases = PHRASES.get(language)
    if not known[0] or (phrases is None and values["way"] != "open"):
        return NO_QUESTION
    topic = passages[0]["title"].split(" › ")[-1] or passages[0]["source"]
    topic = re.sub(r"^\d+\.\s|\.\w{1,5}$", "", topic).replace("-", " ")
    made = _ASKING[values["way"]](known, rng, phrases, topic)
    return NO_QUESTION if made is None else f"This can be asked about the passages.\n\n{made}"


def answer(values: Values, rng: Random) -> str:
    """The sentences that the question was made of, each with its source, after a thought that recalls them."""
    passages = passages_in(values["passages"])
    language = language_of(passages[0]["text"])
    phrases = PHRASES.get(language, PHRASES["en"])
    known = [each for passage in passages for each in _known(passage, language)]
    question = squeezed(values["dialogue"].rpartition("User: ")[2])
    found, said, noted = _ANSWERING[values["way"]](known, question, phrases)
    recalled = [phrases.recalled.format(source=each.source, one=each.sentence) for each in found]
    thoughts = " ".join([phrases.thought, *recalled, *([noted] if noted else [])])
    return f"<thoughts>\n{thoughts}\n</thoughts>\n<answer>\n{said}\n</answer>"


def check_answer(values: Values, rng: Random) -> str:
    """Grounded, where a sentence of the answer stands in a passage, and all its numbers do."""
    passages = squeezed(" ".join(passage["text"] for passage in passages_in(values["passages"])))
    repeated = [sentence for sentence in sentences(values["answer"]) if _bare(sentence) in passages]
    foreign = set(re.findall(r"\d+", _without_sources(values))) - set(re.findall(r"\d+", passages))
    if foreign:
        return f"Reason: No passage has the number {min(foreign)}.\nVerdict: ungrounded"
    parts = [part for part in re.split(r": |\(", values["answer"]) if len(part) > _SHORT]
    grounded = bool(repeated) or any(_bare(part) in passages for part in parts)
    where = "A passage has it" if grounded else "No passage has it"
    return f"Reason: {where} word for word.\nVerdict: {'' if grounded else 'un'}grounded"


def _known(passage: Mapping[str, str], language: str) -> list[Known]:
    asked = {pair.answer: pair.question for pair in every_pair(passage["text"]) if pair.worth > _DOUBTFUL}
    alone = [each for each in dict.fromkeys(sentences(passage["text"])) if stands_alone(each, language)]
    return [Known(sentence, asked.get(sentence, ""), passage["source"]) for sentence in alone]


def _open(known: list[list[Known]], rng: Random, phrases: Phrases | None, topic: str) -> str | None:
    one, other = _two_asked(known, rng)
    if one is None or other is None:
        return None
    second = other.question
    if phrases is not None and "“" not in second and "„" not in second and "«" not in second:
        second = _also(second, phrases)
    return f"Question: {one.question} {second}"


def _comparison(known: list[list[Known]], rng: Random, phrases: Phrases | None, topic: str) -> str | None:
    assert phrases is not None
    dated = [
        [each for each in some if len(_YEAR.findall(each.sentence)) == 1 and _plain(each.sentence)] for some in known
    ]
    if not dated[0] or not any(dated[1:]):
        return None
    two = [rng.choice(dated[0]), rng.choice([each for some in dated[1:] for each in some])]
    if len({_year(each) for each in two}) < 2:
        return None
    rng.shuffle(two)
    return f"Question: {phrases.first_of.format(one=_undated(two[0].sentence), two=_undated(two[1].sentence))}"


def _follow_up(known: list[list[Known]], rng: Random, phrases: Phrases | None, topic: str) -> str | None:
    assert phrases is not None
    one, other = _two_asked(known, rng)
    if one is None or other is None:
        return None
    second = _also(other.question, phrases)
    return f"First question: {one.question}\nFirst answer: {one.sentence}\nQuestion: {second}"


def _also(question: str, phrases: Phrases) -> str:
    """The question as a second one: "And when …?", "¿Y cuándo …?"."""
    opened, asked = ("¿", question[1:]) if question.startswith("¿") else ("", question)
    return opened + phrases.also.format(one=asked[0].lower() + asked[1:])


def _vague(known: list[list[Known]], rng: Random, phrases: Phrases | None, topic: str) -> str | None:
    assert phrases is not None
    rich = [(each, words) for each in known[0] if len(words := _telling(each.sentence)) > 1]
    if not rich:
        return None
    _, words = rng.choice(rich)
    return f"Question: {phrases.vague.format(one=words[0], two=words[1])}"


def _negative(known: list[list[Known]], rng: Random, phrases: Phrases | None, topic: str) -> str | None:
    assert phrases is not None
    counted = [each for each in known[0] if len(_NUMBER.findall(each.sentence)) == 1 and _plain(each.sentence)]
    if not counted:
        return None
    sentence = rng.choice(counted).sentence
    false = _NUMBER.sub(lambda match: str(_another(int(match.group()), rng)), sentence)
    return f"Question: {phrases.doubted.format(one=false)}"


def _another(number: int, rng: Random) -> int:
    """A number that is not this one: of two digits or more, as it is found again by, and no year to come."""
    shift = rng.choice((-13, 7, 12, 20))
    if number + shift < _TWO_DIGITS:
        return number - shift
    return number - shift if number >= _THIS_MILLENNIUM and shift > 0 else number + shift


def _hallucination(known: list[list[Known]], rng: Random, phrases: Phrases | None, topic: str) -> str | None:
    assert phrases is not None
    language = next(code for code, each in PHRASES.items() if each is phrases)
    return f"Question: {UNHEARD_OF[language].format(name=rng.choice(phrases.unheard), topic=topic)}"


_ASKING: Mapping[str, Callable[[list[list[Known]], Random, Phrases | None, str], str | None]] = {
    "open": _open, "comparison": _comparison, "follow_up": _follow_up, "vague": _vague, "negative": _negative,
    "hallucination": _hallucination,
}  # fmt: skip


def _asked(known: list[Known], question: str, phrases: Phrases) -> tuple[list[Known], str, str]:
    """The sentences whose own questions stand in the question."""
    found = [each for each in known if each.question and each.question.casefold()[1:] in question.casefold()]
    found = sorted(dict.fromkeys(found), key=lambda each: question.casefold().find(each.question.casefold()[1:]))
    return found, " ".join(map(_cited, found)), ""


def _compared(known: list[Known], question: str, phrases: Phrases) -> tuple[list[Known], str, str]:
    quoted = set(_QUOTED.findall(question))
    two = sorted([each for each in known if _undated(each.sentence) in quoted], key=_year)[:2]
    if len(two) < 2:
        return two, " ".join(map(_cited, two)), ""
    return two, phrases.earlier.format(one=_cited(two[0]), two=_cited(two[1])), f"{_year(two[0])} < {_year(two[1])}."


def _remembered(known: list[Known], question: str, phrases: Phrases) -> tuple[list[Known], str, str]:
    words = _QUOTED.findall(question)
    found = [each for each in known if all(word in each.sentence for word in words)][:1]
    return found, phrases.meant.format(one=" ".join(map(_cited, found))), ""


def _corrected(known: list[Known], question: str, phrases: Phrases) -> tuple[list[Known], str, str]:
    without = _NUMBER.sub("", next(iter(_QUOTED.findall(question)), ""))
    found = [each for each in known if _NUMBER.sub("", each.sentence) == without][:1]
    return found, phrases.corrected.format(one=" ".join(map(_cited, found))), phrases.wrong


def _denied(known: list[Known], question: str, phrases: Phrases) -> tuple[list[Known], str, str]:
    name = next((each for each in phrases.unheard if each in question), phrases.unheard[0])
    return known[:1], phrases.unknown.format(name=name, one=" ".join(map(_cited, known[:1]))), phrases.nowhere


_ANSWERING: Mapping[str, Callable[[list[Known], str, Phrases], tuple[list[Known], str, str]]] = {
    "open": _asked, "comparison": _compared, "follow_up": _asked, "vague": _remembered, "negative": _corrected,
    "hallucination": _denied,
}  # fmt: skip


def _two_asked(known: list[list[Known]], rng: Random) -> tuple[Known | None, Known | None]:
    """A sentence of the first passage and the one elsewhere that shares most with it, each with its question."""
    own = [each for each in known[0] if each.question]
    others = [each for some in known[1:] for each in some if each.question]
    pairs = [(one, other) for one in rng.sample(own, k=min(len(own), _TRIED)) for other in others]
    if not pairs:
        return None, None
    return max(pairs, key=lambda pair: (_in_common(*pair), rng.random()))


def _in_common(one: Known, other: Known) -> float:
    """How much two sentences share, for their length; the same sentence is no second one."""
    words, others = set(_words(one.sentence)), set(_words(other.sentence))
    return len(words & others) / (len(others) + 4) if one.sentence != other.sentence else -1.0


def _words(sentence: str) -> list[str]:
    words = (word.casefold() for word in re.findall(r"[^\W\d_]{4,}", sentence))
    return [word[:6] for word in words if word not in WEAK_WORDS]


def _plain(sentence: str) -> bool:
    return not re.search(r"[“”„«»\"]|\bsuch\b", sentence)


def _year(known: Known) -> int:
    return int(_YEAR.findall(known.sentence)[0])


def _undated(sentence: str) -> str:
    return squeezed(_YEAR.sub("", sentence)).rstrip(" .")


def _cited(known: Known) -> str:
    """The sentence with its source in brackets before the full stop."""
    body = known.sentence.rstrip(".")
    return f"{body} ({known.source})."


def _bare(text: str) -> str:
    return squeezed(re.sub(r"\s?\([^()]*\)\.?", "", text)).rstrip(" .")


def _without_sources(values: Values) -> str:
    text = str(values["answer"])
    for passage in passages_in(values["passages"]):
        text = text.replace(passage["source"], "")
    return text


def _telling(sentence: str) -> list[str]:
    """Two long words that say what the sentence is about; no names, which a vague memory has lost."""
    words = re.findall(r"(?<=\s)[^\W\d_]{6,}", sentence)
    capitals = language_of(sentence) == "de"
    small = [word for word in words if word.casefold() not in WEAK_WORDS and (word[0].islower() or capitals)]
    return sorted(dict.fromkeys(small), key=lambda word: (-len(word), word))[:2]
