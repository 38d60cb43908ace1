"""What a model would answer at each step, worked out from the conversation: `(values, rng) -> completion`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from random import Random
from typing import Any

from generation.core_components.conversations.facts import names, numbers
from generation.core_components.conversations.passages import read_transcript, transcript
from generation.core_components.conversations.protection import protected, without_marks
from generation.core_components.languages import language_of
from generation.core_components.offline_writer.rewording import accented, reworded
from generation.core_components.offline_writer.sentences import sentences
from generation.core_components.offline_writer.telling_words import telling_words

Values = Mapping[str, Any]

OWN = "the language of"
OPENERS = {
    "en": ("Gladly. ", "Of course. ", "Happy to help. ", "Good question. "),
    "de": ("Gern. ", "Aber natürlich. ", "Das erkläre ich gern. "),
    "fr": ("Volontiers. ", "Bien sûr. "),
    "es": ("Con gusto. ", "Claro que sí. "),
}
PROMPTS = {
    "en": (
        "You answer questions about {topics}. Keep to what is known, in one to three complete sentences.",
        "People come to you to learn about {topics}. Answer directly, with names and numbers, and stop there.",
        "Answer as someone who knows {topics} well and has little time: the point first, then what it rests on.",
        "You help with {topics}. Be accurate and plain. Where you do not know, say so.",
    ),
    "de": (
        "Du beantwortest Fragen zu {topics}. Bleib bei dem, was bekannt ist, in ein bis drei ganzen Sätzen.",
        "Wer dich fragt, möchte etwas über {topics} lernen. Antworte ohne Umschweife, mit Namen und Zahlen.",
    ),
    "fr": ("Tu réponds à des questions sur {topics}. Va droit au but, en une à trois phrases complètes.",),
    "es": ("Respondes a preguntas sobre {topics}. Ve al grano, con una a tres frases completas.",),
}
THOUGHTS = {
    "en": (
        "They want to know “{asked}”. What comes to mind first: {words}. {check} I will say it plainly.",
        "So the question is “{asked}”. This turns on {words}. {check} The point first, in whole sentences.",
        "“{asked}”: that is what they ask. I should bring in {words}. {check} No need for more than that.",
    ),
    "de": (
        "Gefragt ist: „{asked}“. Mir fällt dazu ein: {words}. {check} Das sage ich schlicht, ohne den Rest.",
        "„{asked}“, darum geht es also. Entscheidend: {words}. {check} Zuerst das Wichtigste, in ganzen Sätzen.",
    ),
    "fr": ("On me demande « {asked} ». Ce qui compte : {words}. {check} Je le dis simplement.",),
    "es": ("Me preguntan «{asked}». Lo que cuenta: {words}. {check} Lo digo con sencillez.",),
}
CHECKS = {
    "en": ("The number matters here, {number}, so it must be right.", "No figures are needed."),
    "de": ("Die Zahl {number} muss stimmen.", "Zahlen braucht es keine."),
    "fr": ("Le chiffre {number} doit être juste.", "Pas besoin de chiffres."),
    "es": ("La cifra {number} tiene que ser exacta.", "No hacen falta cifras."),
}
_JOIN = {"en": "and", "de": "und", "fr": "et", "es": "y"}


def rewrite(values: Values, rng: Random) -> str:
    """The passages in other words; in another language, as far as rules can: with accents, so that it can be seen."""
    passages = read_transcript(values["transcript"])
    language = language_of(" ".join(passages.values()))
    friendly = bool(re.search(r"warm|friend|kind|cheer|herzlich|freund", str(values.get("style", "")), re.IGNORECASE))
    told = {name: reworded(text, language) for name, text in passages.items()}
    if friendly and language in OPENERS:
        told = {n: rng.choice(OPENERS[language]) + t if _is_opened(n, t) else t for n, t in told.items()}
    own = OWN in values["language"]
    return transcript(told if own else {name: accented(text) for name, text in told.items()})


def _is_opened(name: str, text: str) -> bool:
    """Whether a friendly word fits before a passage: before an answer that does not begin with one itself."""
    return name.startswith("assistant") and len((sentences(text) or [text])[0].split()) > 2


def check_same(values: Values, rng: Random) -> str:
    """Same, where the numbers are the same and the length is not far off."""
    before, after = values["transcript"], values["rewritten"]
    same = numbers(before) == numbers(after) and 0.6 < len(after) / len(before) < 1.7
    told = "There is no difference in meaning." if same else "The two versions differ in numbers or in length."
    return f"{told}\nVerdict: {'same' if same else 'changed'}"


def write_system(values: Values, rng: Random) -> str:
    """What the operator of such an assistant could have written, about the topics of the conversation."""
    passages = read_transcript(values["transcript"])
    language = language_of(" ".join(text for name, text in passages.items() if not name.startswith("thoughts")))
    topics = topics_of(passages)
    prompt = rng.choice(PROMPTS.get(language, PROMPTS["en"])).format(topics=listed(topics, language))
    return f"<system>\n{prompt}\n</system>"


def write_thoughts(values: Values, rng: Random) -> str:
    """For each answer: what is asked, what bears on it, and how to say it."""
    passages = read_transcript(values["transcript"])
    thoughts = {name: _thought(name, passages, rng) for name in re.findall(r"thoughts\d+", values["wanted"])}
    return transcript(thoughts)


def _thought(name: str, passages: Mapping[str, str], rng: Random) -> str:
    number = int(name.removeprefix("thoughts"))
    answer = passages[f"assistant{number}"]
    before = [text for other, text in passages.items() if other.startswith("user") and int(other[4:]) < number]
    question = before[-1] if before else answer
    language = language_of(f"{question} {answer}")
    language = language if language in THOUGHTS else "en"
    plain = _without_opener(without_marks(protected({"": answer})[0][""]), language)
    named = sorted(names(plain) if language != "de" else (), key=plain.index)[:2]
    fresh = [word for word in telling_words(plain, 5) if word.lower()[:5] not in question.lower()]
    words = [*named, *(word for word in fresh if not any(word in name for name in named))][:4]
    figures = re.findall(r"\d[\d.,]*\d|\d", plain)
    check = CHECKS[language][0].format(number=figures[0]) if figures else CHECKS[language][1]
    asked = _asked(question)
    return rng.choice(THOUGHTS[language]).format(
        asked=asked, words=", ".join(words or telling_words(plain, 2)), check=check
    )


def _without_opener(answer: str, language: str) -> str:
    for opener in OPENERS.get(language, ()):
        answer = answer.removeprefix(opener)
    return answer


def _asked(question: str) -> str:
    """The question as one would say it to oneself, shortened."""
    found = sentences(question) or [question]
    asked = next((each for each in reversed(found) if each.endswith("?")), found[0]).strip("¿?.! ")
    words = asked.split()
    return " ".join(words[:18]) + (" …" if len(words) > 18 else "")


def topics_of(passages: Mapping[str, str]) -> list[str]:
    """What a conversation is about: names that the user says, or else telling words of question and answer."""
    asked = " ".join(text for name, text in passages.items() if name.startswith("user"))
    answered = " ".join(text for name, text in passages.items() if name.startswith("assistant")).lower()
    named = sorted((name for name in names(asked) if len(name) > 3), key=asked.index)[:2]
    nouns = re.findall(r"\b(?:a|an|the|of|about|der|die|das|la|le|el|les|los) ([^\W\d_]{4,})", asked)
    words = [word for word in telling_words(asked, 8) if word in nouns] or telling_words(asked, 8)
    return named or [word for word in words if word.lower() in answered][:2] or words[:2] or ["everyday life"]


def listed(words: list[str], language: str) -> str:
    """Words as a list in a sentence."""
    return f" {_JOIN.get(language, 'and')} ".join(words)
