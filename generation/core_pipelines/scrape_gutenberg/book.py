"""A Project Gutenberg file: the book, without the licence around it, and what the header says of it. Pure."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

_START = re.compile(r"^\*{3} ?START OF (?:THE|THIS) PROJECT GUTENBERG EBOOK[^\n]*\n", re.IGNORECASE | re.MULTILINE)
_END = re.compile(r"^\*{3} ?END OF (?:THE|THIS) PROJECT GUTENBERG EBOOK", re.IGNORECASE | re.MULTILINE)
_LATE_END = re.compile(r"^End of (?:the |this )?Project Gutenberg[^\n]*\s*\Z", re.IGNORECASE | re.MULTILINE)
_CREDITS = re.compile(r"\A\s*(?:Produced by|E-text prepared by|This e-?text was prepared by)[^\n]*(?:\n[^\n]+)*\n\s*\n")
_FIELD = re.compile(r"^(Title|Author|Language|Release date):[ \t]*(.+(?:\n {3,}\S.*)*)", re.MULTILINE | re.IGNORECASE)


class Book(NamedTuple):
    """A book's text, and what its header says: `title`, `author`, `language`, `release date`, where it says so."""

    text: str
    about: dict[str, str]


def book_of(file: str) -> Book | None:
    """The book in a file; None where the marks that part it from the licence are missing."""
    start = _START.search(file)
    end = _END.search(file, start.end()) if start is not None else None
    if start is None or end is None:
        return None
    text = _LATE_END.sub("", file[start.end() : end.start()].rstrip())
    about = {name.lower(): " ".join(said.split()) for name, said in _FIELD.findall(file[: start.start()])}
    return Book(_CREDITS.sub("", text).strip(), about)


def name_of(number: int, title: str) -> str:
    """A file name for a book: `1342-pride-and-prejudice.txt`."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", plain)[:8]
    return "-".join([str(number), *words]) + ".txt"
