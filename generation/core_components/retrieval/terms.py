"""The terms a text is found by: word stems where a script has spaces, pairs of characters where it has none."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from functools import cache
from typing import Any

from generation.core_components.languages import DEICTIC, FUNCTION_WORDS

_DENSE = (
    r"\u3041-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"  # kana and ideographs
    r"\uac00-\ud7af\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Hangul, Thai, Lao, Burmese, Khmer
)
# Vowel signs of India's scripts are no letters to a regular expression, and must not cut words.
_WORD = re.compile(rf"(?:[^\W_{_DENSE}]|[\u0300-\u036f\u0900-\u0dff])+")
_DENSE_RUN = re.compile(rf"[{_DENSE}]+")
_UNWRITTEN = re.compile(r"[\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670]")
"""Points of Hebrew and Arabic, which most texts leave out."""

_ASKING = {
    "en": "what when where who whom whose why how which do does did can could would should has have had many much",
    "de": "was wann wo wer wem wen warum wieso weshalb wie welche welcher welches welchen hat haben kann können viele",
    "fr": "quoi quand où qui que pourquoi comment quel quelle quels quelles combien est-ce a ont peut",
    "es": "qué cuándo dónde quién quiénes cómo cuál cuáles cuánto cuántos cuántas ha han puede",
}
"""Words that questions ask with, and that say nothing of what they ask about."""

_CUT_OFF = {"en": "s t d m ll re ve", "fr": "l d s t j m n c qu", "it": "l d un dell nell all dall sull"}
"""What an apostrophe leaves of a small word, before a word or after it."""

_MOST_WORDS = 1_000_000
_STEMMERS = {
    "ar": "arabic", "da": "danish", "de": "german", "en": "english", "es": "spanish", "fi": "finnish", "fr": "french",
    "hu": "hungarian", "it": "italian", "nl": "dutch", "no": "norwegian", "pt": "portuguese", "ro": "romanian",
    "ru": "russian", "sv": "swedish",
}  # fmt: skip


def term_counts(text: str, language: str) -> Counter[str]:
    """How often each term stands in a text. `language` is a two-letter code; of an unknown one, words stay whole."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    if not plain.isascii():
        plain = _UNWRITTEN.sub("", plain)
    counts: Counter[str] = Counter()
    stems = _stems(language)
    for word, count in Counter(_WORD.findall(plain)).items():
        if stem := stems[word]:
            counts[stem] += count
    if not plain.isascii():
        counts.update(pair for run in _DENSE_RUN.findall(plain) for pair in _pairs(run))
    return counts


def spoken_in(text: str, languages: Sequence[str]) -> list[str]:
    """Those of the languages that most small words of a text are of; all of them where it has none."""
    words = _WORD.findall(unicodedata.normalize("NFKC", text).casefold())
    counts = {language: sum(not _stems(language)[word] for word in words) for language in languages}
    most = max(counts.values(), default=0)
    return [language for language in languages if counts[language] == most]


def _pairs(run: str) -> list[str]:
    return [run[at : at + 2] for at in range(len(run) - 1)] or [run]


class _Stems(dict[str, str]):
    """The stem of each word met so far; empty for small words that every text has."""

    def __init__(self, language: str) -> None:
        super().__init__(dict.fromkeys(_small_words(language), ""))
        self._stemmer = _stemmer(language)

    def __missing__(self, word: str) -> str:
        if len(self) > _MOST_WORDS:
            self.clear()
        stem = self[word] = word if self._stemmer is None else str(self._stemmer.stem(word))
        return stem


def _small_words(language: str) -> set[str]:
    asking, cut_off = _ASKING.get(language, ""), _CUT_OFF.get(language, "")
    return {*FUNCTION_WORDS.get(language, ()), *DEICTIC.get(language, ()), *asking.split(), *cut_off.split()}


@cache
def _stems(language: str) -> _Stems:
    return _Stems(language)


def _stemmer(language: str) -> Any:
    if language not in _STEMMERS:
        return None
    from nltk.stem.snowball import SnowballStemmer

    return SnowballStemmer(_STEMMERS[language])
