"""YAML's syntax errors, in plain words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from generation_functions.errors import Problem

# The parser's own words are all it gives; a sentence missing here falls back to them.
_PLAIN_WORDS = {
    "mapping values are not allowed in this context": (
        "a ':' stands where no 'key: value' can start",
        "put text with ': ' in quotes, and line keys up with the ones above",
    ),
    "did not find expected key": (
        "this line is no 'key: value' of the mapping above it",
        "check its indentation, and the quotes and brackets on the line above",
    ),
    "could not find expected ':'": ("this line has no ':' after its key", "write it as 'key: value'"),
    "did not find expected ',' or ']'": ("a list opened with '[' is not closed", "add the missing ',' or ']'"),
    "did not find expected ',' or '}'": ("a mapping opened with '{' is not closed", "add the missing ',' or '}'"),
    "did not find expected '-' indicator": ("this line is no '- item' of the list above it", "check its indentation"),
    "found unexpected end of stream": ("a quote opened here is never closed", "add the closing quote"),
    "found unexpected document indicator": ("a quote opened here is never closed", "add the closing quote"),
    "found unknown escape character": ("a backslash in double quotes starts an unknown escape", "use single quotes"),
    "did not find expected node content": ("a value is missing here", "write one, or put special characters in quotes"),
    "did not find expected <document start>": (
        "this line does not belong to what stands above it",
        "start the keys of the top level in the first column",
    ),
    "control characters are not allowed": ("an invisible control character stands here", "delete it and type it anew"),
}
_OPENED_ABOVE = ("while parsing a flow", "while scanning a quoted")


def syntax_problem(error: yaml.YAMLError, text: str, file: Path | None) -> Problem:
    """One problem with the line to look at: where a bracket or quote was opened rather than where the file ended."""
    words = str(getattr(error, "problem", None) or getattr(error, "reason", None) or error)
    line = _line(error, text)
    message, hint = _PLAIN_WORDS.get(words, (f"this is not YAML: {words}", "check quotes, brackets and indentation"))
    if words == "found character that cannot start any token":
        message, hint = _bad_character(error, text)
    return Problem(message, file, line, hint)


def _line(error: Any, text: str) -> int | None:
    if isinstance(error, yaml.reader.ReaderError):
        # The C reader counts bytes.
        return text.encode("utf-8", "surrogatepass").count(b"\n", 0, int(error.position)) + 1
    opened_above = str(getattr(error, "context", "")).startswith(_OPENED_ABOVE)
    mark = getattr(error, "context_mark" if opened_above else "problem_mark", None)
    return None if mark is None else int(mark.line) + 1


def _bad_character(error: Any, text: str) -> tuple[str, str]:
    mark = error.problem_mark
    lines = text.splitlines()
    rest = lines[mark.line][mark.column :] if mark.line < len(lines) else ""
    if rest.startswith("\t"):
        return "a tab indents this line", "use spaces; YAML takes no tabs for indentation"
    return f"a value cannot start with '{rest[:1]}'", "put it in quotes"
