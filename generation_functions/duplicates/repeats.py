"""Texts that are made of lines which many documents share: headers, footers, menus, notices."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

NEARLY_ALL = 0.9
"""The share of a text's characters that must stand in repeated lines."""

_DIGITS = re.compile(r"\d+")
_LETTER = re.compile(r"[^\W\d_]")


def repeated(texts: Sequence[tuple[str, str]], documents: int) -> Iterator[int]:
    """For each (document, text): in how many documents its least common repeated line stands; 0 where it stays.

    A line counts as repeated from `documents` documents on, whatever its digits, case and spaces are.
    """
    found = _documents_of_lines(texts)
    for _, text in texts:
        shared = total = 0
        least: int | None = None
        for line in lines_of(text):
            total += len(line)
            count = len(found[line])
            if count >= documents:
                shared += len(line)
                least = count if least is None else min(least, count)
        yield least if least is not None and shared >= NEARLY_ALL * total else 0


def lines_of(text: str) -> Iterator[str]:
    """The lines with letters, without what differs from page to page."""
    for line in text.splitlines():
        if _LETTER.search(line):
            yield _DIGITS.sub("0", " ".join(line.split()).casefold())


def _documents_of_lines(texts: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for document, text in texts:
        for line in lines_of(text):
            found.setdefault(line, set()).add(document)
    return found
