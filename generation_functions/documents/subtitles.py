"""Subtitles (SRT, WebVTT): what is said, without numbers and times."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from itertools import zip_longest
from typing import BinaryIO

from generation_functions.documents import markdown
from generation_functions.documents.document import Document, Limits
from generation_functions.documents.plain_text import text_of
from generation_functions.errors import DocumentError

PAUSE_S = 3.0
"""A silence that ends a paragraph, in seconds."""

AT_ONCE_S = 0.1
"""Seconds between two cues that follow one another without a pause."""

_TIME = r"(?:(\d+):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})"
_CUE = re.compile(rf"^[ \t]*{_TIME}[ \t]*-->[ \t]*{_TIME}[^\n]*$", re.MULTILINE)
_TAG = re.compile(r"<v(?:\.[^\s>]*)?[ \t]+([^>\n]{1,80})>|</?[a-z][^>\n]{0,80}>|<[\d:.]{5,14}>|\{\\[^}\n]{0,80}\}")
_DASHES = ("-", "–", "—")
_TURN = re.compile(r"\A[-–—][ \t]?(?=[^\W\d]|[\"“¿¡(\[])")
_SPEAKER = re.compile(r"[^\s:]{1,30}(?: [^\s:]{1,30})?: ")
_BLANK = re.compile(r"\n[ \t]*(?=\n)")
"""A line of nothing but spaces, as blank lines often are."""

_END = re.compile(r"[.!?…。！？؟।][\"'”’»)\]]?$")


def read_subtitles(file: BinaryIO, limits: Limits) -> Iterator[Document]:
    """One document: the cues as paragraphs that end where someone else speaks or a pause follows a sentence."""
    text, facts = text_of(file, limits)
    text = _BLANK.sub("\n", text) if " \n" in text or "\t\n" in text else text
    said = markdown.blocks(map(_block, _paragraphs(_cues(text))))
    if not said:
        raise DocumentError("no cue with text in it")
    yield Document("", said, metadata=facts)


def _block(text: str) -> str:
    """A paragraph, or a turn that begins with a dash as an item of a list."""
    return _TURN.sub("- ", text) if text[:1] in _DASHES else markdown.paragraph(text)


def _cues(text: str) -> Iterator[tuple[float, float, str]]:
    """Begin and end in seconds, and the text, of each cue.

    Captions that roll up show a line again above the next one; it is said once.
    """
    shown, until = "", 0.0
    marks = list(_CUE.finditer(text))
    for mark, following in zip_longest(marks, marks[1:]):
        body = text[mark.end() : following.start() if following else len(text)].strip("\n")
        # The body ends at a blank line; what follows is the next cue's number or name, or a note.
        parts = mark.groups()
        begin, end = _seconds(*parts[:4]), _seconds(*parts[4:])
        lines = [said for line in _untagged(body.split("\n\n", 1)[0]).split("\n") if (said := line.strip())]
        rolls_up = len(lines) > 1 and lines[0] == shown and begin - until <= AT_ONCE_S
        if any(line[0] in _DASHES for line in lines[1:]):
            yield from ((begin, end, turn) for turn in _turns(lines[rolls_up:]))
        else:
            yield begin, end, markdown.squeezed(" ".join(lines[rolls_up:]))
        shown, until = lines[-1] if lines else "", end


def _turns(lines: list[str]) -> Iterator[str]:
    """What is said, a turn for each line that begins with a dash: two people speak."""
    turn: list[str] = []
    for line in lines:
        if turn and _TURN.match(line):
            yield markdown.squeezed(" ".join(turn))
            turn = []
        turn.append(line)
    yield markdown.squeezed(" ".join(turn))


def _untagged(body: str) -> str:
    """A cue's lines without their tags."""
    if "<" in body or "{" in body:
        body = _TAG.sub(_speaker, body)
    return html.unescape(body) if "&" in body else body


def _speaker(tag: re.Match[str]) -> str:
    return f"{tag[1].strip()}: " if tag[1] else ""


def _seconds(hours: str | None, minutes: str, seconds: str, fraction: str) -> float:
    return int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds) + int(fraction.ljust(3, "0")) / 1000


def _paragraphs(cues: Iterator[tuple[float, float, str]]) -> Iterator[str]:
    said: list[str] = []
    until = 0.0
    for begin, end, text in cues:
        if not text or (said and said[-1] == text):
            until = end
            continue
        new_speaker = text[:1] in _DASHES or _SPEAKER.match(text)
        if said and (
            new_speaker or begin - until > PAUSE_S or (begin > until and _END.search(said[-1]) and len(said) > 8)
        ):
            yield " ".join(said)
            said = []
        said.append(text)
        until = end
    yield " ".join(said)
