"""Reading, chunking and telling the language of a folder, in megabytes of text a second, beside the bare libraries.

    python benchmarks/readers.py [--files 12] [--rounds 3] [--json FILE] [FORMAT ...]

`alone` is reading by itself in one process, in processor time, beside the plainest sound reading with the bare library
(`benchmarks/bare.py`). `one` and `two` are a folder read, chunked and its language told with that many processes,
`bare` a plain loop over the same files that packs paragraphs of the same size, divides long ones by nltk's Punkt and
asks pycld2; these are in time that passes, `processor_share` in processor time.
Everything is measured in turn in each round; figures are medians.
"""

from __future__ import annotations

import argparse
import io
import json
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from email.message import EmailMessage
from pathlib import Path
from random import Random
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.bare import BARE, language, pieces  # noqa: E402
from benchmarks.chunking import sentence  # noqa: E402
from generation_functions.chunking import Cutting, cut_documents  # noqa: E402
from generation_functions.documents import READERS, Document, Limits, read_documents  # noqa: E402
from tests.documents.made_office import Block, made_docx, made_epub, made_odt, made_pptx, made_xlsx  # noqa: E402
from tests.documents.made_pdf import made_pdf  # noqa: E402

MEGABYTE = 1_000_000
ALL, SMALL = 1.0, 0.25
"""Share of the files that a folder has: fewer of the formats that take long."""

SHARES = {"pdf": 0.1, "rtf": SMALL, "pptx": SMALL, "xlsx": 0.5}
TEXT_FORMATS = ("txt", "jsonl", "csv", "html", "rst", "tex", "srt", "eml", "ipynb")


def made(seed: int, count: int = 1_200) -> dict[str, bytes]:
    """A file of each format, of about half a megabyte of text."""
    rng = Random(seed)
    paragraphs = [" ".join(sentence(rng) for _ in range(rng.randint(2, 6))) for _ in range(count)]
    blocks: list[Block] = []
    for number, paragraph in enumerate(paragraphs):
        blocks += [("h1", f"Chapter {number}")] if number % 20 == 0 else []
        blocks += [("p", paragraph)]
    table = [[f"{rng.random():.4f} {sentence(rng)[:24]}" for _ in range(6)] for _ in range(count * 2)]
    html = "".join(
        f"<h2>{n}</h2><p>{text}</p>" if n % 10 == 0 else f"<p>{text}</p>" for n, text in enumerate(paragraphs)
    )
    message = EmailMessage()
    message["Subject"] = "Tides"
    message.set_content("\n\n".join(paragraphs))
    records = [{"text": paragraph, "n": number} for number, paragraph in enumerate(paragraphs)]
    slides = [(f"Slide {n}", paragraphs[n : n + 4]) for n in range(0, count, 4)]
    chapters = ["".join(f"<p>{text}</p>" for text in paragraphs[n : n + 30]) for n in range(0, count, 30)]
    return {
        "txt": "\n\n".join(paragraphs).encode(), "jsonl": "\n".join(map(json.dumps, records)).encode(),
        "csv": "\n".join(",".join(row) for row in table).encode(),
        "html": f"<html><body><nav><a>Home</a></nav><main>{html}</main></body></html>".encode(),
        "rst": "".join(f"Head\n====\n\n{text}\n\n" for text in paragraphs).encode(),
        "tex": "".join(f"\\section{{S}}\n{text}\n\n" for text in paragraphs).encode(),
        "srt": "".join(map(_cue, range(count * 4), (sentence(rng) for _ in range(count * 4)))).encode(),
        "eml": message.as_bytes(),
        "ipynb": json.dumps({"cells": [{"cell_type": "markdown", "source": text} for text in paragraphs]}).encode(),
        "epub": made_epub(chapters), "docx": made_docx(blocks), "odt": made_odt(blocks), "pptx": made_pptx(slides),
        "xlsx": made_xlsx({"A": table}), "parquet": _parquet(records),
        "rtf": ("{\\rtf1\\ansi " + "".join(f"{text}\\par\n" for text in paragraphs) + "}").encode(),
        "pdf": made_pdf(
            [
                [(60, 780 - 14 * n, 9, text[:90]) for n, text in enumerate(paragraphs[page : page + 50])]
                for page in range(0, count, 50)
            ]
        ),
    }  # fmt: skip


def _cue(number: int, said: str) -> str:
    minute, second = divmod(number, 60)
    return f"{number}\n00:{minute % 60:02}:{second:02},000 --> 00:{minute % 60:02}:{second:02},900\n{said}\n\n"


def _parquet(records: list[dict[str, Any]]) -> bytes:
    import pyarrow as pa
    from pyarrow import parquet

    out = io.BytesIO()
    parquet.write_table(pa.Table.from_pylist(records), out)
    return out.getvalue()


def texts(suffix: str, data: bytes) -> list[Document]:
    """What the reader gives, in this process."""
    kind = READERS[f".{suffix}"]
    found = kind.read(io.BytesIO(data), Limits(), *kind.arguments)
    return [item for item in found if isinstance(item, Document)]


def ours(folder: Path, workers: int) -> int:
    """The folder read, chunked and its language told."""
    cutting = Cutting(max_tokens=800)
    return sum(
        len(list(cuts)) for _, cuts in cut_documents(read_documents(folder, workers=workers), cutting, workers=workers)
    )


def theirs(folder: Path, bare: Callable[[bytes], list[str]]) -> int:
    """The same with the bare libraries."""
    read = (text for path in sorted(folder.iterdir()) for text in bare(path.read_bytes()))
    return sum(1 for text in read for piece in pieces(text) if language(piece))


def taken(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds that pass, and seconds of processors, those of processes that it started and ended too."""
    began, used = time.perf_counter(), processor_seconds()
    work()
    return time.perf_counter() - began, processor_seconds() - used


def processor_seconds() -> float:
    """Used so far, by this process and those it has ended."""
    every = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in every)


def measured(suffix: str, files: list[bytes], rounds: int) -> dict[str, Any]:
    """One format's figures."""
    name, bare = BARE[suffix]
    size = sum(len(item.text.encode()) for data in files for item in texts(suffix, data)) / MEGABYTE
    with tempfile.TemporaryDirectory() as place:
        for number, data in enumerate(files):
            (Path(place) / f"{number:03}.{suffix}").write_bytes(data)
        tasks: dict[str, Callable[[], object]] = {
            "alone": lambda: [texts(suffix, data) for data in files],
            "bare_alone": lambda: [bare(data) for data in files],
            "one": lambda: ours(Path(place), 1), "two": lambda: ours(Path(place), 2),
            "bare": lambda: theirs(Path(place), bare),
        }  # fmt: skip
        theirs(Path(place), bare)
        found: dict[str, list[tuple[float, float]]] = {task: [] for task in tasks}
        for _ in range(rounds):
            for task, work in tasks.items():
                found[task].append(taken(work))
    passed = {task: statistics.median(one[0] for one in times) for task, times in found.items()}
    used = {task: statistics.median(one[1] for one in times) for task, times in found.items()}
    return {
        "text_mb": round(size, 2), "library": name,
        "alone_mb_s": round(size / used["alone"], 1), "bare_alone_mb_s": round(size / used["bare_alone"], 1),
        "alone_share": round(used["bare_alone"] / used["alone"], 2),
        "one_mb_s": round(size / passed["one"], 2), "two_mb_s": round(size / passed["two"], 2),
        "bare_mb_s": round(size / passed["bare"], 2), "one_share": round(passed["bare"] / passed["one"], 2),
        "two_share": round(passed["bare"] / passed["two"], 2),
        "processor_share": round(used["bare"] / used["two"], 2),
        "two_processors": round(statistics.median(cpu / wall for wall, cpu in found["two"]), 2),
    }  # fmt: skip


def kept(folder: Path) -> dict[str, float]:
    """A folder of all formats read by two processes, and again from what was kept, in seconds."""
    with tempfile.TemporaryDirectory() as place:
        first, _ = taken(lambda: list(read_documents(folder, cache=Path(place))))
        again, _ = taken(lambda: list(read_documents(folder, cache=Path(place))))
    return {"first": round(first, 2), "again": round(again, 3)}


def print_row(suffix: str, row: Mapping[str, Any]) -> None:
    print(
        f"{suffix:8} alone {row['alone_mb_s']:7.1f} of {row['bare_alone_mb_s']:7.1f} = {row['alone_share']:.2f}   "
        f"one {row['one_mb_s']:6.2f}  two {row['two_mb_s']:6.2f}  bare {row['bare_mb_s']:6.2f} MB/s   "
        f"one {row['one_share']:.2f}  two {row['two_share']:.2f}  "
        f"by processor {row['processor_share']:.2f}  processors {row['two_processors']:.2f}",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("formats", nargs="*", metavar="FORMAT", help=", ".join(BARE))
    parser.add_argument("--files", type=int, default=12, help="files of a folder, of half a megabyte each")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    chosen = options.formats or list(BARE)
    every = [made(seed) for seed in range(options.files)]
    told: dict[str, Any] = {"text_formats": TEXT_FORMATS, "formats": {}}
    for suffix in chosen:
        few = max(2, round(options.files * SHARES.get(suffix, ALL)))
        told["formats"][suffix] = measured(suffix, [files[suffix] for files in every[:few]], options.rounds)
        print_row(suffix, told["formats"][suffix])
    with tempfile.TemporaryDirectory() as place:
        for suffix in chosen:
            (Path(place) / f"a.{suffix}").write_bytes(every[0][suffix])
        told["folder_s"] = kept(Path(place))
    print(f"a folder of these: {told['folder_s']['first']} s, and from what was kept {told['folder_s']['again']} s")
    if options.json:
        options.json.write_text(json.dumps(told, indent=2) + "\n")


if __name__ == "__main__":
    main()
