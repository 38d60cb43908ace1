"""Which language a text is in, as far as pipelines need to tell, which one to write in, and which ones to keep."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Annotated, TypeAlias

from pydantic import AfterValidator, Field

from generation_functions.languages import UNDETERMINED, detect_language
from generation_functions.languages.names import NAMES, language_code

OWN_LANGUAGE = "the language of the text"
"""What a prompt's `{language}` says where every text keeps its own."""

OWN_LANGUAGE_OF_CONVERSATION = "the language of the conversation"
"""The same where conversations are what is read."""

OWN_LANGUAGE_OF_CLASSES = "the language of the class descriptions"
"""The same where rules are made of descriptions of classes."""

Language: TypeAlias = Annotated[
    str, Field(min_length=2, description="Language to write in, by its name (German); by default that of the source.")
]
"""A pipeline's `language:`. It fills `{language}` in the prompts of steps that write."""


def known_code(code: str) -> str:
    """The code itself. Raises `ValueError` where detection gives no such code, with the one that may be meant."""
    if code in NAMES or code == UNDETERMINED:
        return code
    head = code[:2].lower()  # of eng, EN and en-GB alike
    meant = language_code(code) or (head if head in NAMES else None)
    hint = f"did you mean '{meant}'?" if meant else "write two letters, as de for German"
    raise ValueError(f"'{code}' is the code of no language; {hint}")


LanguageCode: TypeAlias = Annotated[str, AfterValidator(known_code)]
"""An ISO 639-1 code that detection gives, or `und` for what it cannot tell."""

Languages: TypeAlias = Annotated[
    tuple[LanguageCode, ...],
    Field(description="Codes (en, de) of languages to keep, und for what cannot be told; else all."),
]
"""A pipeline's `languages:`, where whole texts or rows are left out by the language they are in."""


def kept_language(code: str, languages: Collection[str]) -> tuple[bool, str]:
    """Whether a text in this language is kept, and why it is not. Without languages, all are."""
    reason = "its language cannot be told" if code == UNDETERMINED else f"it is in {code}"
    return not languages or code in languages, reason


_COMMONEST = {
    "en": "the of and to in is was that for with as on are by from at it were which an be this",
    "de": "der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als auch es werden wurde",
    "fr": "de la le et les des en un du une est que dans qui par pour au sur il pas plus sont se ce avec",
    "es": "de la que el en y los se del las un por con una su para es al lo como más fue son",
    "it": "di e il la che in un del per una della è con non le da sono dei nel si al alla gli",
    "pt": "de a o que e do da em um para com não uma os no se na por mais as dos foi ao são",
    "nl": "de van het een en in is dat op te zijn met voor die niet aan er om ook als werd door naar bij",
}

_LEANING = {
    "en": "it he she they we you i this these those that such its his her their there here but and or so then however "
    "another others both neither either one also yet nor instead today now later earlier meanwhile thus hence only "
    "even therefore moreover furthermore two three four all each some",
    "de": "er sie es dies diese dieser dieses diesem diesen dort hier aber doch dabei dadurch damit daher darum "
    "man dazu dann so auch und oder wir ich jedoch deshalb sein seine ihr ihre beide heute später sonst",
    "fr": "il elle ils elles on nous je ce cet cette ces cela ceci mais et ou donc or ni car son sa ses leur leurs ici "
    "ainsi puis alors ensuite aujourd'hui cependant pourtant celui celle ceux celles l'un là enfin",
    "es": "él ella ellos ellas esto este esta estos estas eso ese esa pero y o su sus así luego entonces hoy después "
    "también allí aquí sin ambos ambas",
}

FUNCTION_WORDS: Mapping[str, frozenset[str]] = {code: frozenset(words.split()) for code, words in _COMMONEST.items()}

DEICTIC: Mapping[str, frozenset[str]] = {code: frozenset(words.split()) for code, words in _LEANING.items()}
"""Words a sentence begins with when it leans on the one before; such a sentence says little alone."""

_SCRIPTS = (
    ("ja", re.compile(r"[\u3040-\u30ff]")),
    ("zh", re.compile(r"[\u4e00-\u9fff]")),
    ("ko", re.compile(r"[\uac00-\ud7af]")),
    ("ru", re.compile(r"[\u0400-\u04ff]")),
    ("ar", re.compile(r"[\u0600-\u06ff]")),
    ("hi", re.compile(r"[\u0900-\u097f]")),
    ("th", re.compile(r"[\u0e00-\u0e7f]")),
)


def language_of(text: str) -> str:
    """A two-letter code, for who needs one of every text: where detection is not sure, the likeliest.

    What is too short to tell goes by its script or its commonest small words, and is `en` where neither says more.
    """
    detected = detect_language(text)
    return _likeliest(text) if detected == UNDETERMINED else detected


def _likeliest(text: str) -> str:
    letters = sum(character.isalpha() for character in text) or 1
    for code, script in _SCRIPTS:
        if len(script.findall(text)) > letters * (0.1 if code == "ja" else 0.3):
            return code
    words = re.findall(r"[^\W\d_]+", text.lower())
    counts = {code: sum(word in common for word in words) for code, common in FUNCTION_WORDS.items()}
    return max(counts, key=lambda code: counts[code])
