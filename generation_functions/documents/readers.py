"""Which reader reads which file: the table of formats, by suffix."""

from __future__ import annotations

from generation_functions.documents import archive, mail, ocr
from generation_functions.documents.epub import read_epub
from generation_functions.documents.format import Format
from generation_functions.documents.html import read_html
from generation_functions.documents.json_lines import read_jsonl
from generation_functions.documents.latex import read_latex
from generation_functions.documents.notebook import read_notebook
from generation_functions.documents.opendocument import read_odt
from generation_functions.documents.pdf import read_pdf
from generation_functions.documents.plain_text import CODE_LANGUAGES, read_code, read_text
from generation_functions.documents.records import read_json, read_parquet
from generation_functions.documents.restructured import read_rst
from generation_functions.documents.rich_text import read_rtf
from generation_functions.documents.sheets import read_table, read_workbook
from generation_functions.documents.slides import read_pptx
from generation_functions.documents.subtitles import read_subtitles
from generation_functions.documents.word import read_docx

_FORMATS = {
    (".txt", ".text", ".md", ".markdown"): Format("plain text", read_text, isolated=False),
    (".jsonl", ".ndjson"): Format("JSON lines", read_jsonl, isolated=False, records=True),
    (".srt", ".vtt"): Format("subtitles", read_subtitles, version=3),
    (".pdf",): Format("PDF", read_pdf, version=6, library="pypdfium2", extra=ocr.version),
    (".docx", ".docm"): Format("Word document", read_docx, version=3, library="lxml"),
    (".pptx", ".pptm"): Format("slides", read_pptx, version=2, library="lxml"),
    (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"): Format(
        "spreadsheet", read_workbook, library="python-calamine", records=True
    ),
    (".csv",): Format("comma-separated values", read_table, version=2, records=True),
    (".tsv", ".tab"): Format("tab-separated values", read_table, ("\t",), records=True),
    (".epub",): Format("e-book", read_epub, version=3, library="lxml"),
    (".html", ".htm", ".xhtml"): Format("web page", read_html, version=4, library="lxml"),
    (".rst",): Format("reStructuredText", read_rst, version=3),
    (".tex", ".latex"): Format("LaTeX", read_latex, version=2),
    (".rtf",): Format("rich text", read_rtf, library="striprtf"),
    (".odt",): Format("OpenDocument text", read_odt, version=2, library="lxml"),
    (".eml",): Format("e-mail", mail.read_mail, version=4, library="lxml", open=mail.open_attachment),
    (".ipynb",): Format("notebook", read_notebook, version=2),
    (".json",): Format("JSON records", read_json, version=2, records=True),
    (".parquet",): Format("Parquet records", read_parquet, version=2, library="pyarrow", records=True),
    (".zip",): Format("archive", archive.read_zip, open=archive.open_member),
}

READERS: dict[str, Format] = {suffix: found for suffixes, found in _FORMATS.items() for suffix in suffixes}
"""By suffix, in lower case. A new format is a new reader here."""

for _suffix, _language in CODE_LANGUAGES.items():
    READERS.setdefault(_suffix, Format(f"{_language} source", read_code, (_language,), isolated=False))
