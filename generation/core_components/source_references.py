"""Where a question or an answer speaks of the text it was made from: by phrases, or by naming its source."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

_TEXT_EN = r"(?:text|passage|excerpt|extract)"
_PART_EN = r"(?:document|article|paragraph|section|chapter|material|context|information)"
_GIVEN_EN = r"(?:given|provided|above|following|present)"
_NOUN_DE = r"(?:Text(?:es|e)?|Textabschnitts?|Abschnitt(?:s|es)?|Auszugs?|Dokuments?|Absatz(?:es)?)"
_NOUN_FR = r"(?:texte|passage|extrait|document|paragraphe)"
_NOUN_ES = r"(?:texto|pasaje|fragmento|documento|párrafo)"
_SEVERAL_EN = r"(?:texts|passages|excerpts|extracts)"
_SAY_EN = r"(?:says?|states?|mentions?|describes?|explains?|notes?|provides?)"
_SAY_NOT_EN = r"(?:do(?:es)? not|do(?:es)?n['’]t) (?:say|state|mention|describe|explain|provide|specify|answer)"
_REFERENCE = re.compile(
    rf"\b(?:according to|based on|in|from|by|per) (?:the|this|that) (?:{_GIVEN_EN} )?{_TEXT_EN}\b"
    rf"|\b(?:according to|based on) (?:the|this|that) (?:{_GIVEN_EN} )?{_PART_EN}(?: {_GIVEN_EN})?\b"
    rf"|\b(?:in|from|by) (?:this (?:{_GIVEN_EN} )?|the {_GIVEN_EN} ){_PART_EN}\b"
    rf"|\b(?:the|this) (?:{_GIVEN_EN} )?(?:{_TEXT_EN}|{_PART_EN}) (?:{_SAY_EN}|{_SAY_NOT_EN}|given|provided|above)\b"
    rf"|\b(?:according to|based on) (?:the|these|those) (?:{_GIVEN_EN} )?{_SEVERAL_EN}\b"
    rf"|\b(?:in|from|by) (?:these (?:{_GIVEN_EN} )?|the {_GIVEN_EN} ){_SEVERAL_EN}\b"
    rf"|\b(?:the|these) (?:{_GIVEN_EN} )?{_SEVERAL_EN} (?:{_SAY_EN}|{_SAY_NOT_EN}|given|provided|above)\b"
    r"|\b(?:none|one|any|each|both|all) of the passages\b"
    r"|\bthe author(?:s)? (?:says?|states?|mentions?|describes?|explains?|notes?|argues?|points?)\b"
    r"|\bas (?:mentioned|stated|described|noted) (?:above|earlier|here)\b"
    r"|\b(?:passages?|excerpts?|textstellen?) (?:#|no\.? ?|nr\.? ?)?\d+\b"
    r"|\b(?:according to|based on) (?:texts?|documents?|sources?) (?:#|no\.? ?)?\d+\b"
    rf"|\b(?:laut|nach|gemäß|in|aus|im) (?:dem |diesem |des )?{_NOUN_DE}\b|\b(?:der|dieser) Text\b"
    r"|\b(?:(?:laut|nach|gemäß) den|(?:in|aus) diesen) (?:gegebenen )?(?:Texten|Textstellen|Passagen)\b"
    r"|\b(?:die|diese) (?:Textstellen|Passagen|Auszüge) (?:sagen|nennen|erwähnen|beschreiben|enthalten)\b"
    r"|\b(?:selon les|d['’]après les|dans ces) (?:textes|passages|extraits)\b"
    r"|\b(?:según los|en estos) (?:textos|pasajes|fragmentos)\b"
    rf"|\b(?:selon|d['’]après|dans) (?:le|ce|cet) {_NOUN_FR}\b|\bl['’]auteur\b"
    rf"|\b(?:según|en) (?:el|este) {_NOUN_ES}\b",
    re.IGNORECASE,
)
_OPENING = re.compile(rf"^(?:{_REFERENCE.pattern})\s*(?:,|(?:that|dass|que)\b)?\s*", re.IGNORECASE)


def speaks_of_its_source(text: str) -> str | None:
    """The first phrase that refers to the source, or None."""
    found = _REFERENCE.search(text)
    return None if found is None else found.group()


def leans_on_its_source(question: str, sources: Sequence[str]) -> str | None:
    """The first words of a question that only somebody with its sources at hand would say: a phrase, or a file's name.

    Who asks knows neither. Sources whose name is no file's are left alone: they may be what the question is about.
    """
    files = named_in(question, [source for source in sources if PurePosixPath(source).suffix])
    return speaks_of_its_source(question) or next(iter(files), None)


def without_opening_reference(text: str) -> str:
    """The text without a reference it opens with: "According to the text, bees dance." → "Bees dance."."""
    rest = _OPENING.sub("", text, count=1)
    return text if not rest else rest[0].upper() + rest[1:]


def sources_of(passages: Sequence[Mapping[str, Any]]) -> list[str]:
    """The sources of passages that have one, each once, in order of their names."""
    return sorted({str(passage["source"]) for passage in passages if passage["source"]})


def named_in(text: str, sources: Sequence[str]) -> list[str]:
    """Those of the sources that a text names: whole, so that `tea.md` is not named by `green-tea.md`."""
    return [source for source in sources if re.search(rf"(?<![\w/.-]){re.escape(source)}(?![\w-])", text)]


def names_no_source(text: str, sources: Sequence[str]) -> str | None:
    """What is wrong with an answer that names none of the sources it was given; None where it names one."""
    if not sources or named_in(text, sources):
        return None
    return f"The answer names none of its sources ({', '.join(sources)})."
