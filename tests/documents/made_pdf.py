"""PDF files made from nothing: texts at places, in any script, pages of pictures, passwords."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

Placed = tuple[float, float, float, str]
"""Left, baseline (points from the lower left corner), size, text."""

_TO_UNICODE = b"""/CIDInit /ProcSet findresource begin 12 dict begin begincmap
/CMapName /U def /CMapType 2 def 1 begincodespacerange <0000> <FFFF> endcodespacerange
%s endcmap end end"""


def made_pdf(pages: Sequence[Sequence[Placed]], *, title: str = "", code: Sequence[Sequence[Placed]] = ()) -> bytes:
    """A PDF of A4 pages. Every character is a glyph of its own code, half as wide as it is high; `code` is in the type
    of a typewriter."""
    bodies = [b"".join(_shown(*placed) for placed in page) for page in pages]
    for number, page in enumerate(code):
        bodies[number] += b"".join(_shown(*placed, font=b"C") for placed in page)
    shared = [*_font(), *_font(7, b"MadeMono")]
    return _file(bodies, shared, b"/Font << /F 3 0 R /C 7 0 R >>", title)


def turned_pdf(lines: Sequence[str]) -> bytes:
    """A PDF whose lines run up the page, one to the right of the other."""
    placed = ((300.0, -20.0 - 13 * number, 10.0, line) for number, line in enumerate(lines))
    return _file(
        [b"0 1 -1 0 0 0 cm\n" + b"".join(_shown(*one) for one in placed)], _font(), b"/Font << /F 3 0 R >>", ""
    )


def filled_pdf(page: Sequence[Placed], name: str, value: str, box: tuple[int, int, int, int]) -> bytes:
    """A PDF of one page with a form of one field, in which somebody has written."""
    field = (
        b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (%s) /V <feff%s> /Rect [%d %d %d %d] /F 4 /DA (/F 10 Tf) >>"
    ) % (name.encode(), value.encode("utf-16-be").hex().encode(), *box)
    shared = [*_font(), field]
    number = 2 + len(shared)
    plain = _file([b"".join(_shown(*placed) for placed in page)], shared, b"/Font << /F 3 0 R >>", "")
    form = b"/Type /Catalog /AcroForm << /Fields [%d 0 R] >>" % number
    return plain.replace(b"/Type /Catalog", form).replace(b"/Type /Page ", b"/Type /Page /Annots [%d 0 R] " % number)


def scanned_pdf(pages: int) -> bytes:
    """A PDF whose pages are pictures: grey, without any text."""
    picture = zlib.compress(b"\x80" * 64 * 64)
    image = _stream(picture, b"/Type /XObject /Subtype /Image /Width 64 /Height 64 /ColorSpace /DeviceGray"
                    b" /BitsPerComponent 8 /Filter /FlateDecode")  # fmt: skip
    return _file([b"q 500 0 0 700 40 70 cm /I Do Q"] * pages, [image], b"/XObject << /I 3 0 R >>", "")


def encrypted_pdf() -> bytes:
    """A PDF that wants a password before it shows anything."""
    key = b"<" + b"ab" * 32 + b">"
    whole = _file([b""], _font(), b"", "")
    return whole.replace(
        b"/Root 1 0 R",
        b"/Root 1 0 R /Encrypt << /Filter /Standard /V 1 /R 2 /O "
        + key
        + b" /U "
        + key
        + b" /P -44 >> /ID [<00> <00>]",
    )


def _shown(left: float, base: float, size: float, text: str, font: bytes = b"F") -> bytes:
    codes = text.encode("utf-16-be").hex().encode()
    return b"BT /%s %.1f Tf %.1f %.1f Td <%s> Tj ET\n" % (font, size, left, base, codes)


def _font(first: int = 3, name: bytes = b"Made") -> list[bytes]:
    ranges = b"".join(
        b"16 beginbfrange\n"
        + b"".join(b"<%02X00> <%02XFF> <%02X00>\n" % (high, high, high) for high in range(start, start + 16))
        + b"endbfrange\n"
        for start in range(0, 256, 16)
    )
    return [
        b"<< /Type /Font /Subtype /Type0 /BaseFont /%s /Encoding /Identity-H"
        b" /DescendantFonts [%d 0 R] /ToUnicode %d 0 R >>" % (name, first + 1, first + 2),
        b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /%s /DW 500 /FontDescriptor %d 0 R" % (name, first + 3)
        + b" /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>",
        _stream(_TO_UNICODE % ranges, b""),
        b"<< /Type /FontDescriptor /FontName /%s /Flags 4 /FontBBox [0 -200 1000 800] /ItalicAngle 0 /Ascent 800"
        b" /Descent -200 /CapHeight 700 /StemV 80 >>" % name,
    ]


def _stream(data: bytes, entries: bytes) -> bytes:
    return b"<< /Length %d %s >>\nstream\n" % (len(data), entries) + data + b"\nendstream"


def _file(bodies: Sequence[bytes], shared: list[bytes], resources: bytes, title: str) -> bytes:
    """The file: objects 1 and 2 are the catalogue and the tree of pages, then what pages share, then the pages."""
    first = 3 + len(shared)
    kids = b" ".join(b"%d 0 R" % (first + 2 * number) for number in range(len(bodies)))
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(bodies), kids)]
    objects += shared
    for number, body in enumerate(bodies):
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R /Resources << %s >> >>"
            % (first + 2 * number + 1, resources)
        )
        objects.append(_stream(zlib.compress(body), b"/Filter /FlateDecode"))
    objects.append(b"<< /Title <feff%s> >>" % title.encode("utf-16-be").hex().encode())
    out, places = b"%PDF-1.7\n", []
    parts = [out]
    length = len(out)
    for number, content in enumerate(objects, 1):
        places.append(length)
        parts.append(b"%d 0 obj\n" % number + content + b"\nendobj\n")
        length += len(parts[-1])
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    parts.append(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + table)
    parts.append(
        b"trailer\n<< /Size %d /Root 1 0 R /Info %d 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (len(objects) + 1, len(objects), length)
    )
    return b"".join(parts)
