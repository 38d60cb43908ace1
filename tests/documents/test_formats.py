"""What each format's reader makes of what its format can say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generation_functions.documents import READERS, Document, Limits, Skip, read_documents
from generation_functions.documents.document import Member
from generation_functions.errors import DocumentError
from tests.documents.made_office import made_docx, made_pptx, made_xlsx, packed

LATEX = r"""\documentclass{article} \title{On \emph{Tides}\thanks{me}} \begin{document} \maketitle
\section[Short]{Intro}\label{i} The caf\'e is ``nice'' --- 50\% off~\cite{x}. Stra\ss e, na\"{\i}ve\footnote{A note.}.
% no
\begin{itemize} \item one \begin{enumerate} \item in \end{enumerate} \item[Two] words \end{itemize}
\begin{tabular}{l|r} \hline Port & High \\ \hline A \& B & $x^2$ \\ \end{tabular}
\begin{equation} a = b \end{equation}
\begin{verbatim}
x = 1; % kept
\end{verbatim}
\input{/etc/passwd} \href{http://x}{A link}.
\end{document} after"""

RST = """
Tides
=====

.. contents::

The *sea* rises :ref:`twice <x>` a day, see `Brest <http://b>`_ and ``x = 1`` [#f]_.
Second::

    # code

* one
  goes on

  * in

1. first

.. note:: Take care
   of it.

.. code-block:: python
   :linenos:

   x = 1

.. include:: /etc/passwd

+------+------+
| Port | High |
+======+======+
| B    | 7    |
+------+------+

.. _target:
"""

PAGE = """<html><head><title>T</title></head><body><header><a href=x>Logo</a></header><nav><a>A</a></nav>
<div class="cookie-banner">We use cookies</div><div id="content"><h1>Tides</h1><p>The <b>sea</b> rises<br>twice.
<p hidden>hidden</p><ol><li>one<li>two<ul><li>in</ul></ol><blockquote><p>Quote</p></blockquote>
<table><tr><th>a<th>b|c<tr><td colspan=2>1</table><pre><code class="language-py">x = 1
# y</code></pre></div><div class="related"><a>Other</a></div><footer>foot</footer></body></html>"""

BOOK = {
    "cells": [
        {"cell_type": "markdown", "source": "# T\n"},
        {"cell_type": "code", "source": ["x = 1\n", "x"], "outputs": [
            {"output_type": "execute_result", "data": {"text/plain": ["1"], "image/png": "AAAA"}}]},
    ],
    "metadata": {"kernelspec": {"language": "julia"}},
}  # fmt: skip

CASES: dict[str, tuple[bytes, str]] = {
    "latex.tex": (
        LATEX.encode(),
        "# On Tides\n\n## Intro\n\nThe café is “nice” — 50% off. Straße, naïve (A note.).\n\n"
        "- one\n  1. in\n- Two: words\n\n"
        "| Port | High |\n| --- | --- |\n| A & B | $x^2$ |\n\n$$\na = b\n$$\n\n```\nx = 1; % kept\n```\n\nA link.\n",
    ),
    "rest.rst": (
        RST.encode(),
        "# Tides\n\nThe *sea* rises twice a day, see Brest and `x = 1`.\nSecond:\n\n```\n# code\n```\n\n"
        "- one goes on\n  - in\n\n1. first\n\n**Note:** Take care\nof it.\n\n```python\nx = 1\n```\n\n"
        "| Port | High |\n| --- | --- |\n| B | 7 |\n",
    ),
    "page.html": (
        PAGE.encode(),
        "# Tides\n\nThe sea rises\ntwice.\n\n1. one\n2. two\n  - in\n\n> Quote\n\n"
        "| a | b\\|c |\n| --- | --- |\n| 1 |  |\n\n"
        "```py\nx = 1\n# y\n```\n",
    ),
    "old.html": ("<meta charset=windows-1251><p>Море".encode("cp1251"), "Море\n"),
    "book.ipynb": (json.dumps(BOOK).encode(), "# T\n\n```julia\nx = 1\nx\n```\n\n```text\n1\n```\n"),
    "rich.rtf": (
        rb"{\rtf1\ansi\ansicpg1251{\fonttbl{\f0\fcharset204 A;}}{\info{\title x}}\f0 One \'cf\'f0\'e8.\par"
        rb"\trowd\cellx1\cellx2\intbl a\cell b\cell\row\trowd\cellx1\cellx2\intbl 1\cell 2\cell\row End\par}",
        "One При.\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\n\nEnd\n",
    ),
    "said.srt": (
        b"1\n00:00:01,000 --> 00:00:02,000\nThe sea\n\n2\n00:00:02,100 --> 00:00:03,000\n<b>rises</b>.\n\n"
        b"3\n00:00:04,000 --> 00:00:05,000\nAnna: Twice?\n",
        "The sea rises.\n\nAnna: Twice?\n",
    ),
    "said.vtt": (b"WEBVTT\n\ncue\n00:01.000 --> 00:02.000\n<v Anna>Twice &amp; more?</v>\n", "Anna: Twice & more?\n"),
    "word.docx": (
        made_docx([("h1", "T"), ("p", "# not a heading"), ("li", "a"), ("li", "b"), ("h2", "U"),
                   [["x", "y"], ["1", "2"]]]),
        "# T\n\n\\# not a heading\n\n- a\n- b\n\n## U\n\n| x | y |\n| --- | --- |\n| 1 | 2 |\n",
    ),
    "talk.pptx": (made_pptx([("One", ["a", "b"]), ("Two", ["c"])]), "## One\n\n- a\n- b\n\n## Two\n\nc\n"),
    "sums.xlsx": (
        made_xlsx({"A": [["x", "y"], ["1", ""]], "B": [["z"]]}),
        "## A\n\n| x | y |\n| --- | --- |\n| 1 |  |\n\n## B\n\n| z |\n| --- |\n",
    ),
    "rows.csv": (b'a,b\n"1,5","line\nbreak"\n', "| a | b |\n| --- | --- |\n| 1,5 | line break |\n"),
    "code.py": (b"# remark\nx = '```'\n", "```python\n# remark\nx = '```'\n```\n"),
    "one.json": (b'{"text": "words", "n": 1}', "words"),
    "mail.eml": (
        b"From: =?utf-8?q?J=C3=BCrgen?= <a@b>\nSubject: =?utf-8?b?VGlkZXM=?=\nMIME-Version: 1.0\n"
        b"Content-Type: multipart/alternative; boundary=x\n\n--x\nContent-Type: text/html\n\n<p>Not <b>this</b>\n--x\n"
        b"Content-Type: text/plain\n\nthis\n--x--\n",
        "# Tides\n\nthis\n",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Document | Skip]:
    folder = tmp_path_factory.mktemp("formats")
    for name, (content, _) in CASES.items():
        (folder / name).write_bytes(content)
    return {item.source: item for item in read_documents(folder)}


@pytest.mark.parametrize("name", CASES)
def test_a_document_is_the_markdown_of_what_it_says(found: dict[str, Document | Skip], name: str) -> None:
    document = found[name]
    assert isinstance(document, Document), document
    assert document.text == CASES[name][1]


def test_what_word_repeats_for_older_programs_is_said_once(tmp_path: Path) -> None:
    alternatives = "<mc:AlternateContent><mc:Choice>%s</mc:Choice><mc:Fallback>%s</mc:Fallback></mc:AlternateContent>"
    run = '<w:r><w:t>%s</w:t><w:footnoteReference w:id="2"/></w:r>'
    body = f"<w:p>{alternatives % (run % 'new', run % 'old')}</w:p>"
    spaces = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    spaces += ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    xml = f"<w:document {spaces}><w:body>{body}</w:body></w:document>"
    (tmp_path / "a.docx").write_bytes(packed({"word/document.xml": xml}))
    (document,) = read_documents(tmp_path)
    assert isinstance(document, Document)
    assert document.text == "new[^f2]\n"


def test_slides_and_sheets_are_pages(found: dict[str, Document | Skip]) -> None:
    for name in ("talk.pptx", "sums.xlsx"):
        document = found[name]
        assert isinstance(document, Document)
        assert [document.text[at : at + 4] for at in document.pages] == [
            line[:4] for line in document.text.split("\n") if line.startswith("## ")
        ]


def test_records_of_a_list_are_documents_and_bad_ones_are_skips(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"rows": [{"text": "a"}, {"no": 1}, "b", 7]}')
    found = list(read_documents(tmp_path))
    assert [(item.record, type(item)) for item in found] == [(1, Document), (2, Skip), (3, Document), (4, Skip)]
    assert "record 2: no `text`" in found[1].reason  # type: ignore[union-attr]


def test_an_attached_message_and_its_attachments_are_read(tmp_path: Path) -> None:
    from email.message import EmailMessage

    inner = EmailMessage()
    inner["Subject"] = "Inner"
    inner.set_content("inside")
    inner.add_attachment(made_docx([("p", "deep")]), maintype="application", subtype="x", filename="../../deep.docx")
    outer = EmailMessage()
    outer["Subject"] = "Outer"
    outer.set_content("outside")
    outer.add_attachment(inner)
    (tmp_path / "a.eml").write_bytes(outer.as_bytes())
    texts = {item.source: item.text for item in read_documents(tmp_path) if isinstance(item, Document)}
    assert list(texts) == ["a.eml", "a.eml/message.eml", "a.eml/message.eml/_.._deep.docx"]
    assert list(texts.values())[2] == "deep\n"


PURE = {".srt", ".csv", ".rst", ".tex", ".html", ".ipynb", ".json", ".eml", ".rtf"}


@pytest.mark.parametrize("suffix", sorted(PURE))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_whatever_bytes_come_a_reader_gives_results_or_a_reason(suffix: str, data: st.DataObject) -> None:
    from io import BytesIO

    pieces = [
        b"\\begin{itemize}", b"\\item ", b"{", b"}", b"$", b"\\", b"%", b"\n\n", b"  ", b"===", b".. note::",
        b"* ", b"+--+",
        b"<p>", b"<table><tr>", b"</div>", b"<pre>", b'{"cells": [', b"]", b'"', b",", b"--> 00:01.000", b"00:00.000 ",
        b"From: a\n", b"{\\rtf1 ", b"\\'e9", b"\\u1234?", b"|", b"\x00", b"\xff", "é潮".encode(), b"&", b"1. ", b"`x`_",
        b"::",
    ]  # fmt: skip
    content = b"".join(data.draw(st.lists(st.sampled_from(pieces) | st.binary(max_size=3), max_size=40)))
    kind = READERS[suffix]
    try:
        for result in kind.read(BytesIO(content), Limits(), *kind.arguments):
            assert isinstance(result, Document | Skip | Member)
            if isinstance(result, Document):
                assert result.text.strip()
                assert "\r" not in result.text
                result.text.encode()
    except DocumentError:
        pass


def test_zip_members_come_in_the_order_of_their_names(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(packed({"b.txt": "b", "a/c.txt": "c", "a.txt": "a"}))
    assert [item.source for item in read_documents(tmp_path)] == ["a.zip/a.txt", "a.zip/a/c.txt", "a.zip/b.txt"]
