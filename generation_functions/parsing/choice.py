"""Verdicts and choices: which of a few words a completion settles on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from generation_functions.errors import ParseError

_MARK = re.compile(
    r"\b(?:verdict|judge?ment|decision|conclusion|ruling|final answer|final choice|urteil|fazit|entscheidung"
    r"|jugement|décision|veredicto|decisión|conclusión|verdetto|giudizio|вердикт|вывод)\b"
    r"[*_\s]*(?:(?:is|ist|est|es)\b|[:：=]|[–—-]\s)|(?:判断|结论|判定|結論|最终判断)[*_\s]*[:：]",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?…؟।][*_\"'”’»)\]]*\s+|[。！？]|\n+")
_NEGATION = (
    r"(?:\b(?:not|never|cannot|hardly|by\s+no\s+means|rather\s+than|instead\s+of|nicht|kein\w*|pas|ne|non|não|nie|не)"
    r"|\w+n[’']t(?:\s+(?:think|believe|find|consider|see|say)(?:\s+[\w’']+){0,4}?)?|不|非)\s*"
    r"(?:(?:be|a|an|the|at\s+all|really|quite|considered|judged|\w+ly|als?)\s+){0,2}[\"'“«*_\s]*"
)


@dataclass(frozen=True)
class Choice:
    """The option a completion settles on, spelled as given. `choice("pass", "reword", "fail")`.

    A line marked "Verdict:", "Final judgment:" or the like decides before any other sentence, a later one before an
    earlier one; a sentence that weighs several options decides nothing, and a negated option is not chosen. Whole words
    only, whatever their case and markup. An option "yes|ja|oui" has other names. Raises `ParseError` where nothing is
    settled.
    """

    options: tuple[str, ...]

    def __init__(self, *options: str) -> None:
        if len(options) < 2:
            raise TypeError("choice() needs at least two options")
        object.__setattr__(self, "options", options)

    def __call__(self, completion: str) -> str:
        for statement in _by_weight(completion):
            chosen, _ = _mentions(statement, self.options)
            if len(chosen) == 1:
                return self.options[chosen.pop()].split("|")[0]
        raise ParseError(_complaint(completion, self.options))


@dataclass(frozen=True)
class Verdict:
    """True for `yes`, False for `no`: the last clear verdict of a completion, found as `Choice` finds it.

    A negated word counts as the other one: "not suitable" is no. Raises `ParseError` where neither is settled on.
    """

    yes: str = "yes"
    no: str = "no"

    def __call__(self, completion: str) -> bool:
        for statement in _by_weight(completion):
            chosen, negated = _mentions(statement, (self.yes, self.no))
            settled = chosen | {1 - option for option in negated}
            if len(settled) == 1:
                return settled.pop() == 0
        raise ParseError(_complaint(completion, (self.yes, self.no)))


def _by_weight(completion: str) -> Iterator[str]:
    """The completion's statements in the order they are believed: marked ones from the last, then sentences alike."""
    marks = list(_MARK.finditer(completion))
    for mark in reversed(marks):
        # The verdict may stand on the next line, under its heading.
        yield _SENTENCE_END.split(completion[mark.end() :].lstrip("*_#: \t\r\n"), maxsplit=1)[0]
    yield from reversed([part for part in _SENTENCE_END.split(completion) if part.strip()])


def _mentions(statement: str, options: tuple[str, ...]) -> tuple[set[int], set[int]]:
    """Which options a statement affirms and which it negates, by index."""
    affirmed: set[int] = set()
    negated: set[int] = set()
    pattern, index = _pattern(options)
    for match in pattern.finditer(statement):
        option = index[" ".join(match.group("option").casefold().split())]
        (negated if match.group("negation") else affirmed).add(option)
    return affirmed, negated


@lru_cache(maxsize=64)
def _pattern(options: tuple[str, ...]) -> tuple[re.Pattern[str], dict[str, int]]:
    names = {" ".join(name.casefold().split()): i for i, option in enumerate(options) for name in option.split("|")}
    words = "|".join(_whole_word(name) for name in sorted(names, key=len, reverse=True))
    return re.compile(rf"(?P<negation>{_NEGATION})?(?P<option>{words})", re.IGNORECASE), names


def _whole_word(name: str) -> str:
    """Word edges where the script has them; Chinese and Japanese write none."""
    before = r"(?<![^\W_])(?<![^\W_]-)" if not _without_spaces(name[0]) else ""
    after = r"(?![^\W_])" if not _without_spaces(name[-1]) else ""
    return before + r"\s+".join(map(re.escape, name.split())) + after


def _without_spaces(character: str) -> bool:
    return "\u2e80" <= character <= "\u9fff" or "\u0e00" <= character <= "\u0eff"


def _complaint(completion: str, options: Sequence[str]) -> str:
    names = [option.split("|")[0] for option in options]
    listed = f"{', '.join(map(repr, names[:-1]))} or {names[-1]!r}"
    mentioned = set[int]().union(*_mentions(completion, tuple(options)))
    found = "no clear one" if mentioned else "none of these words"
    return f'Expected a final line "Verdict: …" with {listed}, found {found}.'


choice = Choice
verdict = Verdict
