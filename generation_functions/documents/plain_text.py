"""Plain text and Markdown, whole and as it was written; source code as a fenced block."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from generation_functions.documents.document import Document, Limits, whole
from generation_functions.documents.encoding import Decoded, decode
from generation_functions.documents.long_document import long_text
from generation_functions.errors import DocumentError
from generation_functions.rows import Json

CODE_LANGUAGES = {
    ".py": "python", ".js": "javascript", ".ts": "typescript", ".tsx": "tsx", ".jsx": "jsx", ".java": "java",
    ".c": "c", ".h": "c", ".cpp": "cpp", ".hpp": "cpp", ".cc": "cpp", ".cs": "csharp", ".go": "go", ".rs": "rust",
    ".rb": "ruby", ".php": "php", ".swift": "swift", ".kt": "kotlin", ".scala": "scala", ".r": "r", ".jl": "julia",
    ".lua": "lua", ".pl": "perl", ".sh": "bash", ".ps1": "powershell", ".sql": "sql", ".hs": "haskell",
    ".clj": "clojure", ".ex": "elixir", ".erl": "erlang", ".ml": "ocaml", ".f90": "fortran", ".m": "matlab",
    ".vue": "vue", ".zig": "zig",
}  # fmt: skip


def read_text(file: BinaryIO, limits: Limits) -> Iterator[Document]:
    """One document: the whole file. Raises `DocumentError` when it is empty, too large, or not text."""
    if (long := long_text(file, limits)) is not None:
        yield long
        return
    text, facts = text_of(file, limits)
    yield Document("", text, metadata=facts)


def read_code(file: BinaryIO, limits: Limits, language: str) -> Iterator[Document]:
    """One document: the file as a fenced block, so that its comments are not taken for headings."""
    text, facts = text_of(file, limits)
    yield Document("", fenced(text, language), metadata=facts)


def fenced(code: str, language: str = "") -> str:
    """A Markdown code block, its fence longer than any inside."""
    longest = max(map(len, re.findall(r"^ {0,3}(`{3,})", code, re.MULTILINE)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}{language}\n{code.rstrip()}\n{fence}\n"


def text_of(file: BinaryIO, limits: Limits) -> tuple[str, dict[str, Json]]:
    """The text of a file and what there is to know of its encoding."""
    decoded = decode(whole(file, limits))
    if not decoded.text or decoded.text.isspace():
        raise DocumentError("empty")
    return decoded.text, _encoding_facts(decoded)


def _encoding_facts(decoded: Decoded) -> dict[str, Json]:
    facts: dict[str, Json] = {}
    if decoded.encoding != "utf-8" or decoded.replaced:
        facts["encoding"] = decoded.encoding
    if decoded.replaced:
        facts["replaced_bytes"] = decoded.replaced
    return facts
