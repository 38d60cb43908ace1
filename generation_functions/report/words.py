"""Texts as words, in any script, for comparing them: folded case, no punctuation.

Scripts that put no spaces between words (Chinese, Japanese, Thai, Lao, Khmer, Burmese) give a word for each character.
Marks that follow a letter, as vowels do in Hindi, stay with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TypeAlias

Words: TypeAlias = tuple[str, ...]

_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_MARKS = "\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0900-\u0963\u0966-\u0dff"
_WORD = re.compile(rf"[{_UNSPACED}]|(?:[^\W_{_UNSPACED}]|[{_MARKS}]|(?<=[^\W_])['’](?=[^\W_]))+")
_ASCII_WORD = re.compile(r"[a-z0-9]+(?:'[a-z0-9]+)*")
_UNSPACED_CHARACTER = re.compile(rf"[{_UNSPACED}]")


def words_of(text: str) -> Words:
    """The words of a text, in order, in folded case."""
    if text.isascii():
        return tuple(_ASCII_WORD.findall(text.lower()))
    return tuple(_WORD.findall(text.casefold()))


def ngrams(words: Sequence[str], length: int) -> Iterator[Words]:
    """All runs of `length` words, in order; none where there are fewer."""
    return zip(*(words[start:] for start in range(length)), strict=False)


def is_unspaced(words: Sequence[str]) -> bool:
    """Whether most of the words are characters of a script without spaces."""
    return 2 * sum(bool(_UNSPACED_CHARACTER.fullmatch(word)) for word in words) > len(words)
