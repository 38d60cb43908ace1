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

_SHOWN = ("text/plain", "text/html")
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
    """What the message shows, its parts one below the other."""
    return "\n\n".join(filter(None, (_text(part) for shown, part in _parts(message) if shown)))


def _text(part: MIMEPart) -> str:
    source = decoded_part(part)
    if part.get_content_type() == "text/html":
        return markdown_of(parse_html(source)).strip("\n") if source.strip() else ""
    return source.strip("\n") if source.strip() else ""


def _parts(part: MIMEPart) -> Iterator[tuple[bool, MIMEPart]]:
    """The parts that hold no others, in order, and whether each is text that is shown: of alternatives one."""
    kind = part.get_content_type()
    if part.get_content_maintype() != "multipart" or not isinstance(part.get_payload(), list):
        yield kind in _SHOWN and not part.is_attachment() and not part.get_filename(), part
        return
    inner: list[MIMEPart] = list(part.get_payload())  # type: ignore[arg-type]
    if kind == "multipart/alternative":
        yield from _of_alternatives([list(_parts(one)) for one in inner])
    elif kind in ("multipart/related", "multipart/signed"):
        # Beside the first there are pictures that the text shows in place, or a signature.
        yield from (leaf for one in inner[:1] for leaf in _parts(one))
        yield from ((False, one) for one in inner[1:] if kind == "multipart/related" and one.is_attachment())
    else:
        yield from (leaf for one in inner for leaf in _parts(one))


def _of_alternatives(found: list[list[tuple[bool, MIMEPart]]]) -> Iterator[tuple[bool, MIMEPart]]:
    """What one of several shows, plain text if it says anything, and the files of all."""
    said = [leaves for leaves in found if any(shown and decoded_part(part).strip() for shown, part in leaves)]
    plain = [
        leaves for leaves in said if all(part.get_content_type() == "text/plain" for shown, part in leaves if shown)
    ]
    best = (plain or said[-1:] or [[]])[0]
    yield from ((shown, part) for leaves in found for shown, part in leaves if not shown or leaves is best)


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
    return [part for shown, part in _parts(message) if not shown]


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
