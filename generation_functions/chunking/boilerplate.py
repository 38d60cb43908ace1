"""Boilerplate: pages that are in a book or on a site but say nothing to learn from, told by their form.

    chunks.filter(filter_boilerplate)

Each kind needs several signs at once, most of them independent of the language: leaders and rising page numbers, words
in alphabetical order with page numbers, years with initials and page ranges, links and nothing else. Prose is never
taken for boilerplate for a single word in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any, TypeAlias

from generation_functions.chunking.boilerplate_words import CONTENTS, INDEX, REFERENCES, RIGHTS

Verdict: TypeAlias = bool | tuple[bool, str]

LONGEST_ENTRY = 120
"""Characters of a line in a contents page or an index; a longer one is a sentence."""

LONGEST_REFERENCE = 500
"""Characters of an entry in a bibliography."""

_LINK = re.compile(r"!?\[[^\[\]\n]{0,300}\]\([^()\s]{0,500}\)")
_ENTRY = re.compile(r"(?P<title>.*?[^\W\d_].*?)(?P<leader>[\s.·…․‥・⋯_\-]{1,})(?P<page>\d{1,4}|[ivxlc]{1,7})")
_LEADER = re.compile(r"(?:[.·․・_] ?){3,}|[…‥⋯]{1,}|\t| {3,}")
_PAGES = r"\d{1,4}(?:\s*[-–—]\s*\d{1,4})?"
_TERM = re.compile(rf"(?P<term>[^\W\d_][^,;:、，]*?)[\s,:、，…]+{_PAGES}(?:\s*[,;、，]\s*{_PAGES})*")
_YEAR = re.compile(r"(?<!\d)(?:1[5-9]|20)\d\d(?!\d)")
_AUTHOR = re.compile(r"(?<!\w)[^\W\d_a-z]\.|\bet al\b|\(Hrsg\.|\(Eds?\.|\[[JMDCN]\]|等[.．,，]|編|著")
_WHERE = re.compile(
    r"(?<!\d)(?!(?:1[5-9]|20)\d\d\s*[-–—])\d+\s*[-–—:]\s*\d+|\bdoi\b|https?://|\bISBN\b|\bpp?\.|\bS\. \d|\bvol\b"
    r"|\bno\. \d|出版|大学|Press\b|Verlag|\d\(\d",
    re.IGNORECASE,
)
_BULLET = re.compile(r"^(?:[-*+•‣]|\(?\d{1,3}[.)\]]|\[\d{1,3}\])\s+")
_MENU_MARK = re.compile(r"\s[|»›•·/>]\s")
_WORD = re.compile(r"\w+")
_TITLES = CONTENTS | INDEX | REFERENCES


def filter_boilerplate(row: Mapping[str, Any]) -> Verdict:
    """True for a chunk to keep; `(False, "contents page")` and the like for one that is boilerplate.

    Reads the fields `text` and `headings`. Contents pages, indexes, bibliographies, licence and copyright pages, and
    menus. What is repeated across documents is `Stream.drop_repeated`'s to find.
    """
    kind = boilerplate_kind(str(row["text"]), tuple(row.get("headings") or ()))
    return True if kind is None else (False, kind)


def boilerplate_kind(text: str, headings: Sequence[str] = ()) -> str | None:
    """What kind of boilerplate a text is; None for anything else."""
    lines = [line for line in map(str.strip, text.splitlines()) if line]
    titles = _titles(lines, headings)
    body = [line for line in lines if not line.startswith("#") and _bare(line) not in _TITLES]
    return next((kind for kind, is_one in _KINDS if is_one(body, titles)), None)


def _titles(lines: Sequence[str], headings: Sequence[str]) -> list[str]:
    """What the text stands under: its first line if that is short, and its headings."""
    first = [_bare(lines[0])] if lines and len(lines[0]) <= 40 else []
    return [*first, *map(_bare, headings[-1:])]


def _bare(title: str) -> str:
    return title.strip("#*_ :：.0123456789\t").casefold()


def _is_contents(lines: Sequence[str], titles: Sequence[str]) -> bool:
    """Most lines end in a page number, the numbers rise, and leaders or the title say what they are."""
    entries = [match for line in lines if len(line) <= LONGEST_ENTRY and (match := _ENTRY.fullmatch(line.rstrip("| ")))]
    if len(entries) < 4 or len(entries) < 0.7 * len(lines):
        return _is_linked_contents(lines, titles)
    pages = [int(match["page"]) for match in entries if match["page"].isdecimal()]
    rising = sum(a <= b for a, b in pairwise(pages))
    led = sum(bool(_LEADER.fullmatch(match["leader"].strip(" ")) or len(match["leader"]) > 2) for match in entries)
    named = any(title in CONTENTS for title in titles)
    return rising >= 0.8 * (len(pages) - 1) and (named or led >= 0.7 * len(entries)) and not _is_table(lines)


def _is_linked_contents(lines: Sequence[str], titles: Sequence[str]) -> bool:
    """A list of links to places of the same page."""
    inner = sum(bool(re.search(r"\]\(#[^)]*\)\W*$", line)) for line in lines)
    return inner >= 4 and inner >= 0.8 * len(lines)


def _is_table(lines: Sequence[str]) -> bool:
    return sum(line.startswith("|") for line in lines) * 2 > len(lines)


def _is_index(lines: Sequence[str], titles: Sequence[str]) -> bool:
    """Most lines are a term and its pages, and the terms are in alphabetical order."""
    terms = [
        match["term"].casefold() for line in lines if len(line) <= LONGEST_ENTRY and (match := _TERM.fullmatch(line))
    ]
    named = any(title in INDEX for title in titles)
    if len(terms) < (5 if named else 8) or len(terms) < 0.7 * len(lines):
        return False
    in_order = sum(a[0] <= b[0] for a, b in pairwise(terms))
    several = sum(line.count(",") + line.count("、") + line.count("，") > 1 for line in lines)
    return in_order >= 0.8 * (len(terms) - 1) and (named or several >= 0.2 * len(lines))


def _is_bibliography(lines: Sequence[str], titles: Sequence[str]) -> bool:
    """Most entries have a year, an author's initial, and pages, a publisher or an address."""
    entries = [_BULLET.sub("", line) for line in lines if len(line) < LONGEST_REFERENCE]
    if len(entries) < 3 or len(entries) < 0.7 * len(lines):
        return False
    named = any(title in REFERENCES for title in titles)
    wanted = 2 if named else 3
    sure = sum(sum(bool(sign.search(entry)) for sign in (_YEAR, _AUTHOR, _WHERE)) >= wanted for entry in entries)
    return sure >= (3 if named else 4) and sure >= 0.7 * len(lines)


def _is_licence(lines: Sequence[str], titles: Sequence[str]) -> bool:
    """Several of the phrases that rights are reserved or granted with, close together."""
    text = " ".join(lines).casefold()
    found = sum(any(phrase in text for phrase in sign) for sign in RIGHTS)
    if found < 2:
        return False
    size = len(_WORD.findall(text)) if text.isascii() else max(len(_WORD.findall(text)), len(text) // 8)
    return size <= 60 if found == 2 else found > 2 and size <= 90 * found


def _is_menu(lines: Sequence[str], titles: Sequence[str]) -> bool:
    """Links, or short items between bars, and next to nothing else."""
    text = "\n".join(lines)
    links = _LINK.findall(text) if "](" in text else []
    if len(links) >= 4:
        rest = sum(map(len, _WORD.findall(_LINK.sub("", text))))
        return rest <= 0.1 * sum(map(len, links))
    items = [item.strip() for line in lines for item in _MENU_MARK.split(line.strip("| "))]
    return len(items) >= 4 and len(items) >= 4 * len(lines) and max(map(len, items)) <= 24 and not _is_table(lines)


_KINDS: tuple[tuple[str, Callable[[Sequence[str], Sequence[str]], bool]], ...] = (
    ("contents page", _is_contents),
    ("index", _is_index),
    ("bibliography", _is_bibliography),
    ("licence or copyright page", _is_licence),
    ("navigation", _is_menu),
)
