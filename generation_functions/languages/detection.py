"""The language of a text, by CLD2: a table of letter groups inside the library, with no download and no model.

CLD2 (Compact Language Detector 2) says itself whether it is sure; where it is not, neither are we.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

UNDETERMINED = "und"
"""What stands for a language that cannot be told: too little text, code, numbers, or a mixture."""

LOOKED_AT = 4_000
"""Characters that are looked at; more make the answer no surer."""

PARTS, PART = 4, 250
"""Of a text at least twice as long, so many parts of so many characters are looked at first: most texts are all in one
language, and then the parts tell it."""

CLEAR = 97
"""Per cent of the parts' letters that must be in one language for them to tell it."""

_NOT_TEXT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]|[^\x00-\uffff]")
"""Controls and noncharacters, which CLD2 refuses, and the planes of emoji, which say nothing."""

_OLD_CODES = {"iw": "he", "in": "id", "ji": "yi", "jw": "jv", "mo": "ro", "nb": "no"}


def detect_language(text: str) -> str:
    """The ISO 639-1 code of a text's main language; "und" where that cannot be told surely.

    About 20 words suffice in most languages; closely related ones (Bosnian and Croatian, Malay and Indonesian) need
    more. Pure: the same text gives the same code. Scripts of one language are one: "zh" for both. On platforms that
    CLD2 is not packaged for, every text is "und".
    """
    if len(text) >= 2 * PARTS * PART and (code := _told(_parts(text), CLEAR)) != UNDETERMINED:
        return code
    return _told(text[:LOOKED_AT])


def _parts(text: str) -> str:
    """Parts of a text, from its beginning to its end, at equal distances."""
    distance = (len(text) - PART) // (PARTS - 1)
    return " ".join(text[number * distance : number * distance + PART] for number in range(PARTS))


def _told(sample: str, least: int = 0) -> str:
    """The language of at least so many per cent of a sample."""
    if not sample.isascii() or not (sample.isprintable() or sample.replace("\n", " ").isprintable()):
        sample = _NOT_TEXT.sub(" ", sample)
    library = _cld2()
    if library is None or not sample or sample.isspace():
        return UNDETERMINED
    detect, refused = library
    try:
        sure, _, found = detect(sample, isPlainText=True)
    except refused:
        return UNDETERMINED
    _, name, share, _ = found[0]
    code = str(name).partition("-")[0]
    code = _OLD_CODES.get(code, code)
    known = sure and share >= least and len(code) == 2 and code not in ("un", "xx")
    return code if known else UNDETERMINED


@cache
def _cld2() -> tuple[Any, type[Exception]] | None:
    try:
        import pycld2
    except ImportError:  # it has no wheel for every platform, and a language untold is no reason to lose a run
        return None
    return pycld2.detect, pycld2.error
