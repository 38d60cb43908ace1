"""Ratings: a number on a scale."""

from __future__ import annotations

import re
from dataclasses import dataclass

from generation_functions.errors import ParseError

_NUMBER = r"[-−]?\d+(?:[.,]\d+)?"
_MARKED = re.compile(
    rf"\b(?:score|rating|grade|punktzahl|wertung|bewertung|puntuación|calificación|punteggio|оценка)\b"
    rf"[*_\s]*(?:\([^)\n]*\))?[*_\s]*(?:is|ist|est|es|of|[:：=]|[–—-]\s)[*_\s]*(?P<number>{_NUMBER})(?!\d)"
    r"(?:\s*(?:/|out of|von|sur|de)\s*(?P<top>\d+))?"
    rf"|(?:评分|分数|得分|評価|点数)[*_\s]*[:：]?[*_\s]*(?P<cjk>{_NUMBER})",
    re.IGNORECASE,
)
_OF_TOP = re.compile(
    rf"(?<![\d/.,])(?P<number>{_NUMBER})\s*(?:/|out of|von|sur)\s*(?P<top>\d+)(?![\d/])", re.IGNORECASE
)
_ALONE = re.compile(rf"(?<![\w/.,])(?P<number>{_NUMBER})(?![\w/]|[.,]\d)")


@dataclass(frozen=True)
class Rating:
    """A number from `low` to `high`: "Score: 8", "8/10", "8 out of 10", or the one number there is.

    The last marked score wins ("Score:", "Rating:", or with its scale); a whole number comes as `int`. Numbers in words
    are not read. Raises `ParseError` for none, several unmarked ones, one off the scale, or another scale than asked.
    """

    low: float
    high: float

    def __call__(self, completion: str) -> int | float:
        found = sorted([*_MARKED.finditer(completion), *_OF_TOP.finditer(completion)], key=lambda match: match.end())
        if found:
            groups = found[-1].groupdict()
            self._check_scale(groups.get("top"))
            return self._on_scale(groups.get("number") or groups["cjk"])
        alone = {match.group("number") for match in _ALONE.finditer(completion)}
        if len(alone) != 1:
            found_what = "none" if not alone else "several numbers and none marked"
            raise ParseError(f"{self._expected()}, found {found_what}.")
        return self._on_scale(alone.pop())

    def _check_scale(self, top: str | None) -> None:
        if top is not None and float(top) != self.high:
            raise ParseError(f"{self._expected()}, found a rating out of {top}.")

    def _on_scale(self, number: str) -> int | float:
        value = float(number.replace("−", "-").replace(",", "."))
        if not self.low <= value <= self.high:
            raise ParseError(f"{self._expected()}, found {number}.")
        return int(value) if value.is_integer() else value

    def _expected(self) -> str:
        return f'Expected "Score: N" with a number from {self.low:g} to {self.high:g}'


rating = Rating
