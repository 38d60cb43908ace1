"""PDF: the text layer in reading order, scans by recognition, page by page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, BinaryIO

from generation_functions.documents import ocr
from generation_functions.documents.document import Document, Limits, Skip, whole
from generation_functions.documents.encoding import clean_text
from generation_functions.documents.pdf_form import open_form, written_lines
from generation_functions.documents.pdf_lines import page_lines
from generation_functions.documents.pdf_order import Line
from generation_functions.documents.pdf_running import without_running
from generation_functions.documents.pdf_text import PageText, assembled, body_size, is_typewritten
from generation_functions.errors import DocumentError
from generation_functions.rows import Json

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfPage

DOTS_PER_INCH = 200
MOST_PIXELS = 40_000_000
MOST_SCANS = 2_000
"""Scanned pages of one document that are recognised."""


def read_pdf(file: BinaryIO, limits: Limits) -> Iterator[Document | Skip]:
    """One document with its pages, and a skip that names the pages that gave no text though they show something."""
    document = _opened(whole(file, limits))
    try:
        open_form(document)
        pages = [_lines(document, number, limits) for number in range(len(document))]
        scans = {number: seen for number, seen in enumerate(pages) if isinstance(seen, _Scan)}
        lines = without_running([[] if isinstance(seen, _Scan) else seen for seen in pages])
        recognised = dict(_recognised(document, scans, limits))
        facts = _facts(document)
    finally:
        document.close()
    size, typewritten = body_size(lines), is_typewritten(lines)
    texts = [
        PageText([recognised[number].text])
        if number in recognised and recognised[number].text
        else PageText.of(found, size, typewritten)
        for number, found in enumerate(lines)
    ]
    text, offsets = assembled(texts)
    missing = {number: scan.reason for number, scan in recognised.items() if not scan.text}
    if not text.strip():
        raise DocumentError(_no_text(len(pages), missing), hint=ocr.HINT if missing and ocr.program() is None else None)
    read = sum(bool(scan.text) for scan in recognised.values())
    yield Document("", text, metadata=facts | ({"recognised_pages": read} if read else {}), pages=offsets)
    if missing:
        yield Skip("", f"{_numbers(list(missing))}: {next(iter(missing.values()))}")


class _Scan:
    """A page that shows something and says nothing; its text or why there is none, once recognised."""

    def __init__(self, text: str = "", reason: str = "") -> None:
        self.text = text
        self.reason = reason


def _opened(data: bytes) -> PdfDocument:
    import pypdfium2

    if b"%PDF-" not in data[:1024]:
        raise DocumentError("not what its name says: it does not begin as a PDF")
    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as exc:
        if "password" in str(exc).lower():
            raise DocumentError("encrypted: it needs a password", hint="save it without a password") from exc
        raise DocumentError(f"damaged: {exc}") from exc


def _lines(document: PdfDocument, number: int, limits: Limits) -> list[Line] | _Scan:
    import pypdfium2

    try:
        page = document[number]
    except pypdfium2.PdfiumError as exc:
        return _Scan(reason=f"damaged: {exc}")
    try:
        found = page_lines(page, list(written_lines(document, page)) if document.formenv is not None else [])
        return _Scan() if not found and _shows_something(page) else found
    finally:
        page.close()


def _shows_something(page: PdfPage) -> bool:
    from pypdfium2 import raw

    count = raw.FPDFPage_CountObjects(page.raw)
    kinds = {raw.FPDFPageObj_GetType(raw.FPDFPage_GetObject(page.raw, index)) for index in range(min(count, 200))}
    return bool(kinds & {raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_FORM}) or count > 50


def _recognised(document: PdfDocument, scans: dict[int, _Scan], limits: Limits) -> Iterator[tuple[int, _Scan]]:
    for done, (number, scan) in enumerate(scans.items()):
        if scan.reason:
            yield number, scan
        elif ocr.program() is None:
            yield number, _Scan(reason=f"a scan without text; {ocr.HINT}")
        elif done >= MOST_SCANS:
            yield number, _Scan(reason=f"a scan beyond the first {MOST_SCANS}")
        else:
            yield number, _recognise(document, number, limits)


def _recognise(document: PdfDocument, number: int, limits: Limits) -> _Scan:
    try:
        text = clean_text(ocr.recognise(_picture(document, number), limits.seconds)).strip()
    except DocumentError as exc:
        return _Scan(reason=exc.message)
    return _Scan(text) if text else _Scan(reason="a scan in which no text was recognised")


def _picture(document: PdfDocument, number: int) -> bytes:
    """A page as a grey picture in the plain format PGM."""
    page = document[number]
    try:
        scale = DOTS_PER_INCH / 72
        width, height = page.get_size()
        scale = min(scale, (MOST_PIXELS / max(1.0, width * height)) ** 0.5)
        bitmap: Any = page.render(scale=scale, grayscale=True)
    finally:
        page.close()
    rows = bytes(bitmap.buffer)
    if bitmap.stride != bitmap.width:
        rows = b"".join(rows[at : at + bitmap.width] for at in range(0, bitmap.stride * bitmap.height, bitmap.stride))
    return b"P5 %d %d 255\n" % (bitmap.width, bitmap.height) + rows


def _facts(document: PdfDocument) -> dict[str, Json]:
    told = document.get_metadata_dict(skip_empty=True)
    return {name.lower(): clean_text(told[name])[:500] for name in ("Title", "Author") if told.get(name, "").strip()}


def _no_text(pages: int, missing: dict[int, str]) -> str:
    if missing and ocr.program() is None:
        return f"scanned: its {pages} {'page has' if pages == 1 else 'pages have'} no text layer"
    if missing:
        return f"no text: {next(iter(missing.values()))}"
    return "empty"


def _numbers(pages: list[int]) -> str:
    """`page 3`, `pages 2, 5–7`: as people count, from 1."""
    runs: list[list[int]] = []
    for number in sorted(pages):
        if runs and runs[-1][1] == number:
            runs[-1][1] = number + 1
        else:
            runs.append([number + 1, number + 1])
    told = [str(first) if first == last else f"{first}–{last}" for first, last in runs]
    return f"{'page' if len(pages) == 1 else 'pages'} {', '.join(told)}"
