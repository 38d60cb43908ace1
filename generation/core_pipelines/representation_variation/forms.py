"""The forms that a chunk is retold in, and what makes a text be of a form."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeAlias, get_args

from generation.core_components.source_references import speaks_of_its_source
from generation_functions.errors import DocumentError, ParseError
from generation_functions.parsing import bulleted_list, numbered_list, question_answer_pairs
from generation_functions.parsing.json_value import read_strictly

Form: TypeAlias = Literal[
    "essay",
    "list",
    "question_answer",
    "json",
    "xml",
    "dialogue",
    "logic_chain",
    "reversed_causality",
    "stream_of_thought",
]
FORMS: tuple[Form, ...] = get_args(Form)
Also: TypeAlias = Literal["original", "atomic_facts", "inferred_facts"]
ALSO: tuple[Also, ...] = get_args(Also)
EXACT: frozenset[str] = frozenset({"json", "xml"})
"""Forms that are read by programs: a typing error would break them."""

_FENCED = re.compile(r"```[\w-]*[ \t]*\n(?P<inside>.*?)\n?```", re.DOTALL)
_SPEAKER = re.compile(r"^\W{0,3}(?P<name>[^\W\d_][^:\n]{0,30}?)\W{0,3}[:：]\s*\S", re.MULTILINE)
_YEAR = re.compile(r"(?<![\d.,])(?:1\d|20)\d\d(?!\d|[.,]\d)")


def unfenced(text: str) -> str:
    """The text without the code fence that models like to put around JSON and XML."""
    fenced = _FENCED.fullmatch(text.strip())
    return fenced["inside"].strip() if fenced else text.strip()


def not_of_its_form(text: str, row: Mapping[str, Any]) -> str | None:
    """What keeps `text` from being the row's chunk in the form `row["form"]`; None where nothing does."""
    check = _CHECKS.get(row["form"])
    problem = check(text) if check is not None else None
    return problem or invented_year(text, row) or leans_on_its_chunk(text, row)


def invented_year(text: str, row: Mapping[str, Any]) -> str | None:
    """A year in `text` that the row's chunk does not have: the surest sign of added knowledge.

    Full hundreds may be amounts that the chunk writes in words.
    """
    known = f"{row.get('source', '')} {row.get('headings', '')} {row['text']}"
    years = [year for year in _YEAR.findall(text) if year not in known and not year.endswith("00")]
    return f"The year {years[0]} does not stand in the text." if years else None


def leans_on_its_chunk(text: str, row: Mapping[str, Any]) -> str | None:
    """A phrase in `text` that speaks of the row's chunk, which no reader will have; where the chunk has none itself."""
    said = speaks_of_its_source(text)
    if said is None or speaks_of_its_source(row["text"]) is not None:
        return None
    return f'It says "{said}". Whoever reads it has no text in front of them.'


def _json(text: str) -> str | None:
    try:
        value = read_strictly(text)
    except ValueError as exc:
        return f"This is not valid JSON: {exc}."
    return None if isinstance(value, dict | list) and value else "The JSON must be an object with something in it."


def _xml(text: str) -> str | None:
    from generation_functions.documents.package import parse_xml

    try:
        root = parse_xml(text.encode("utf-8", "replace"), "the answer")
    except DocumentError as exc:
        return f"This is not well-formed XML: {exc.message}."
    return None if len(root) else "The root element must have elements in it."


def _dialogue(text: str) -> str | None:
    turns = [match["name"].strip() for match in _SPEAKER.finditer(text)]
    if len(turns) < 2 or len(set(turns)) < 2:
        return 'A dialogue needs two speakers at least, each turn on a line such as "Mara: ...".'
    return None


def _parsed_by(parse: Callable[[str], Any]) -> Callable[[str], str | None]:
    def check(text: str) -> str | None:
        try:
            parse(text)
        except ParseError as exc:
            return exc.message
        return None

    return check


_CHECKS: Mapping[str, Callable[[str], str | None]] = {
    "list": _parsed_by(bulleted_list()),
    "question_answer": _parsed_by(question_answer_pairs),
    "json": _json,
    "xml": _xml,
    "dialogue": _dialogue,
    "logic_chain": _parsed_by(numbered_list(least=2)),
}
