"""Traps that a config's author marked: `!!ATTENTION!!` in a comment, with the key it speaks of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile

from generation_functions.config.tree import Attention

MARK = "!!ATTENTION!!"

Span = tuple[int, int, int, int]
"""First line and column, end line and column of a scalar, from 0; the end is exclusive."""

_COMMENT = re.compile(r"(?:^|(?<=\s))#")


def find_attention(
    text: str, spans: Sequence[Span], keys: Sequence[tuple[int, tuple[str, ...]]]
) -> tuple[Attention, ...]:
    """Every marked comment. `keys` are (line from 0, path) in order.

    A comment at the end of a line belongs to the first key on that line; one on lines of its own to the next key below,
    and takes the comment lines that follow it along.
    """
    lines = text.splitlines()
    comments = [_comment_of(number, line, spans) for number, line in enumerate(lines)]
    found = []
    for number, comment in enumerate(comments):
        if comment is None or MARK not in comment:
            continue
        alone = lines[number].lstrip().startswith("#")
        key = next((path for at, path in keys if at >= number), ()) if alone else _key_on(number, keys)
        found.append(
            Attention(key, number + 1, _text_of(comment, comments[number + 1 :] if alone else [], lines[number + 1 :]))
        )
    return tuple(found)


def _comment_of(number: int, line: str, spans: Sequence[Span]) -> str | None:
    for match in _COMMENT.finditer(line):
        if not any(_covers(span, number, match.start()) for span in spans):
            return line[match.end() :].strip()
    return None


def _covers(span: Span, line: int, column: int) -> bool:
    first_line, first_column, last_line, last_column = span
    return (first_line, first_column) <= (line, column) < (last_line, last_column)


def _key_on(number: int, keys: Sequence[tuple[int, tuple[str, ...]]]) -> tuple[str, ...]:
    here = [path for at, path in keys if at == number]
    above = [path for at, path in keys if at < number]
    return here[0] if here else (above[-1] if above else ())


def _text_of(comment: str, following: Sequence[str | None], lines: Sequence[str]) -> str:
    more = takewhile(
        lambda pair: pair[0] and MARK not in pair[0] and pair[1].lstrip().startswith("#"),
        zip(following, lines, strict=False),
    )
    texts = [comment.partition(MARK)[2], *(text or "" for text, _ in more)]
    return " ".join(" ".join(texts).split())
