"""What people wrote into the fields of a PDF form: lines beside those that are printed on the page."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from typing import TYPE_CHECKING

from generation_functions.documents.pdf_order import Line

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfPage

LARGEST_TYPE = 11.0
"""Points of type that a written line is taken to have at most."""


def open_form(document: PdfDocument) -> None:
    """Make the document's form ready to be read, if it has one, before any page is."""
    from pypdfium2 import raw

    if document.get_formtype() != raw.FORMTYPE_NONE:
        document.init_forms()


def written_lines(document: PdfDocument, page: PdfPage) -> Iterator[Line]:
    """The texts of a page's fields, each line at its field's place."""
    from pypdfium2 import raw

    written = (raw.FPDF_FORMFIELD_TEXTFIELD, raw.FPDF_FORMFIELD_COMBOBOX, raw.FPDF_FORMFIELD_LISTBOX)
    for index in range(raw.FPDFPage_GetAnnotCount(page.raw)):
        field = raw.FPDFPage_GetAnnot(page.raw, index)
        if not field:
            continue
        try:
            if raw.FPDFAnnot_GetFormFieldType(document.formenv.raw, field) in written:
                yield from _lines(document, page, field)
        finally:
            raw.FPDFPage_CloseAnnot(field)


def _lines(document: PdfDocument, page: PdfPage, field: object) -> Iterator[Line]:
    from pypdfium2 import raw

    box = raw.FS_RECTF()
    lines = [line for line in _value(document, field).splitlines() if line.strip()]
    if not lines or not raw.FPDFAnnot_GetRect(field, ctypes.byref(box)):
        return
    height = (box.top - box.bottom) / len(lines)
    for number, line in enumerate(lines):
        top = box.top - number * height
        yield Line(
            " ".join(line.split()), box.left, top - height, box.right, top,
            min(height * 0.8, LARGEST_TYPE), page.get_height(),
        )  # fmt: skip


def _value(document: PdfDocument, field: object) -> str:
    from pypdfium2 import raw

    form = document.formenv.raw
    size = raw.FPDFAnnot_GetFormFieldValue(form, field, None, 0)
    if size <= 2:
        return ""
    buffer = (ctypes.c_ushort * (size // 2))()
    raw.FPDFAnnot_GetFormFieldValue(form, field, buffer, size)
    return bytes(buffer).decode("utf-16-le", "replace").rstrip("\0")
