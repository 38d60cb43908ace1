"""Megabytes of text a second from each reader, beside the bare library under it, and from a folder by processes.

    python benchmarks/readers.py [--rounds 3] [--json FILE]

The bare library opens and parses the same bytes and collects their text, with nothing made of it: no headings, tables,
columns or cleaning. Formats without a library are measured against decoding alone. Each figure is the median of the
rounds, taken in turn, as megabytes of the text that the reader gives.
"""

from __future__ import annotations

import argparse
import csv
import email
import io
import json
import statistics
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Mapping
from email.message import EmailMessage
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from generation_functions.documents import READERS, Document, Limits, read_documents  # noqa: E402
from tests.documents.made_office import Block, made_docx, made_epub, made_odt, made_pptx, made_xlsx  # noqa: E402
from tests.documents.made_pdf import made_pdf  # noqa: E402

SENTENCE = "The sea rises twice in a day and falls twice, because the earth turns under the pull of the moon. "
PARAGRAPH = SENTENCE * 4
MEGABYTE = 1_000_000


def made(count: int = 1200) -> dict[str, bytes]:
    """A file of each format, of about half a megabyte of text (a twentieth for slides)."""
    blocks: list[Block] = []
    for number in range(count):
        blocks += [("h1", f"Chapter {number}")] if number % 20 == 0 else []
        blocks += [("p", PARAGRAPH)]
    table = [[f"{row} {column} words" for column in range(8)] for row in range(count * 3)]
    html = "".join(f"<h2>{n}</h2><p>{PARAGRAPH}</p>" if n % 10 == 0 else f"<p>{PARAGRAPH}</p>" for n in range(count))
    text = "\n\n".join(PARAGRAPH for _ in range(count))
    message = EmailMessage()
    message["Subject"] = "Tides"
    message.set_content(text)
    cells = [{"cell_type": "markdown", "source": PARAGRAPH} for _ in range(count)]
    lines = [json.dumps({"text": PARAGRAPH, "n": number}) for number in range(count)]
    return {
        "txt": (text * 20).encode(), "jsonl": ("\n".join(lines * 4)).encode(), "docx": made_docx(blocks),
        "odt": made_odt(blocks), "pptx": made_pptx([("Title", [SENTENCE] * 6)] * 100), "xlsx": made_xlsx({"A": table}),
        "csv": "\n".join(",".join(row) for row in table * 4).encode(),
        "epub": made_epub([f"<h1>{n}</h1>" + f"<p>{PARAGRAPH}</p>" * 30 for n in range(count // 30)]),
        "html": f"<html><body><nav><a>Home</a></nav><main>{html}</main></body></html>".encode(),
        "pdf": made_pdf([[(60, 780 - 14 * n, 9, SENTENCE) for n in range(50)]] * (count // 20)),
        "rtf": ("{\\rtf1\\ansi " + "".join(f"{PARAGRAPH}\\par\n" for _ in range(count)) + "}").encode(),
        "tex": "".join(f"\\section{{S}}\n{PARAGRAPH}\n\n" for _ in range(count)).encode(),
        "rst": "".join(f"Head\n====\n\n{PARAGRAPH}\n\n" for _ in range(count)).encode(),
        "srt": "".join(map(_cue, range(count))).encode(),
        "eml": message.as_bytes(), "ipynb": json.dumps({"cells": cells}).encode(), "parquet": _parquet(lines),
    }  # fmt: skip


def _cue(number: int) -> str:
    minute, second = divmod(number, 60)
    return f"{number}\n00:{minute:02}:{second:02},000 --> 00:{minute:02}:{second:02},900\n{number} {SENTENCE}\n\n"


def _parquet(lines: list[str]) -> bytes:
    import pyarrow as pa
    from pyarrow import parquet

    out = io.BytesIO()
    parquet.write_table(pa.Table.from_pylist([json.loads(line) for line in lines * 4]), out)
    return out.getvalue()


def decoding(data: bytes) -> object:
    """The file's bytes as text."""
    return io.BytesIO(data).read().decode()


def json_lines(data: bytes) -> object:
    """Each line parsed, its text collected."""
    import orjson

    return [orjson.loads(line)["text"] for line in data.split(b"\n")]


def xml_in(*parts: str) -> Callable[[bytes], object]:
    """The parts of a package unpacked and parsed, their text collected."""

    def bare(data: bytes) -> object:
        from lxml import etree

        with zipfile.ZipFile(io.BytesIO(data)) as package:
            names = [name for name in package.namelist() if name.startswith(parts) and name.endswith("ml")]
            return ["".join(etree.fromstring(package.read(name)).itertext()) for name in names]

    return bare


def workbook(data: bytes) -> object:
    """The rows of the first sheet."""
    from python_calamine import CalamineWorkbook

    return CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()


def web_page(data: bytes) -> object:
    """The page parsed, all its text collected."""
    from lxml import html

    return "".join(html.document_fromstring(data.decode()).itertext())


def pdf(data: bytes) -> object:
    """Each page's text as the library orders it."""
    import pypdfium2

    return [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(data)]


def rich_text(data: bytes) -> object:
    """The library's plain text."""
    from striprtf.striprtf import rtf_to_text

    return rtf_to_text(data.decode())


def parquet_rows(data: bytes) -> object:
    """Every row as Python values."""
    from pyarrow import parquet

    return parquet.read_table(io.BytesIO(data)).to_pylist()


def mail(data: bytes) -> object:
    """The message's one part, decoded."""
    return email.message_from_bytes(data).get_payload(decode=True)


BARE: Mapping[str, tuple[str, Callable[[bytes], object]]] = {
    "txt": ("decoding", decoding), "jsonl": ("orjson", json_lines), "docx": ("zipfile, lxml", xml_in("word/document")),
    "odt": ("zipfile, lxml", xml_in("content")), "pptx": ("zipfile, lxml", xml_in("ppt/slides/slide")),
    "xlsx": ("python-calamine", workbook), "epub": ("zipfile, lxml", xml_in("OEBPS/part")),
    "csv": ("csv", lambda data: list(csv.reader(io.StringIO(data.decode())))), "html": ("lxml", web_page),
    "pdf": ("pypdfium2", pdf), "rtf": ("striprtf", rich_text),
    "tex": ("decoding", decoding), "rst": ("decoding", decoding),
    "srt": ("decoding", decoding), "eml": ("email", mail),
    "ipynb": ("json", json.loads), "parquet": ("pyarrow", parquet_rows),
}  # fmt: skip


def seconds(work: Callable[[], object]) -> float:
    """How long it takes, once."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def texts(suffix: str, data: bytes) -> list[Document]:
    """What the reader gives, in this process."""
    kind = READERS[f".{suffix}"]
    found = kind.read(io.BytesIO(data), Limits(), *kind.arguments)
    return [item for item in found if isinstance(item, Document)]


def by_format(files: Mapping[str, bytes], rounds: int) -> dict[str, dict[str, Any]]:
    """Each reader beside its bare library."""
    told = {}
    for suffix, data in files.items():
        name, bare = BARE[suffix]
        size = sum(len(document.text.encode()) for document in texts(suffix, data)) / MEGABYTE
        bare(data)
        pairs = [(seconds(lambda: texts(suffix, data)), seconds(lambda: bare(data))) for _ in range(rounds)]  # noqa: B023
        ours, theirs = (statistics.median(column) for column in zip(*pairs, strict=True))
        told[suffix] = {
            "text_mb": round(size, 3), "reader_mb_s": round(size / ours, 2), "library": name,
            "library_mb_s": round(size / theirs, 2), "share": round(theirs / ours, 3),
        }  # fmt: skip
    return told


def by_processes(files: Mapping[str, bytes], rounds: int, copies: int = 4) -> dict[str, float]:
    """A folder of all formats read by one process, by two, and again from what was kept; medians, in seconds."""
    taken: dict[str, list[float]] = {"one": [], "two": [], "kept": []}
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as place:
            folder, kept = Path(place) / "in", Path(place) / "kept"
            folder.mkdir()
            for copy in range(copies):
                for suffix in ("docx", "odt", "epub", "pdf", "rtf", "html", "xlsx"):
                    # What follows the end of these formats' content is ignored, and makes each file another.
                    (folder / f"{copy}.{suffix}").write_bytes(_another(suffix, files[suffix], copy))
            taken["one"].append(seconds(lambda: list(read_documents(folder, workers=1))))  # noqa: B023
            taken["two"].append(seconds(lambda: list(read_documents(folder, workers=2, cache=kept))))  # noqa: B023
            taken["kept"].append(seconds(lambda: list(read_documents(folder, workers=2, cache=kept))))  # noqa: B023
    return {name: round(statistics.median(values), 3) for name, values in taken.items()}


def _another(suffix: str, data: bytes, copy: int) -> bytes:
    if suffix in ("docx", "odt", "epub", "xlsx"):
        out = io.BytesIO(data)
        with zipfile.ZipFile(out, "a") as package:
            package.comment = b"copy %d" % copy
        return out.getvalue()
    return data + b"\n" * (copy + 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    files = made()
    told: dict[str, Any] = {
        "formats": by_format(files, options.rounds),
        "folder_s": by_processes(files, options.rounds),
    }
    for suffix, row in told["formats"].items():
        print(
            f"{suffix:8} {row['reader_mb_s']:9.2f} MB/s   {row['library']:16} {row['library_mb_s']:9.2f} MB/s"
            f"   share {row['share']:.2f}"
        )
    folder = told["folder_s"]
    print(f"a folder: one process {folder['one']} s, two {folder['two']} s, from what was kept {folder['kept']} s")
    if options.json:
        options.json.write_text(json.dumps(told, indent=2) + "\n")


if __name__ == "__main__":
    main()
