"""What a model would mend by rule: line breaks, hyphens at line ends, page numbers, a few plain misreadings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from random import Random
from typing import Any

_PAGE_NUMBER = re.compile(r"\n\s*\n[ \t]*\d{1,4}[ \t]*\n\s*\n")
_HYPHENATED = re.compile(r"(?<=[a-zß-ÿ])-[ \t]*\n[ \t]*(?=[a-zß-ÿ])")
_LAYOUT = re.compile(r"\s*(?:[-*•|>#]|\d{1,3}[.)]\s|```|\S+\s{3,}\S)")
_MISREAD = ((re.compile(r"\b0(?=[a-z]{2})"), "o"), (re.compile(r"\b(\w*[a-z]a|fla|\b)rn(?=[ae])(\w+)"), r"\1m\2"))


def mend(values: Mapping[str, Any], rng: Random) -> str:
    """The text in paragraphs, without page numbers and hyphens at line ends."""
    text = _HYPHENATED.sub("", _PAGE_NUMBER.sub("\n\n", f"\n\n{values['text']}\n\n"))
    blocks = [_block(block) for block in re.split(r"\n\s*\n", text) if block.strip()]
    mended = "\n\n".join(blocks) or values["text"]
    for pattern, meant in _MISREAD:
        mended = pattern.sub(meant, mended)
    return f"<mended>\n{mended}\n</mended>"


def _block(block: str) -> str:
    lines = block.strip("\n").split("\n")
    if any(map(_LAYOUT.match, lines)):
        return "\n".join(lines)
    return " ".join(" ".join(line.split()) for line in lines)
