"""Rich text (RTF): its running text, its tables as Markdown tables."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import BinaryIO

from generation_functions.documents import markdown
from generation_functions.documents.document import Document, Limits, whole
from generation_functions.documents.encoding import clean_text
from generation_functions.errors import DocumentError


def read_rtf(file: BinaryIO, limits: Limits) -> Iterator[Document]:
    """One document. Pictures, fonts and comments are left out; code pages are told by the file itself."""
    from striprtf.striprtf import rtf_to_text

    data = whole(file, limits)
    if not data.lstrip().startswith(b"{\\rtf"):
        raise DocumentError("not what its name says: it does not begin as RTF")
    # RTF is ASCII with escapes; what is not is written in Latin-1's place for a byte.
    plain: str = rtf_to_text(data.decode("latin-1"), errors="replace")  # type: ignore[no-untyped-call]
    text = markdown.blocks(_blocks(clean_text(plain)))
    if not text:
        raise DocumentError("empty")
    yield Document("", text)


def _blocks(text: str) -> Iterator[str]:
    """A line is a paragraph; lines that end in the mark of a cell are the rows of a table."""
    for in_table, lines in groupby(text.split("\n"), key=lambda line: line.rstrip().endswith("|") and "|" in line[:-1]):
        if in_table:
            yield markdown.table(line.rstrip().removesuffix("|").split("|") for line in lines)
        else:
            yield from (markdown.paragraph(line) for line in lines)
