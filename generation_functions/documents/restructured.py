"""reStructuredText: headings, lists, tables and code as Markdown; directives by what they show."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from generation_functions.documents import markdown
from generation_functions.documents.document import Document, Limits
from generation_functions.documents.plain_text import fenced, text_of
from generation_functions.documents.restructured_tables import (
    csv_rows,
    grid_rows,
    is_grid,
    is_simple,
    list_rows,
    simple_rows,
)
from generation_functions.errors import DocumentError

_ADORNMENT = re.compile(r"([!-/:-@\[-`{-~])\1{2,}$")
_DIRECTIVE = re.compile(r"\.\. (?:\|[^|]+\| )?([\w:.+-]+)::(?:[ \t]+(.*))?$")
_COMMENT = re.compile(r"\.\.(?: |$)")
_OPTION = re.compile(r":[\w-]+:")
_BULLET = re.compile(r"([*+•-]|\(?(?:\d+|#|[a-zA-Z])[.)])[ \t]+(?=\S)")
_ROLE = re.compile(r":[\w:+.-]+:`([^`]{1,500})`")
_TARGET = re.compile(r"^([^<]*?)[ \t]*<[^>]*>$")
_LITERAL = re.compile(r"``([^`\n][^\n]{0,500}?)``")
_LINK = re.compile(r"(?<!`)`([^`]{1,500})`__?(?!\w)")
_NOTE = re.compile(r"[ \t]?\[(?:#[\w-]*|\*|[\w.-]{1,40})\]_(?!\w)")
_OPTION_VALUE = re.compile(r"\s*:header:\s*(.*)$")
_REPLACED = re.compile(r"^\.\. \|([^|\n]{1,80})\| (?:replace:: *(.+)|image::.*)$", re.MULTILINE)
_SUBSTITUTION = re.compile(r"\|([^|\s](?:[^|\n]{0,78}[^|\s])?)\|(?!\w)")
_CODE = frozenset(
    ["code", "code-block", "sourcecode", "literalinclude", "highlight", "parsed-literal", "doctest", "testcode"]
)
_TABLES = {"list-table": list_rows, "csv-table": csv_rows}
_VERSIONS = {
    "versionadded": "New in version",
    "versionchanged": "Changed in version",
    "versionremoved": "Removed in version",
    "deprecated": "Deprecated since version",
}
_ADMONITIONS = frozenset({
    "note", "warning", "tip", "hint", "important", "caution", "attention", "danger", "error", "seealso",
})  # fmt: skip
_SILENT = frozenset({
    "toctree", "contents", "index", "include", "raw", "image", "meta", "role", "default-role",
    "currentmodule", "module", "highlight", "sectnum", "header", "footer", "replace", "unicode", "date", "automodule",
    "autoclass", "autofunction", "testsetup", "tabularcolumns",
})  # fmt: skip


def read_rst(file: BinaryIO, limits: Limits) -> Iterator[Document]:
    """One document. Nothing is included from other files; comments and targets are left out."""
    text, facts = text_of(file, limits)
    text = _substituted(text)
    said = markdown.blocks(_Reading().blocks((text.expandtabs(8) if "\t" in text else text).split("\n")))
    if not said:
        raise DocumentError("empty")
    yield Document("", said, metadata=facts)


class _Reading:
    """One pass over the lines; the kinds of underline get their levels in the order they are met."""

    def __init__(self) -> None:
        self._levels: list[str] = []

    def blocks(self, lines: list[str], depth: int = 0) -> Iterator[str]:
        """The blocks of lines that stand at one indent; what is indented belongs to the line before it."""
        at = 0
        while at < len(lines):
            if not lines[at].strip():
                at += 1
                continue
            title = self._title(lines, at) if not depth else None
            if title is not None:
                text, used = title
                yield text
                at += used
                continue
            end = _block_end(lines, at)
            yield from self._block(lines[at:end], depth)
            at = end

    def _title(self, lines: list[str], at: int) -> tuple[str, int] | None:
        """A heading at this line and how many lines it takes, over- and underlined or only underlined."""
        line, below = lines[at].rstrip(), lines[at + 1].rstrip() if at + 1 < len(lines) else ""
        if (line[:1].isalnum() or not line[:1].strip()) and (below[:1].isalnum() or not below[:1].strip()):
            return None
        if _ADORNMENT.match(line) and at + 2 < len(lines) and lines[at + 2].rstrip() == line and below.strip():
            return markdown.heading(inline(below), self._level(line[0] * 2)), 3
        if line[:1].strip() and _ADORNMENT.match(below) and len(below) * 2 >= len(line) and not _ADORNMENT.match(line):
            return markdown.heading(inline(line), self._level(below[0])), 2
        return None

    def _level(self, kind: str) -> int:
        if kind not in self._levels:
            self._levels.append(kind)
        return self._levels.index(kind) + 1

    def _block(self, lines: list[str], depth: int) -> Iterator[str]:
        first = lines[0].rstrip()
        if is_grid(lines):
            yield markdown.table([inline(cell) for cell in row] for row in grid_rows(lines))
        elif is_simple(lines):
            yield markdown.table([inline(cell) for cell in row] for row in simple_rows(lines))
        elif match := _DIRECTIVE.match(first):
            yield from self._directive(match[1], match[2] or "", _dedented(lines[1:]), depth)
        elif not _COMMENT.match(first) and not first.startswith("__ ") and not _ADORNMENT.match(first):
            yield from self._text(lines, depth)

    def _directive(self, name: str, argument: str, body: list[str], depth: int) -> Iterator[str]:
        header = ""
        while body and (not body[0].strip() or _OPTION.match(body[0])):
            header = found[1] if (found := _OPTION_VALUE.match(body[0])) else header
            body = body[1:]
        if name in _CODE:
            code = "\n".join(body).strip("\n")
            if code:
                yield fenced(code, argument.strip()).rstrip("\n")
        elif name == "math":
            yield "\n".join(["$$", *filter(str.strip, [argument, *body]), "$$"])
        elif name in _TABLES:
            yield markdown.paragraph(inline(argument))
            yield markdown.table([inline(cell) for cell in row] for row in _TABLES[name]([header, *body]))
        elif name not in _SILENT and depth < 20:
            if name in _VERSIONS:
                version, _, more = argument.partition(" ")
                body = [f"{_VERSIONS[name]} {version}{':' if more else '.'} {more}".rstrip(), *body]
            elif name in _ADMONITIONS:
                body = [f"**{name.title()}:** {argument}".rstrip(), *body]
            elif argument and name not in ("only", "figure") and "::" not in argument:
                body = [argument, "", *body]
            yield from self.blocks(body, depth + 1)

    def _text(self, lines: list[str], depth: int) -> Iterator[str]:
        """A paragraph or the items of a list, then whatever is indented under it."""
        if lines[0].startswith(">>> "):
            yield fenced("\n".join(lines), "python").rstrip("\n")
            return
        bullet = _BULLET.match(lines[0])
        if bullet and len(lines) > 0:
            yield "\n".join(_items(lines))
            return
        head = next((n for n, line in enumerate(lines) if not line.strip() or (n and line[:1] == " ")), len(lines))
        said = "\n".join(line.strip() for line in lines[:head])
        rest = _dedented(lines[head:])
        code = said.endswith("::")
        if code:
            said = said[:-2].rstrip() + ":" if said[:-2].strip() else ""
        if said:
            yield markdown.paragraph(inline(said))
        if code and any(line.strip() for line in rest):
            yield fenced("\n".join(rest).strip("\n")).rstrip("\n")
        elif rest and depth < 20:
            yield from self.blocks(rest, depth + 1)


def _substituted(text: str) -> str:
    """The text with what `|names|` stand for, pictures for nothing."""
    replaced = dict(_REPLACED.findall(text)) if ".. |" in text else {}
    if not replaced:
        return text
    # The definitions themselves begin with two dots, and are passed over.
    lines = (
        line if line.startswith(".. |") else _SUBSTITUTION.sub(lambda name: replaced.get(name[1], name[0]), line)
        for line in text.split("\n")
    )
    return "\n".join(lines)


def _block_end(lines: list[str], at: int) -> int:
    """Where a block ends: at a blank line, unless what follows is indented under it or goes on with a list; after
    two dots at any line that is not indented."""
    listed = _BULLET.match(lines[at])
    end = at + 1
    dots = lines[at].startswith(".. ")
    while end < len(lines):
        if lines[end].strip():
            indented = lines[end][:1] == " "
            if dots and not indented:
                break
            if not lines[end - 1].strip() and not indented and not (listed and _goes_on(listed, lines[end])):
                break
        end += 1
    return end


def _goes_on(listed: re.Match[str], line: str) -> bool:
    """Whether a line is an item of the same list: of the same kind, counted or with the same mark."""
    bullet = _BULLET.match(line)
    return bullet is not None and (bullet[1] == listed[1] or len(bullet[1]) > 1 < len(listed[1]))


def _items(lines: list[str]) -> Iterator[str]:
    """The lines of a list, each item on one line, nested ones indented."""
    said: list[str] = []
    depths: list[int] = []
    mark = ""
    for line in [*lines, "- "]:
        bullet = _BULLET.match(line.strip()) if line.strip() != "-" else None
        if bullet or line == "- ":
            if said:
                yield mark + inline(" ".join(said))
            if bullet:
                indent = len(line) - len(line.lstrip())
                depths = [known for known in depths if known < indent] + [indent]
                number = bullet[1].strip("().")
                mark = "  " * (len(depths) - 1) + (f"{number}. " if number.isdigit() else "- ")
                said = [line.strip()[bullet.end() :]]
        elif line.strip():
            said.append(line.strip())


def _dedented(lines: list[str]) -> list[str]:
    if not any(lines):
        return lines
    indent = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    return [line[indent:] for line in lines]


def inline(text: str) -> str:
    """Running text with roles, links and references by what they show."""
    if "`" in text:
        text = _LITERAL.sub(lambda match: f"\x00{match[1]}\x00", text)
        text = _ROLE.sub(lambda match: _TARGET.sub(r"\1", match[1]).lstrip("~!"), text)
        text = _LINK.sub(lambda match: _TARGET.sub(r"\1", match[1]), text).replace("\x00", "`")
    return _NOTE.sub("", text) if "]_" in text else text
