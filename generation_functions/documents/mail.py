"""E-mail (EML): subject, sender and text; what is attached, each by the reader for its own name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

from generation_functions.documents import markdown
from generation_functions.documents.document import Document, Limits, Member, whole
from generation_functions.documents.encoding import clean_text, decode
from generation_functions.documents.html import parse_html
from generation_functions.documents.html_blocks import markdown_of
from generation_functions.errors import DocumentError
from generation_functions.rows import Json

if TYPE_CHECKING:
    from email.message import EmailMessage, MIMEPart

_HEADERS = ("From", "To", "Date")
_UNSAFE = re.compile(r"[/\\\x00-\x1f]")


def read_mail(file: BinaryIO, limits: Limits) -> Iterator[Document | Member]:
    """One document, its plain text preferred to its HTML, then its attachments. Signatures and quotes stay."""
    message = _message(file, limits)
    if not message.keys():
        raise DocumentError("not a message: it has no headers")
    attached = list(_attachments(message, limits))
    body = _body(message)
    if not body and not attached:
        raise DocumentError("empty")
    if body:
        subject = _header(message, "Subject")
        facts: dict[str, Json] = {name.lower(): value for name in _HEADERS if (value := _header(message, name))}
        yield Document("", clean_text(markdown.blocks([markdown.heading(subject, 1), body])), metadata=facts)
    yield from attached


def open_attachment(file: BinaryIO, member: Member, limits: Limits) -> bytes:
    """The content of one attachment."""
    return _content(_files(_message(file, limits))[member.index])


def _message(file: BinaryIO, limits: Limits) -> EmailMessage:
    from email import message_from_bytes, policy
    from email.message import EmailMessage

    return message_from_bytes(whole(file, limits), EmailMessage, policy=policy.default)


def _body(message: EmailMessage) -> str:
    plain = message.get_body(("plain",))
    text = decoded_part(plain).strip("\n") if plain is not None else ""
    if text.strip():
        return text
    page = message.get_body(("html",))
    return markdown_of(parse_html(source)) if page is not None and (source := decoded_part(page)) else ""


def decoded_part(part: MIMEPart) -> str:
    """The text of a part, by the character set it names or, where that is wrong, by what fits."""
    data = _content(part)
    try:
        return clean_text(data.decode(part.get_content_charset("utf-8")))
    except (LookupError, UnicodeDecodeError):
        return decode(data).text


def _attachments(message: EmailMessage, limits: Limits) -> Iterator[Member]:
    files = _files(message)
    if len(files) > limits.max_members:
        raise DocumentError(f"it has {len(files)} attachments, more than the limit of {limits.max_members}")
    names: set[str] = set()
    for index, part in enumerate(files):
        name = _UNSAFE.sub("_", clean_text(part.get_filename() or "")).strip(". ")
        if not name:
            name = "message.eml" if part.get_content_type() == "message/rfc822" else ""
        if name:
            yield Member(name if name not in names else f"{index + 1}-{name}", index)
            names.add(name)


def _files(message: EmailMessage) -> list[MIMEPart]:
    """The attached parts; pictures that the text shows in place are none."""
    return list(message.iter_attachments())


def _content(part: MIMEPart) -> bytes:
    if part.get_content_type() == "message/rfc822":
        inner = part.get_payload()
        return inner[0].as_bytes() if isinstance(inner, list) and inner else b""  # type: ignore[union-attr]
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _header(message: EmailMessage, name: str) -> str:
    try:
        return clean_text(" ".join(str(message.get(name) or "").split()))
    except (ValueError, IndexError, AttributeError):
        # The standard library's parser of addresses stumbles over some broken ones.
        return ""
