"""The pages of the documentation: their fenced blocks, headings and links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = (ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md")))

MARKS = ("skip", "file", "output", "exit", "excerpt", "key", "row")
"""What `<!-- test: MARK ... -->` on the line before a block may say:

skip REASON     the block is not run
file PATH       the block is written to this file of the page's project
output          the block is what the block before it printed: lines in their order, `…` for what is left out
exit CODE       the block's last command ends with this exit code
key RUN         `KEY` in the block stands for the key of the first row of that run's dataset
row RUN         the block is a row of that run's dataset; keys and places in the document may differ
excerpt PATH    the block stands word for word in this file of the repository
"""

_FENCE = re.compile(r"^(?P<indent> *)(?P<fence>```+)(?P<language>[\w-]*)[^\n]*$")
_MARK = re.compile(r"^\s*<!-- test: (?P<kind>\w+)\s*(?P<rest>.*?)\s*-->\s*$")
_HEADING = re.compile(r"^#{1,6} +(?P<title>.+?)\s*$")
_LINK = re.compile(r"(?<!!)\[(?:[^\]\[]|\[[^\]]*\])*\]\((?P<target>[^)\s]+)\)")


@dataclass(frozen=True)
class Block:
    """One fenced block. `line` is that of its first line of text, from 1."""

    page: Path
    line: int
    language: str
    text: str
    mark: str = ""
    argument: str = ""

    @property
    def place(self) -> str:
        """`page:line`, for messages."""
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def blocks_of(page: Path) -> list[Block]:
    """Every fenced block of a page, in order."""
    lines = page.read_text(encoding="utf-8").splitlines()
    return list(_blocks(page, lines))


def _blocks(page: Path, lines: list[str]) -> Iterator[Block]:
    at = 0
    while at < len(lines):
        opening = _FENCE.match(lines[at])
        if opening is None:
            at += 1
            continue
        end = next(n for n in range(at + 1, len(lines)) if lines[n].strip() == opening["fence"])
        mark = _MARK.match(lines[at - 1]) if at else None
        text = "\n".join(line.removeprefix(opening["indent"]) for line in lines[at + 1 : end]) + "\n"
        kind, argument = (mark["kind"], mark["rest"]) if mark else ("", "")
        yield Block(page, at + 2, opening["language"], text, kind, argument)
        at = end + 1


def prose_of(page: Path) -> list[tuple[int, str]]:
    """The lines outside fenced blocks, numbered from 1."""
    found, fence = [], ""
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        opening = _FENCE.match(line)
        if fence:
            fence = "" if line.strip() == fence else fence
        elif opening is not None:
            fence = opening["fence"]
        else:
            found.append((number, line))
    return found


def anchors_of(page: Path) -> set[str]:
    """The anchors that a page's headings have, made as GitHub makes them."""
    anchors: set[str] = set()
    for _, line in prose_of(page):
        heading = _HEADING.match(line)
        if heading is None:
            continue
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading["title"]).replace("`", "")
        anchor = re.sub(r"[^\w\- ]", "", plain.strip().lower()).replace(" ", "-")
        number, unique = 0, anchor
        while unique in anchors:
            number += 1
            unique = f"{anchor}-{number}"
        anchors.add(unique)
    return anchors


def links_of(page: Path) -> list[tuple[int, str]]:
    """Every link's line and target. A link's words may go on in the next line."""
    numbers = [number for number, _ in prose_of(page)]
    prose = "\n".join(_without_code(line) for _, line in prose_of(page))
    return [(numbers[prose.count("\n", 0, match.start())], match["target"]) for match in _LINK.finditer(prose)]


def _without_code(line: str) -> str:
    # A link's text may be code; what stands between backticks elsewhere is no link.
    return re.sub(r"(?<!\[)`[^`]*`(?!\])", "", line)
