"""Which languages rows are in: the one a row names, or the one its words tell.

Where neither is sure, as with a few words, the script is told that most of its letters are in.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from generation_functions.languages import UNDETERMINED, detect_language

UNKNOWN = "no letters"
_LOOKED_AT = 2_000
_SCRIPTS = {
    "Latin": "A-Za-zª-ʯḀ-ỿＡ-Ｚａ-ｚ",
    "Greek": "Ͱ-Ͽἀ-῿", "Cyrillic": "Ѐ-ԯ", "Armenian": "Ա-֏", "Hebrew": "\u0590-\u05ff",
    "Arabic": "\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefe", "Devanagari": "\u0900-\u097f",
    "Bengali": "\u0980-\u09ff", "Gurmukhi": "\u0a00-\u0a7f", "Gujarati": "\u0a80-\u0aff", "Tamil": "\u0b80-\u0bff",
    "Telugu": "\u0c00-\u0c7f", "Kannada": "\u0c80-\u0cff", "Malayalam": "\u0d00-\u0d7f", "Thai": "\u0e00-\u0e7f",
    "Georgian": "\u10a0-\u10ff", "Ethiopic": "\u1200-\u137f", "Khmer": "\u1780-\u17ff",
    "Japanese": "\u3040-\u30ff", "Chinese characters": "\u3400-\u4dbf\u4e00-\u9fff", "Korean": "\uac00-\ud7af",
}  # fmt: skip
_OF_SCRIPT = {name: re.compile(f"[{ranges}]") for name, ranges in _SCRIPTS.items()}
_KANA_SHARE = 0.1


@dataclass(frozen=True)
class Languages:
    """Rows by language or script, the commonest first. `named` rows say their language themselves."""

    rows: int
    named: int
    counts: tuple[tuple[str, int], ...]


class LanguageCount:
    """Counts rows by language."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._named = 0

    def add(self, text: str, language: str | None) -> None:
        """Count a row by the language it names or is written in, or by the script of its text."""
        self._named += language is not None
        told = detect_language(text) if language is None else language
        self._counts[script_of(text) if told == UNDETERMINED else told] += 1

    def languages(self) -> Languages:
        """What was counted."""
        ranked = sorted(self._counts.items(), key=lambda item: (-item[1], item[0]))
        return Languages(self._counts.total(), self._named, tuple(ranked))


def script_of(text: str) -> str:
    """The script that most letters of a text's beginning are in, followed by "script"; `no letters` without any."""
    beginning = text[:_LOOKED_AT]
    if beginning.isascii():
        return "Latin script" if any(map(str.isalpha, beginning)) else UNKNOWN
    counts = {name: len(found.findall(beginning)) for name, found in _OF_SCRIPT.items()}
    # Japanese is written in both, and a tenth of kana already makes a Japanese text.
    if counts["Japanese"] > _KANA_SHARE * counts["Chinese characters"]:
        return "Japanese script" if _leads(counts, "Japanese", "Chinese characters") else _first(counts)
    return _first(counts)


def _leads(counts: dict[str, int], *names: str) -> bool:
    return sum(counts[name] for name in names) >= max(count for name, count in counts.items() if name not in names)


def _first(counts: dict[str, int]) -> str:
    name = max(counts, key=lambda name: counts[name])
    if not counts[name]:
        return UNKNOWN
    return name if name == "Chinese characters" else f"{name} script"
