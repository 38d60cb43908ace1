"""Lines with words written from right to left: their characters, which files hold in any order, by where they stand."""

from __future__ import annotations

import ctypes
import re
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from generation_functions.documents.pdf_order import Box, union

if TYPE_CHECKING:
    from pypdfium2 import PdfTextPage

_BACKWARD = "\u0590-\u065f\u066d-\u06ef\u06fa-\u08ff\ufb1d-\ufdff\ufe70-\ufefc"
_DIGITS = r"0-9\u0660-\u0669\u06f0-\u06f9"
_FORWARD = rf"(?![{_BACKWARD}{_DIGITS}])[^\W_]"
RIGHT_TO_LEFT = re.compile(f"[{_BACKWARD}]")
"""A letter or mark of a script that is written so; its digits are not."""

_LEFT_TO_RIGHT = re.compile(_FORWARD)
_TURNED_BACK = re.compile(
    rf"(?:[{_DIGITS}]|{_FORWARD})[^{_BACKWARD}]*{_FORWARD}|{_FORWARD}|[%٪]?[{_DIGITS}](?:[.,:/٫٬-]?[{_DIGITS}])*"
)
"""What keeps its own direction in a line that was turned as a whole: words of other scripts, and numbers."""

_TURNED = re.compile(rf"[{_BACKWARD}](?:(?:(?!{_FORWARD}).)*[{_BACKWARD}])?")
_FORMS = re.compile("[\ufb1d-\ufdff\ufe70-\ufefc]+")
_BRACKETS = str.maketrans("()[]{}«»", ")(][}{»«")
_LOOSE = re.compile(r"(?<=\S)([(\[{«]) ")
"""A bracket that opens at the end of a word: it is the next one's."""

_BRACKET = re.compile(r"[()\[\]{}«»]")


class Glyph(NamedTuple):
    """One character and its box."""

    char: str
    box: Box

    @property
    def middle(self) -> float:
        """Its place from left to right."""
        return (self.box[0] + self.box[2]) / 2


def mostly_right_to_left(texts: Iterable[str]) -> bool:
    """Whether most letters of these texts are of scripts written from right to left."""
    whole = "".join(texts)
    backward = len(RIGHT_TO_LEFT.findall(whole))
    return backward > 0 and backward * 2 > len(_LEFT_TO_RIGHT.findall(whole))


def words(textpage: PdfTextPage, at: int, count: int) -> list[list[Glyph]]:
    """The words of a line from left to right, as they are seen, and so are their characters."""
    glyphs = [_glyph(textpage, index) for index in range(at, at + count)]
    found = [_as_seen(list(word)) for blank, word in groupby(glyphs, key=lambda glyph: glyph.char == " ") if not blank]
    return sorted(found, key=lambda word: union([glyph.box for glyph in word])[0])


def logical(found: Sequence[Sequence[Glyph]]) -> str:
    """The text of words that are given as they are seen, in the order in which it is read."""
    text = " ".join("".join(glyph.char for glyph in word) for word in found)
    if mostly_right_to_left([text]):
        text = _TURNED_BACK.sub(lambda run: run[0][::-1], text[::-1])
    else:
        text = _TURNED.sub(lambda run: _TURNED_BACK.sub(lambda inner: inner[0][::-1], run[0][::-1]), text)
    first = _BRACKET.search(text)
    text = text.translate(_BRACKETS) if first and first[0] in ")]}»" else text
    text = _LOOSE.sub(r" \1", text)
    return _FORMS.sub(lambda forms: unicodedata.normalize("NFKC", forms[0]), text)


def _as_seen(word: Sequence[Glyph]) -> list[Glyph]:
    """Characters from left to right; a mark stands with its letter, on the side to which reading goes on."""
    letters = [glyph for glyph in word if not unicodedata.combining(glyph.char)]

    def place(glyph: Glyph) -> tuple[float, int]:
        if not letters or not unicodedata.combining(glyph.char):
            return glyph.middle, 0
        letter = min(letters, key=lambda letter: abs(letter.middle - glyph.middle))
        return letter.middle, -1 if RIGHT_TO_LEFT.match(letter.char) else 1

    return sorted(word, key=place)


def _glyph(textpage: PdfTextPage, index: int) -> Glyph:
    from pypdfium2 import raw

    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    raw.FPDFText_GetCharBox(textpage.raw, index, left, right, bottom, top)
    char = chr(raw.FPDFText_GetUnicode(textpage.raw, index))
    # What is no character of its own divides words, as a space does.
    char = char if char.isprintable() and not char.isspace() else " "
    return Glyph(char, (left.value, bottom.value, right.value, top.value))
