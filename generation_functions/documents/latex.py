"""LaTeX: sections, lists, tables and running text as Markdown; formulas as they were written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from generation_functions.documents import markdown
from generation_functions.documents.document import Document, Limits
from generation_functions.documents.latex_names import (
    FORMULA,
    LEVELS,
    REFERENCES,
    SECOND,
    SHOWN,
    SILENT,
    SILENT_ENVIRONMENTS,
    TABULAR,
    VERBATIM,
)
from generation_functions.documents.latex_symbols import accented, symbol
from generation_functions.documents.plain_text import fenced, text_of
from generation_functions.errors import DocumentError

_COMMENT = re.compile(r"\\.|%[^\n]*\n?[ \t]*", re.DOTALL)
_GROUP_MARK = re.compile(r"\\.|[{}\[\]]", re.DOTALL)
_BODY = re.compile(r"\\begin\s*\{document\}(.*?)(?:\\end\s*\{document\}|\Z)", re.DOTALL)
_TITLE = re.compile(r"\\title\s*(?:\[[^\]]*\]\s*)?(?=\{)")
_TOKEN = re.compile(
    r"\\begin\s*\{([^}\n]{1,40})\}|\\end\s*\{([^}\n]{1,40})\}|(\$\$?|\\\(|\\\[)|\\([a-zA-Z@]+)\*?[ \t]*|\\([^a-zA-Z])"
    r"|([{}~&])|(\n[ \t]*\n\s*)|([^\\${}~&\n]+|\n)"
)
_COVERS = re.compile(r"\s*\\multicolumn\s*\{\s*(\d{1,2})\s*\}")
_LABEL = re.compile(r"\\label\{[^}]*\}\s*")
_RULES = re.compile(
    r"\\(?:hline|toprule|midrule|bottomrule|endhead|endfirsthead|(?:cline|cmidrule)(?:\([^)]*\))?\{[^}]*\})"
)


def read_latex(file: BinaryIO, limits: Limits) -> Iterator[Document]:
    """One document: its body, or all of a file that has no preamble. Other files are not read; macros are not run."""
    source, facts = text_of(file, limits)
    found = _BODY.search(source)
    preamble, body = (source[: found.start()], found[1]) if found else ("", source)
    reading = _Reading(_without_comments(_outside_verbatim(body)))
    title = _TITLE.search(preamble)
    head = _Reading(preamble[title.end() :]).argument() if title else ""
    said = markdown.blocks([markdown.heading(head, 1), *reading.blocks()])
    if not said:
        raise DocumentError("empty")
    yield Document("", said, metadata=facts)


def _outside_verbatim(body: str) -> str:
    """Percent signs escaped where code is quoted, so that they are no comments."""
    names = "|".join(re.escape(name) for name in sorted(VERBATIM))
    quoted = re.compile(rf"(\\begin\{{({names})\}})(.*?)(\\end\{{\2\}})", re.DOTALL)
    return quoted.sub(lambda match: match[1] + match[3].replace("%", "\\%") + match[4], body)


def _without_comments(source: str) -> str:
    if "%" not in source:
        return source
    return _COMMENT.sub(lambda found: found[0] if found[0][0] == "\\" else "", source)


class _Reading:
    """One pass over the source, token by token."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._at = 0
        self._said: list[str] = []
        self._lists: list[int | None] = []
        self._done: list[str] = []
        self._listed: list[str] = []
        self._marker = ""

    def blocks(self) -> Iterator[str]:
        """The blocks of the source."""
        while (token := self._next()) is not None:
            self._take(token)
            yield from self._given()
        self._end_block()
        self._end_list()
        yield from self._given()

    def _given(self) -> Iterator[str]:
        done, self._done = self._done, []
        yield from done

    def _next(self) -> re.Match[str] | None:
        token = _TOKEN.match(self._source, self._at)
        if token is not None:
            self._at = token.end()
        elif self._at < len(self._source):
            self._at += 1
            return self._next() if self._source[self._at - 1] == "\\" and self._at < len(self._source) else None
        return token

    def _take(self, token: re.Match[str]) -> None:
        begins, ends, formula, command, escaped, mark, gap, text = token.groups()
        if text:
            self._said.append(text)
        elif gap:
            self._end_block()
        elif command:
            self._command(command)
        elif escaped:
            self._said.append(self._escaped(escaped))
        elif formula:
            self._said.append(self._formula(formula))
        elif begins:
            self._begin(begins)
        elif ends:
            self._finish(ends)
        elif mark:
            self._said.append({"~": " ", "&": " "}.get(mark, ""))

    def _escaped(self, char: str) -> str:
        if char == "\\":
            self._skip_option()
            return "\n"
        if char in "'`^\"~=.":
            return accented(char, self.argument())
        return {",": " ", ";": " ", ":": " ", " ": " ", "\n": " ", "-": "", "/": "", "!": ""}.get(char, char)

    def _formula(self, opening: str) -> str:
        closing = {"\\(": "\\)", "\\[": "\\]"}.get(opening, opening)
        end = self._source.find(closing, self._at)
        if end < 0:
            return opening
        body, self._at = self._source[self._at : end], end + len(closing)
        mark = "$$" if opening in ("$$", "\\[") else "$"
        return f"{mark}{' '.join(body.split())}{mark}"

    def _command(self, name: str) -> None:
        if name in LEVELS:
            self._end_block()
            self._end_list()
            self._skip_option()
            self._done.append(markdown.heading(self.argument(), LEVELS[name]))
        elif name == "item":
            self._item()
        elif name == "par":
            self._end_block()
        elif name == "verb":
            self._said.append(self._quoted())
        elif name in SILENT:
            self._skip_arguments()
            if name in REFERENCES and self._said and self._said[-1].endswith((" ", "~")):
                self._said[-1] = self._said[-1].rstrip(" ~")
        elif name in SECOND:
            self._skip_option()
            self.argument()
            self._said.append(self.argument() if self._follows("{") else "")
        elif name in ("multicolumn", "multirow"):
            self._spanning()
        elif name == "footnote":
            self._said.append(f" ({self.argument()})")
        elif name in SHOWN:
            self._skip_option()
            self._said.append(self.argument() if self._follows("{") else "")
        elif len(name) == 1 and name in "cvuHkrbd":
            self._said.append(accented(name, self.argument()))
        else:
            self._said.append(symbol(name))

    def _spanning(self) -> None:
        """The text of a cell over several columns or rows, which comes after how many and how wide they are."""
        for _ in range(2):
            self._skip_option()
            self.argument()
        self._skip_option()
        self._said.append(self.argument())

    def _item(self) -> None:
        self._end_block()
        label = self._option()
        count = self._lists[-1] if self._lists else None
        if count is not None:
            self._lists[-1] = count + 1
        depth = max(0, len(self._lists) - 1)
        self._marker = (
            "  " * depth + (f"{count + 1}. " if count is not None else "- ") + (f"{label}: " if label else "")
        )

    def _begin(self, name: str) -> None:
        if name in VERBATIM or name in FORMULA or name in SILENT_ENVIRONMENTS or name in TABULAR:
            self._whole(name)
            return
        self._end_block()
        if name in ("itemize", "enumerate", "description"):
            self._lists.append(0 if name == "enumerate" else None)
        self._skip_arguments()

    def _whole(self, name: str) -> None:
        """An environment whose inside is not running text."""
        end = self._source.find(f"\\end{{{name}}}", self._at)
        end = end if end >= 0 else len(self._source)
        body, self._at = self._source[self._at : end], end + len(name) + 6
        self._end_block()
        if name in VERBATIM:
            self._done.append(
                fenced(re.sub(r"\A(?:\[[^\]]*\]|\{[^}]*\})*", "", body).replace("\\%", "%").strip("\n")).rstrip()
            )
        elif name in FORMULA:
            self._done.append(f"$$\n{_LABEL.sub('', body).strip()}\n$$")
        elif name in TABULAR:
            self._done.append(_table(body))

    def _finish(self, name: str) -> None:
        self._end_block()
        if name in ("itemize", "enumerate", "description") and self._lists:
            self._lists.pop()
            if not self._lists:
                self._end_list()

    def _end_block(self) -> None:
        text, self._said = markdown.paragraph(_quotes("".join(self._said))), []
        if not text:
            return
        if self._lists:
            self._listed.append((self._marker or "  " * len(self._lists)) + " ".join(text.split()))
            self._marker = ""
        else:
            self._done.append(text)

    def _end_list(self) -> None:
        if self._listed:
            self._done.append("\n".join(self._listed))
            self._listed = []

    # Arguments

    def argument(self) -> str:
        """The text of the group (or the one character) that follows."""
        if not self._follows("{"):
            char, self._at = self._source[self._at : self._at + 1], self._at + 1
            return char
        inner = self._group("{", "}")
        if "\\" not in inner and "{" not in inner and "$" not in inner:
            return _quotes(inner.replace("~", " "))
        # Groups in groups get shorter with each step, and a thousand of them are no text.
        return " ".join(_Reading(inner).blocks()) if inner.count("{") < 200 else ""

    def _quoted(self) -> str:
        mark = self._source[self._at : self._at + 1]
        end = self._source.find(mark, self._at + 1) if mark else -1
        if end < 0:
            return ""
        code, self._at = self._source[self._at + 1 : end], end + 1
        return f"`{code}`"

    def _follows(self, mark: str) -> bool:
        while self._source[self._at : self._at + 1] in (" ", "\t"):
            self._at += 1
        return self._source.startswith(mark, self._at)

    def _group(self, opening: str, closing: str) -> str:
        depth, at = 0, self._at
        for found in _GROUP_MARK.finditer(self._source, at):
            depth += (found[0] == opening) - (found[0] == closing)
            if not depth:
                self._at = found.end()
                return self._source[at + 1 : found.start()]
        self._at = len(self._source)
        return self._source[at + 1 :]

    def _option(self) -> str:
        return " ".join(_Reading(self._group("[", "]")).blocks()) if self._follows("[") else ""

    def _skip_option(self) -> None:
        while self._follows("["):
            self._group("[", "]")

    def _skip_arguments(self) -> None:
        while self._follows("[") or self._follows("{"):
            self._group("[", "]") if self._follows("[") else self._group("{", "}")


def _table(body: str) -> str:
    """A tabular's rows; the column specification that begins it is left out."""
    reading = _Reading(body)
    reading._skip_arguments()
    inner = _RULES.sub("", body[reading._at :])
    rows = [re.split(r"(?<!\\)&", row) for row in re.split(r"\\\\(?:\[[^\]]*\])?|\\tabularnewline", inner)]
    return markdown.table([text for cell in row for text in _cells(cell)] for row in rows)


def _cells(cell: str) -> Iterator[str]:
    """A cell's text, then the blank ones that it covers."""
    yield " ".join(_Reading(cell).blocks())
    covers = _COVERS.match(cell)
    yield from [""] * (int(covers[1]) - 1 if covers else 0)


def _quotes(text: str) -> str:
    if "`" in text or "'" in text:
        text = text.replace("``", "“").replace("''", "”")
    return text.replace("---", "—").replace("--", "–") if "--" in text else text
