"""A corpus of every format in eleven languages reads without a skip, each title, sentence and heading in its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from generation_functions.chunking import chunk_document
from generation_functions.documents import READERS, Document, Skip, read_documents
from tests.documents.made_corpus import FORMATS, STORIES, corpus

HEADED = {"docx", "odt", "pptx", "xlsx", "epub", "pdf", "html", "tex", "rst", "eml", "ipynb", "md", "txt"}
"""Formats in which the title is a heading."""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Document]]:
    folder = tmp_path_factory.mktemp("corpus")
    for name, content in corpus().items():
        (folder / name).write_bytes(content)
    by_file: dict[str, list[Document]] = {}
    for item in read_documents(folder):
        assert not isinstance(item, Skip), item
        by_file.setdefault(item.source.partition("/")[0], []).append(item)
    return by_file


def test_every_file_gives_its_text(found: dict[str, list[Document]]) -> None:
    assert len(found) == len(STORIES) * len(FORMATS) >= 40


@pytest.mark.parametrize("suffix", FORMATS)
def test_every_format_keeps_every_language(found: dict[str, list[Document]], suffix: str) -> None:
    for language, story in STORIES.items():
        text = "\n".join(document.text for document in found[f"{language}.{suffix}"])
        for said in (story.title, story.first, story.second):
            assert said in text, f"{language}.{suffix}: {text}"
        headings = [line.lstrip("#").strip() for line in text.split("\n") if line.startswith("#")]
        assert (story.title in headings) == (suffix in HEADED or suffix in ("zip", "py")), text


def test_every_format_has_a_reader() -> None:
    assert {f".{suffix}" for suffix in FORMATS} <= READERS.keys()


def test_chunks_of_every_document_are_its_text(found: dict[str, list[Document]]) -> None:
    for documents in found.values():
        for document in documents:
            chunks = list(chunk_document(document, max_tokens=20))
            assert "".join(document.text[chunk.start : chunk.end] for chunk in chunks) == document.text


def test_members_are_named_by_where_they_lie(found: dict[str, list[Document]]) -> None:
    assert [document.source for document in found["en.zip"]] == [
        "en.zip/a/first.txt", "en.zip/a/second.docx", "en.zip/b.zip/deep.html",
    ]  # fmt: skip
    assert [document.source for document in found["en.eml"]] == ["en.eml", "en.eml/more.txt"]


def test_navigation_is_no_text(found: dict[str, list[Document]]) -> None:
    assert "Home" not in found["en.html"][0].text


def test_order_is_the_same_whatever_the_number_of_processes(tmp_path: Path) -> None:
    for name, content in corpus().items():
        if name.startswith(("en", "zh")):
            (tmp_path / name).write_bytes(content)
    assert list(read_documents(tmp_path, workers=1)) == list(read_documents(tmp_path, workers=3))
