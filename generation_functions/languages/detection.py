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

_NOT_TEXT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]|[^\x00-\uffff]")
"""Controls and noncharacters, which CLD2 refuses, and the planes of emoji, which say nothing."""

_OLD_CODES = {"iw": "he", "in": "id", "ji": "yi", "jw": "jv", "mo": "ro", "nb": "no"}


def detect_language(text: str) -> str:
    """The ISO 639-1 code of a text's main language; "und" where that cannot be told surely.

    About 20 words suffice in most languages; closely related ones (Bosnian and Croatian, Malay and Indonesian) need
    more. Pure: the same text gives the same code. Scripts of one language are one: "zh" for both. On platforms that
    CLD2 is not packaged for, every text is "und".
    """
    sample = text[:LOOKED_AT]
    if not (sample.isascii() and sample.replace("\n", " ").isprintable()):
        sample = _NOT_TEXT.sub(" ", sample)
    library = _cld2()
    if library is None or not sample.strip():
        return UNDETERMINED
    detect, refused = library
    try:
        sure, _, found = detect(sample, isPlainText=True)
    except refused:
        return UNDETERMINED
    code = str(found[0][1]).partition("-")[0]
    code = _OLD_CODES.get(code, code)
    return code if sure and len(code) == 2 and code not in ("un", "xx") else UNDETERMINED


@cache
def _cld2() -> tuple[Any, type[Exception]] | None:
    try:
        import pycld2
    except ImportError:  # it has no wheel for every platform, and a language untold is no reason to lose a run
        return None
    return pycld2.detect, pycld2.error
