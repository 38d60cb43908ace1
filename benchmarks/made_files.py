"""Files of every format that is read, made of the same kind of text."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping
from email.message import EmailMessage
from random import Random
from typing import Any

from benchmarks.sentences import sentence
from tests.documents.made_office import Block, made_docx, made_epub, made_odt, made_pptx, made_xlsx
from tests.documents.made_pdf import made_pdf


class Content:
    """What a file of any format is made of: so many paragraphs. 6,000 are about two and a half megabytes."""

    def __init__(self, seed: int, count: int) -> None:
        self.rng = Random(seed)
        self.count = count
        self.paragraphs = [
            " ".join(sentence(self.rng) for _ in range(self.rng.randint(2, 6))) for _ in range(self.count)
        ]

    def blocks(self) -> list[Block]:
        """Paragraphs under headings."""
        chapters = ([("h1", f"Chapter {n}")] if n % 20 == 0 else [] for n in range(self.count))
        return [block for head, text in zip(chapters, self.paragraphs, strict=True) for block in (*head, ("p", text))]

    def markdown(self) -> str:
        """The same as Markdown."""
        return "\n\n".join(f"# {text}" if kind == "h1" else text for kind, text in self.blocks())

    def table(self) -> list[list[str]]:
        """Rows of six cells."""
        cells = lambda: [f"{self.rng.random():.4f} {sentence(self.rng)[:24]}" for _ in range(6)]  # noqa: E731
        return [cells() for _ in range(self.count * 2)]

    def web_page(self) -> str:
        """A page with something around its text."""
        text = "".join(f"<h2>{t}</h2>" if kind == "h1" else f"<p>{t}</p>" for kind, t in self.blocks())
        return f"<html><body><nav><a>Home</a></nav><main>{text}</main></body></html>"

    def message(self) -> bytes:
        """A letter."""
        message = EmailMessage()
        message["Subject"] = "Tides"
        message.set_content("\n\n".join(self.paragraphs))
        return message.as_bytes()

    def records(self) -> list[dict[str, Any]]:
        """A paragraph each."""
        return [{"text": paragraph, "n": number} for number, paragraph in enumerate(self.paragraphs)]

    def subtitles(self) -> str:
        """A cue a sentence; now and then nobody speaks for a while."""
        said = [part for text in self.paragraphs for part in (*text.replace(". ", ".\0").split("\0"), "")]
        return "".join(_cue(number, text) for number, text in enumerate(said) if text)

    def grouped(self, size: int) -> list[list[str]]:
        """Neighbouring paragraphs together."""
        return [self.paragraphs[n : n + size] for n in range(0, self.count, size)]

    def lines(self) -> list[list[tuple[float, float, float, str]]]:
        """Pages of lines, for a PDF."""
        return [[(60, 780 - 14 * n, 9, text[:90]) for n, text in enumerate(page)] for page in self.grouped(50)]


MADE: Mapping[str, Callable[[Content], bytes]] = {
    "txt": lambda made: "\n\n".join(made.paragraphs).encode(),
    "md": lambda made: made.markdown().encode(),
    "jsonl": lambda made: "\n".join(map(json.dumps, made.records())).encode(),
    "csv": lambda made: "\n".join(map(",".join, made.table())).encode(),
    "html": lambda made: made.web_page().encode(),
    "rst": lambda made: "".join(f"Head\n====\n\n{text}\n\n" for text in made.paragraphs).encode(),
    "tex": lambda made: "".join(f"\\section{{S}}\n{text}\n\n" for text in made.paragraphs).encode(),
    "srt": lambda made: made.subtitles().encode(),
    "eml": lambda made: made.message(),
    "ipynb": lambda made: json.dumps(
        {"cells": [{"cell_type": "markdown", "source": text} for text in made.paragraphs]}
    ).encode(),
    "epub": lambda made: made_epub(["".join(f"<p>{text}</p>" for text in part) for part in made.grouped(30)]),
    "docx": lambda made: made_docx(made.blocks()),
    "odt": lambda made: made_odt(made.blocks()),
    "pptx": lambda made: made_pptx([(f"Slide {n}", part) for n, part in enumerate(made.grouped(4))]),
    "xlsx": lambda made: made_xlsx({"A": made.table()}),
    "parquet": lambda made: _parquet(made.records()),
    "rtf": lambda made: ("{\\rtf1\\ansi " + "".join(f"{text}\\par\n" for text in made.paragraphs) + "}").encode(),
    "pdf": lambda made: made_pdf(made.lines()),
}


def _cue(number: int, said: str) -> str:
    hour, minute, second = number // 900, number * 4 // 60 % 60, number * 4 % 60
    time = f"{hour:02}:{minute:02}:{second:02}"
    end = f"{hour:02}:{minute:02}:{second + 2:02}"
    return f"{number}\n{time},000 --> {end},900\n{said}\n\n"


def _parquet(records: list[dict[str, Any]]) -> bytes:
    import pyarrow as pa
    from pyarrow import parquet

    out = io.BytesIO()
    parquet.write_table(pa.Table.from_pylist(records), out)
    return out.getvalue()
