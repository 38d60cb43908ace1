"""What two texts are compared by: their shingles, runs of three words.

Words are what stands between spaces and punctuation, in lower case; in scripts without spaces each character is one.
"""

from __future__ import annotations

import re
import unicodedata

WORDS_TOGETHER = 3

_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_MARKS = r"\s!-/:-@\[-`{-~\u00a1-\u00bf\u055a-\u055f\u0589\u05be\u05c0\u05c3\u060c\u061b\u061f\u06d4\u0964\u0965"
_MORE_MARKS = r"\u2000-\u206f\u2190-\u2bff\u3000-\u303f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65"
_WORD = re.compile(rf"[{_UNSPACED}]|[^{_MARKS}{_MORE_MARKS}{_UNSPACED}]+")


def words_of(text: str) -> list[str]:
    """A text's words, without case, width and punctuation."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return _WORD.findall(text.casefold())


def shingles(text: str) -> set[str]:
    """Every run of three words; of a shorter text all its words together; none for a text without words."""
    words = words_of(text)
    if len(words) < WORDS_TOGETHER:
        return {" ".join(words)} if words else set()
    return set(map(" ".join, zip(words, words[1:], words[2:], strict=False)))


def similarity(a: set[str], b: set[str]) -> float:
    """The share of shingles that two texts have in common, 0 to 1 (Jaccard's index); 0 where neither has any."""
    if not a or not b:
        return 0.0
    common = len(a & b)
    return common / (len(a) + len(b) - common)
