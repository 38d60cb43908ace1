"""Answers in the forms that prompts of Augmentoolkit 3 ask for."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from generation_functions.errors import ParseError
from generation_functions.parsing import numbered_list, tag

_QUESTION = re.compile(r"\*\*\s*QUESTION\s*\d*\s*(?::\s*\*\*|\*\*\s*:)", re.IGNORECASE)
_ANSWER = re.compile(r"\*\*\s*ANSWER\s*\d*\s*(?::\s*\*\*|\*\*\s*:)", re.IGNORECASE)
_THOUGHT = re.compile(
    r"\s*[*#_\s]*Thought Process[*_\s]*:?[*_]*\s*\n(?P<thoughts>.*?)\n[*#_ \t]*Answer[*_\s]*:[*_]*\s*(?P<answer>\S.*)",
    re.IGNORECASE | re.DOTALL,
)
_listed = numbered_list()


@dataclass(frozen=True)
class AfterHeading:
    """Reads what stands after the last "heading:" of a completion, or all of it where it has none.

    Raises what `parse` does.
    """

    heading: str
    parse: Callable[[str], Any]

    def __call__(self, completion: str) -> Any:
        spelled = re.escape(self.heading).replace("Judgment", "Judge?ment")
        marks = list(re.finditer(rf"{spelled}[*_\s]*:", completion, re.IGNORECASE))
        return self.parse(completion[marks[-1].end() :] if marks else completion)


@dataclass(frozen=True)
class InTagOrAll:
    """What stands between the tags of a name, or the whole completion where it has no such tags."""

    name: str

    def __call__(self, completion: str) -> str:
        try:
            return tag(self.name)(completion)
        except ParseError:
            return completion.strip()


@dataclass(frozen=True)
class ListInTag:
    """The items of a numbered list between the tags of a name, or of the whole completion where it has no such tags.

    Raises `ParseError` where there is no list.
    """

    name: str

    def __call__(self, completion: str) -> list[str]:
        return _listed(InTagOrAll(self.name)(completion))


def starred_pairs(completion: str) -> list[dict[str, str]]:
    """Pairs after `**QUESTION:**` and `**ANSWER:**`; an answer may hold any other heading. Raises `ParseError`."""
    halves = [_ANSWER.split(part, maxsplit=1) for part in _QUESTION.split(completion)[1:]]
    pairs = [(half[0].strip(), half[1].strip()) for half in halves if len(half) == 2]
    found = [{"question": question, "answer": answer} for question, answer in pairs if question and answer]
    if not found:
        raise ParseError('Expected "**QUESTION:** …" and "**ANSWER:** …", found no such pair.')
    return found


def thoughts_and_answer(text: str) -> dict[str, str]:
    """`thoughts` and `answer` of a text with these headings, as "Thought Process:" and "Answer:"; else no thoughts."""
    found = _THOUGHT.match(text)
    if found is None:
        return {"thoughts": "", "answer": text.strip()}
    return {"thoughts": found["thoughts"].strip(), "answer": found["answer"].strip()}


after = AfterHeading
