"""What a mended text changed beyond layout: word by word against the original. Pure and strict.

Spaces, line breaks, hyphens at line ends, punctuation, Markdown, page numbers that stand alone, and the case of lines
all in capitals are layout. A letter that scanners misread may be put right where what was read is no word that the text
or its language is known to have. Everything else is a change.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from generation.core_components.languages import FUNCTION_WORDS

MOST_TOLD = 4

_HYPHENATED = re.compile(r"(?<=[^\W\d_])[-‐‑¬\u00ad][ \t]*\n\s*(?=[^\W\d_])")
_PAGE_NUMBER = re.compile(r"\s*(?:page|seite|p\.|s\.)?\s*[-–—\[(]?\s*\d{1,3}\s*[-–—\])]?\s*", re.IGNORECASE)
_TOKEN = re.compile(
    r"(?<![\w.,])[-−+±]?\d+(?:[.,:/]\d+)*(?![^\W\d_])"  # a figure with its sign and separators: 3.5 is not 35
    r"|[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"  # scripts without spaces, letter by letter
    r"|[^\W_\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+(?:['’][^\W\d_]+)*"
    r"|[%‰€$£¥°§<>=×÷]"
)
_FIGURE = re.compile(r"[-−+±]?\d+(?:[.,:/]\d+)*|[%‰€$£¥°§<>=×÷]")
_LOOKALIKES = (
    ("rn", "m"), ("ii", "u"), ("vv", "w"), ("cl", "d"), ("tli", "th"), ("li", "h"), ("ri", "n"), ("ſ", "s"),
    ("0", "o"), ("1", "l"), ("i", "l"), ("5", "s"), ("8", "b"), ("6", "b"), ("9", "g"),
)  # fmt: skip
_CONFUSED = frozenset(
    map(frozenset, ("ec", "eo", "hb", "nu", "tf", "tl", "tr", "ti", "ij", "vy", "gq", "sf", "kh", "mn"))
)
_NEGATIONS_WORDS = (
    "not no nor never none without un non nicht kein keine keinen nie ohne ne pas sans jamais nunca sin ni"
)
_NEGATIONS = frozenset(_NEGATIONS_WORDS.split())
_KNOWN = frozenset(word for words in FUNCTION_WORDS.values() for word in words) | _NEGATIONS
_SHORTEST = 4


class Word(NamedTuple):
    """A word, figure or sign. `loose`: a page number that stands alone; `capitals`: of a line all in capitals."""

    text: str
    loose: bool = False
    capitals: bool = False


class Change(NamedTuple):
    """Words of the original, and what stands in their place."""

    before: str
    after: str

    def __str__(self) -> str:
        if not self.before:
            return f"added {self.after!r}"
        return f"changed {self.before!r} to {self.after!r}" if self.after else f"left out {self.before!r}"


class Alignment(NamedTuple):
    """How a mended text stands to its original: changes beyond layout, misread letters put right, words compared."""

    changes: list[Change]
    fixes: list[Change]
    words: int

    def problem(self, most_fixes: float) -> str | None:
        """What must not be, in words for a model and for a person; None where only the layout changed.

        most_fixes  the largest share of the words that may be misread letters put right
        """
        if self.changes:
            told = ", ".join(str(change) for change in self.changes[:MOST_TOLD])
            more = f" and {len(self.changes) - MOST_TOLD} more" if len(self.changes) > MOST_TOLD else ""
            return f"More than the layout changed: {told}{more}."
        if len(self.fixes) > most_fixes * self.words:
            return f"{len(self.fixes)} of {self.words} words were changed, which is more than may be misread."
        return None


def alignment(original: str, mended: str) -> Alignment:
    """Compare two texts word by word."""
    before, after = words_of(original), words_of(mended)
    often = Counter(word.text.lower() for word in before)
    changes, fixes = list[Change](), list[Change]()
    matcher = SequenceMatcher(None, [w.text for w in before], [w.text for w in after], autojunk=False)
    for kind, start, end, start_after, end_after in matcher.get_opcodes():
        if kind != "equal":
            for change in _changes(before[start:end], after[start_after:end_after]):
                (fixes if is_fix(change.before, change.after, often) else changes).append(change)
    return Alignment(changes, fixes, len(before))


def words_of(text: str) -> list[Word]:
    """The words, figures and signs of a text; words broken at a line's end are whole."""
    # Compatibility forms (ligatures, superscripts) are one with their plain letters, but a long s stays one.
    text = unicodedata.normalize("NFKC", _HYPHENATED.sub("", text).replace("ſ", "\ue000")).replace("\ue000", "ſ")
    found = list[Word]()
    for line in text.split("\n"):
        loose, capitals = _PAGE_NUMBER.fullmatch(line) is not None, line.upper() == line
        found += [Word(_plain(token), loose, capitals) for token in _TOKEN.findall(line)]
    return found


def _plain(token: str) -> str:
    return token.replace("’", "'").replace("−", "-")


def _changes(before: Sequence[Word], after: Sequence[Word]) -> list[Change]:
    """What differs in a stretch of words that is not equal, told as small as it can be."""
    options = [before, [word for word in before if not word.loose]]
    if any(_same_letters(option, after) for option in options):
        return []
    kept = before if len(before) == len(after) else options[1]
    if len(kept) == len(after):
        pairs = zip(kept, after, strict=True)
        return [Change(old.text, new.text) for old, new in pairs if not _same_letters([old], [new])]
    return [Change(" ".join(word.text for word in kept), " ".join(word.text for word in after))]


def _same_letters(before: Sequence[Word], after: Sequence[Word]) -> bool:
    """Whether only spaces and hyphens part two stretches; figures must be the same, one by one."""
    capitals = bool(before) and all(word.capitals for word in before)
    joined = ["".join(word.text for word in words).replace("'", "") for words in (before, after)]
    letters = [text.lower() if capitals else text for text in joined]
    figures = [[word.text for word in words if _FIGURE.fullmatch(word.text)] for words in (before, after)]
    return letters[0] == letters[1] and figures[0] == figures[1]


def is_fix(before: str, after: str, often: Counter[str]) -> bool:
    """Whether `after` puts letters right that a scanner misread, and `before` is no word.

    A word is what `often` has more than once, and what is a small word of a language. A figure is never mended; where
    letters stand among digits, they may be digits misread.
    """
    old, new = before.lower(), after.lower()
    if not old or not new or old == new or _other_case(before[0], after[0]) or _is_word(old, often):
        return False
    digits = any(character.isdigit() for character in old + new)
    alike = _looks(old.replace(" ", "")) == _looks(new.replace(" ", ""))
    if " " in old + new:
        return alike and not digits
    if alike and min(len(old), len(new)) > 1 and new not in _NEGATIONS:
        return True
    confused = _bare(old) == _bare(new) or _one_confused(old, new)
    return confused and not digits and len(old) >= _SHORTEST and new not in _NEGATIONS


def _other_case(old: str, new: str) -> bool:
    """Whether one is a capital and the other a small letter; a digit that was read in a letter's place is neither."""
    return old.isalpha() and new.isalpha() and old.isupper() != new.isupper()


def _is_word(old: str, often: Counter[str]) -> bool:
    return old in _KNOWN or often[old] > 1 or any(map(_FIGURE.fullmatch, old.split()))


def _looks(word: str) -> str:
    for read, meant in _LOOKALIKES:
        word = word.replace(read, meant)
    return word


def _bare(word: str) -> str:
    """The word without accents."""
    return "".join(letter for letter in unicodedata.normalize("NFD", word) if not unicodedata.combining(letter))


def _one_confused(old: str, new: str) -> bool:
    apart = [frozenset(pair) for pair in zip(old, new, strict=False) if pair[0] != pair[1]]
    return len(old) == len(new) and len(apart) == 1 and apart[0] in _CONFUSED
