"""What a model would answer at each step, worked out from the conversation: `(values, rng) -> completion`.

Rules know nothing of the world. Where the conversation had an answer, theirs are made from it: whole, short, padded.
Where it had none, they say what somebody says who cannot help much.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from random import Random
from typing import Any, TypeVar

from generation.core_components.languages import language_of
from generation.core_components.offline_writer.rewording import reworded
from generation.core_components.offline_writer.sentences import sentences
from generation_functions.rows import content_key

Values = Mapping[str, Any]
Phrase = TypeVar("Phrase")

_NUMBER = re.compile(r"(?<![\w.,])\d{1,4}(?![\w]|[.,]\d)")
_REASON = re.compile(r",? (?:because|so that|which|weil|damit|porque|parce que) [^.;\n]*")
_FILLER = re.compile(
    r"worth knowing|in short|(?:great|brilliant) question|absolutely right|kurz gesagt|en bref"
    r"|en resumen|großartige Frage|excellente question|pregunta tan brillante",
    re.IGNORECASE,
)
_INVENTED = re.compile(
    r"a study by the|the commission of|according to Professor|eine Studie der|une étude de|un estudio de",
    re.IGNORECASE,
)
_REFUSED = re.compile(
    r"\b(?:can't|cannot|not able to) help\b|not sure|depends on|es kommt darauf an|leider nicht helfen|cela dépend"
    r"|ne peux pas vous aider|depende de|no puedo ayudar",
    re.IGNORECASE,
)
_CONCLUDED = re.compile(
    r"so the opposite|which is why nobody|auch das Gegenteil|le contraire est donc|lo contrario también", re.IGNORECASE
)

INVENTIONS = {
    "en": (
        "A study by the University of Aldermere confirmed this in 1987.",
        "The commission of 1911 came to the same result.",
        "According to Professor Halvard Lindqvist, this has been doubted only once.",
    ),
    "de": ("Das hat 1987 eine Studie der Universität Aldersheim bestätigt.",),
    "fr": ("Une étude de l'université d'Aldermont l'a confirmé en 1987.",),
    "es": ("Un estudio de la Universidad de Aldamar lo confirmó en 1987.",),
}
PADDING = {
    "en": "Great question! It is worth knowing more about this. {text} In short: {first}",
    "de": "Eine gute Frage, die sich viele stellen. {text} Kurz gesagt: {first}",
    "fr": "Bonne question, que beaucoup se posent. {text} En bref : {first}",
    "es": "Buena pregunta, que se hacen muchos. {text} En resumen: {first}",
}
HEDGES = {
    "en": "It depends on whom you ask, but roughly speaking: ",
    "de": "Es kommt darauf an, wen man fragt, aber in etwa: ",
    "fr": "Cela dépend de qui l'on interroge, mais en gros : ",
    "es": "Depende de a quién se pregunte, pero más o menos: ",
}
EVASIONS = {
    "en": "People have asked this for a long time, and it depends on what you want to know. There is a lot to be said "
    "about how the question came up in the first place.",
    "de": "Das wird seit Langem gefragt, und es kommt darauf an, was man wissen will. Schon wie die Frage aufkam, ist "
    "eine lange Geschichte.",
    "fr": "On se le demande depuis longtemps, et cela dépend de ce que l'on veut savoir. La question a toute une "
    "histoire.",
    "es": "Es una pregunta antigua, y depende de lo que se quiera saber. La historia de la pregunta es larga.",
}
FLATTERY = {
    "en": "What a brilliant question, and you are absolutely right to ask!",
    "de": "Was für eine großartige Frage, gut, dass du sie stellst!",
    "fr": "Quelle excellente question, vous avez bien raison de la poser !",
    "es": "¡Qué pregunta tan brillante, y qué bien que la hagas!",
}
CONCLUSIONS = {
    "en": "So the opposite is true as well.",
    "de": "Also stimmt auch das Gegenteil.",
    "fr": "Le contraire est donc vrai aussi.",
    "es": "Por lo tanto, lo contrario también es cierto.",
}
REFUSALS = {
    "en": "I'm sorry, but I can't help with that. Please consult a professional.",
    "de": "Dabei kann ich leider nicht helfen. Bitte wende dich an eine Fachperson.",
    "fr": "Je regrette, je ne peux pas vous aider. Consultez un professionnel.",
    "es": "Lo siento, no puedo ayudarte con eso. Consulta a un profesional.",
}
UNHELPFUL = (
    "It depends on a few things. Ask somebody who knows your case well.",
    "I'm not sure. There are several views on this, and each has something to be said for it.",
)


def answer(values: Values, rng: Random) -> str:
    """An answer of one quality or another: the one that the conversation had, whole, padded, or cut short."""
    known = str(values.get("reference", ""))
    if not known:
        return _tagged(rng.choice(UNHELPFUL))
    return _tagged(rng.choice((_whole, _whole, _shortened, _padded, _hedged))(known, rng))


def strong_answer(values: Values, rng: Random) -> str:
    """The answer that the conversation had, in other words."""
    known = str(values.get("reference", ""))
    return _tagged(_whole(known, rng) if known else UNHELPFUL[0])


def weak_answer(values: Values, rng: Random) -> str:
    """Less of it."""
    known = str(values.get("reference", ""))
    return _tagged(rng.choice((_shortened, _padded, _hedged))(known, rng) if known else UNHELPFUL[1])


def score_answer(values: Values, rng: Random) -> str:
    """A grade by what can be seen: length, filler, hedging, an answer that stops early."""
    score, told = _grade(values["answer"])
    return f"{told}\nScore: {score}"


def plant_flaw(values: Values, rng: Random) -> str:
    """The good answer with a flaw of the kind asked for."""
    kind = next((kind for kind in PLANTING if kind in values["flaw"]), "padding")
    flawed, told = PLANTING[kind](values["answer"], rng)
    return f"Planted: {told}\n<answer>\n{flawed}\n</answer>"


def compare(values: Values, rng: Random) -> str:
    """The better grade wins. Of two that differ in a figure alone, one is believed, whatever their order."""
    first, second = values["first"], values["second"]
    (a, told_a), (b, told_b) = _grade(first), _grade(second)
    told = f"A: {told_a} B: {told_b}"
    if a == b and _figures(first) != _figures(second):
        believed = min(first, second, key=lambda text: content_key("believed", _figures(text)))
        a, b = (9, 3) if believed is first else (3, 9)
        told = f"They differ in a figure; {'A' if believed is first else 'B'} has the right one."
    elif a == b:
        a = min(10, a + 1)  # a judge with nothing to go by takes what stands first
        told = "Both say much the same; A comes to the point a little sooner."
    return f"Reason: {told}\nScore A: {a}\nScore B: {b}\nVerdict: {'A' if a > b else 'B'}"


def _grade(text: str) -> tuple[int, str]:
    """Points for an answer, and what decided them."""
    words = len(text.split())
    faults = (
        (_REFUSED.search(text), 5, "it leaves the user without an answer."),
        (_INVENTED.search(text), 4, "it names a source that nobody can check."),
        (_CONCLUDED.search(text), 4, "its conclusion does not follow."),
        (_FILLER.search(text), 3, "it fills up with words that say nothing."),
        (not text.rstrip().endswith((".", "!", "?", "`", ")", ":", "”", '"')), 3, "it breaks off."),
        (words < 9, 2, "it says very little."),
        (words < 20, 1, "it is short, and something is missing."),
    )
    found = [(cost, told) for fault, cost, told in faults if fault]
    score = max(1, 9 - sum(cost for cost, _ in found))
    return score, found[0][1] if found else "it gives what was asked for, and the reason."


def _whole(text: str, rng: Random) -> str:
    return reworded(text, language_of(text)) if rng.random() < 0.5 else text


def _shortened(text: str, rng: Random) -> str:
    found = sentences(text)
    kept = " ".join(found[: max(1, len(found) - 1)]) if len(found) > 1 else _REASON.sub("", text)
    return kept if kept != text else " ".join(text.split()[: max(3, len(text.split()) // 2)])


def _padded(text: str, rng: Random) -> str:
    first = (sentences(text) or [text])[0]
    return _of_language(PADDING, text).format(text=text, first=first)


def _hedged(text: str, rng: Random) -> str:
    return _of_language(HEDGES, text) + _shortened(text, rng)


def _wrong_fact(text: str, rng: Random) -> tuple[str, str]:
    numbers = list(_NUMBER.finditer(text))
    if not numbers:
        return _invented(text, rng)
    found = rng.choice(numbers)
    wrong = str(int(found.group()) + rng.choice((2, 3, 7, 11)))
    return text[: found.start()] + wrong + text[found.end() :], f"{found.group()} has become {wrong}."


def _omitted(text: str, rng: Random) -> tuple[str, str]:
    return _shortened(text, rng), "what the answer ends with is left out."


def _invented(text: str, rng: Random) -> tuple[str, str]:
    return f"{text} {rng.choice(_of_language(INVENTIONS, text))}", "a source that does not exist is added."


def _evaded(text: str, rng: Random) -> tuple[str, str]:
    return _of_language(EVASIONS, text), "the question is talked about instead of answered."


def _stretched(text: str, rng: Random) -> tuple[str, str]:
    return _padded(text, rng), "an introduction and a repetition say nothing new."


def _flattered(text: str, rng: Random) -> tuple[str, str]:
    return f"{_of_language(FLATTERY, text)} {text}", "the user is praised for asking."


def _misconcluded(text: str, rng: Random) -> tuple[str, str]:
    return f"{text} {_of_language(CONCLUSIONS, text)}", "a conclusion is added that does not follow."


def _refused(text: str, rng: Random) -> tuple[str, str]:
    return _of_language(REFUSALS, text), "a harmless request is declined."


PLANTING: Mapping[str, Callable[[str, Random], tuple[str, str]]] = {
    "wrong fact": _wrong_fact, "omission": _omitted, "invention": _invented, "evasion": _evaded,
    "padding": _stretched, "flattery": _flattered, "false conclusion": _misconcluded, "refusal": _refused,
}  # fmt: skip


def _of_language(phrases: Mapping[str, Phrase], text: str) -> Phrase:
    """The phrase in the text's language; in English where there is none."""
    return phrases.get(language_of(text), phrases["en"])


def _figures(text: str) -> list[str]:
    return re.findall(r"\d+", text)


def _tagged(text: str) -> str:
    return f"<answer>\n{text}\n</answer>"
