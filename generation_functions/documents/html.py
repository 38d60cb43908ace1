"""Web pages: their main content as Markdown, without navigation, banners and footers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

from generation_functions.documents.document import Document, Limits, whole
from generation_functions.documents.encoding import clean_text, decode
from generation_functions.documents.html_blocks import markdown_of
from generation_functions.documents.html_content import main_content
from generation_functions.errors import DocumentError
from generation_functions.rows import Json

if TYPE_CHECKING:
    from lxml.html import HtmlElement

DEEPEST = 2048
"""How deep elements may lie in one another; the parser's own limit, beyond which it would drop the rest in silence."""

_TOO_DEEP = "Excessive depth"
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w-]{2,40})", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w-]{2,40})", re.IGNORECASE)
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")


def read_html(file: BinaryIO, limits: Limits) -> Iterator[Document]:
    """One document: the page's title, where its content has no heading, and its main content."""
    text, encoding = html_text(whole(file, limits))
    root = parse_html(text)
    title = " ".join((root.findtext(".//head/title") or "").split())
    licence = next(iter(root.xpath("//link[@rel='license']/@href | //a[@rel='license']/@href")), "")
    body = markdown_of(main_content(root))
    if not body:
        raise DocumentError("empty: a page without text")
    facts: dict[str, Json] = {"title": title} if title else {}
    if licence:
        facts["license"] = str(licence)
    if encoding != "utf-8":
        facts["encoding"] = encoding
    head = f"# {title}\n\n" if title and not body.startswith("# ") else ""
    yield Document("", clean_text(head + body), metadata=facts)


def html_text(data: bytes) -> tuple[str, str]:
    """A page's text and its encoding: by its mark, by what it says of itself, or by what fits."""
    told = _CHARSET.search(data[:4096]) or _XML_ENCODING.search(data[:4096])
    if told and not data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        name = told[1].decode("ascii").lower()
        # Browsers read these as their supersets, and so do authors write them.
        name = {"iso-8859-1": "cp1252", "latin1": "cp1252", "gb2312": "gb18030", "gbk": "gb18030"}.get(name, name)
        try:
            return data.decode(name), name
        except (LookupError, UnicodeDecodeError):
            pass
    decoded = decode(data)
    return decoded.text, decoded.encoding


def parse_html(text: str) -> HtmlElement:
    """The tree of a page, as a browser would mend it. Raises `DocumentError` for a page without any element, and for
    one so deep that the parser would leave out the rest of it."""
    from lxml import etree, html

    parser = html.HTMLParser(remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        root = html.document_fromstring(_DECLARATION.sub("", text).replace("\0", ""), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError) as exc:
        raise DocumentError(f"not a web page: {exc}") from exc
    if any(_TOO_DEEP in fault.message for fault in parser.error_log):
        raise DocumentError(
            f"its elements lie more than {DEEPEST:,} deep in one another",
            hint="no page that a person wrote does; save its text as .txt or .md",
        )
    return root
