"""Reading, chunking and telling the language of a folder, in megabytes of text a second, beside the bare libraries.

    python benchmarks/readers.py [--files 12] [--rounds 3] [--json FILE] [FORMAT ...]

The yardstick is a plain loop in one process over the same files (`benchmarks/bare.py`): the format's bare library to
text with its paragraphs, those packed up to the length of 800 tokens, one that is longer divided by nltk's Punkt, and
pycld2 asked about each piece. That is what chunking by tokens does, too. Chunking by sentence is measured apart, beside
Punkt over every paragraph. `one` and `two` are ours with so many processes beside the run's own.

`_share` is the loop's time over ours in time that passes, `processor_share` with `two` in time of processors, those of
processes that were started too; `_processors` is how many processors each had while it ran, on a machine with other
work on it. On two free cores `two` may take half the processor time: twice `processor_share` is the most that
`two_share` can be there. `alone_share` is reading one file in this process. Everything is measured in turn in each
round; figures are medians.
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
from collections.abc import Callable, Iterable, Iterator, Mapping
from email.message import EmailMessage
from importlib.metadata import version
from pathlib import Path
from random import Random
from typing import Any, TypeAlias

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.bare import BARE, Bare, language, pieces, sentence_pieces
from benchmarks.chunking import sentence
from benchmarks.rounds import machine
from generation_functions.chunking import ChunkBy, Cutting, cut_documents
from generation_functions.documents import READERS, Document, Limits, read_documents
from tests.documents.made_office import Block, made_docx, made_epub, made_odt, made_pptx, made_xlsx
from tests.documents.made_pdf import made_pdf

MEGABYTE = 1_000_000
Times: TypeAlias = dict[str, list[tuple[float, float]]]
ALL = 1.0
SHARES = {"pdf": 0.1, "rtf": 0.1, "pptx": 0.25, "xlsx": 0.25}
"""Of a file's two and a half megabytes, for formats that take long."""

LIBRARIES = (
    *("nltk", "pycld2", "orjson", "lxml", "pyarrow", "pypdfium2", "python-calamine", "striprtf", "charset-normalizer"),
)
TEXT_FORMATS = ("txt", "md", "jsonl", "csv", "html", "rst", "tex", "srt", "eml", "ipynb")


class Content:
    """What a file of any format is made of: about two and a half megabytes of text, or a share of that."""

    def __init__(self, seed: int, share: float) -> None:
        self.rng = Random(seed)
        self.count = round(6_000 * share)
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


def texts(suffix: str, data: bytes) -> list[Document]:
    """What the reader gives, in this process."""
    kind = READERS[f".{suffix}"]
    found = kind.read(io.BytesIO(data), Limits(), *kind.arguments)
    return [item for item in found if isinstance(item, Document)]


def ours(folder: Path, workers: int, by: ChunkBy = "tokens") -> int:
    """The folder read, chunked and its language told."""
    cutting = Cutting(max_tokens=800, by=by)
    found = cut_documents(read_documents(folder, workers=workers), cutting, workers=workers)
    return sum(1 for _, cuts in found for _ in cuts)


def theirs(folder: Path, bare: Bare, cut: Callable[[str], Iterator[str]] = pieces) -> int:
    """The same with the bare libraries."""
    read = (text for path in sorted(folder.iterdir()) for text in bare(path.read_bytes()))
    return sum(1 for text in read for piece in cut(text) if language(piece))


def taken(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds that pass, and seconds of processors, those of processes that it started and ended too."""
    began, used = time.perf_counter(), processor_seconds()
    work()
    return time.perf_counter() - began, processor_seconds() - used


def processor_seconds() -> float:
    """Used so far, by this process and those it has ended."""
    every = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in every)


def measured(suffix: str, files: int, share: float, rounds: int) -> dict[str, Any]:
    """One format's figures: the work of ours and theirs in turn, in each round."""
    name, bare = BARE[suffix]
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for number in range(files):
            (folder / f"{number:03}.{suffix}").write_bytes(MADE[suffix](Content(number, share)))
        first = (folder / f"000.{suffix}").read_bytes()
        size = sum(len(item.text.encode()) for path in folder.iterdir() for item in texts(suffix, path.read_bytes()))
        tasks: dict[str, Callable[[], object]] = {
            "alone": lambda: texts(suffix, first), "bare_alone": lambda: bare(first),
            "bare": lambda: theirs(folder, bare), "one": lambda: ours(folder, 1), "two": lambda: ours(folder, 2),
        }  # fmt: skip
        found = in_turn(tasks, rounds)
    return figures(size / MEGABYTE, found) | {"library": name, "alone_share": share_of("alone", "bare_alone", found)}


def by_sentence(rounds: int, files: int = 2) -> dict[str, Any]:
    """The same for text cut at sentences wherever they end, beside Punkt on every paragraph."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for number in range(files):
            (folder / f"{number}.txt").write_bytes(MADE["txt"](Content(number, ALL)))
        size = sum(path.stat().st_size for path in folder.iterdir()) / MEGABYTE
        tasks: dict[str, Callable[[], object]] = {
            "bare": lambda: theirs(folder, BARE["txt"][1], sentence_pieces),
            "one": lambda: ours(folder, 1, "sentence"), "two": lambda: ours(folder, 2, "sentence"),
        }  # fmt: skip
        return figures(size, in_turn(tasks, rounds))


def in_turn(tasks: Mapping[str, Callable[[], object]], rounds: int) -> Times:
    """What each took in each round, in time that passes and in time of processors."""
    found: Times = {task: [] for task in tasks}
    for _ in range(rounds):
        for task, work in tasks.items():
            found[task].append(taken(work))
    return found


def figures(size: float, found: Times) -> dict[str, Any]:
    """Megabytes a second and shares of the bare loop's, medians over the rounds."""
    passed = {task: statistics.median(wall for wall, _ in times) for task, times in found.items()}
    return {
        "text_mb": round(size, 1),
        **{f"{task}_mb_s": round(size / passed[task], 1) for task in ("bare", "one", "two")},
        **{f"{task}_share": share_of(task, "bare", found, wall=True) for task in ("one", "two")},
        "processor_share": share_of("two", "bare", found),
        "bare_processors": round(statistics.median(cpu / wall for wall, cpu in found["bare"]), 2),
        "one_processors": round(statistics.median(cpu / wall for wall, cpu in found["one"]), 2),
        "two_processors": round(statistics.median(cpu / wall for wall, cpu in found["two"]), 2),
    }


def share_of(task: str, of: str, found: Times, *, wall: bool = False) -> float:
    """A task's speed as a share of another's, by the time of processors: the median of the rounds' shares."""
    at = 0 if wall else 1
    return round(statistics.median(b[at] / a[at] for a, b in zip(found[task], found[of], strict=True)), 2)


def kept(suffixes: Iterable[str]) -> dict[str, float]:
    """A folder of all formats read by two processes, and again from what was kept, in seconds."""
    with tempfile.TemporaryDirectory() as place, tempfile.TemporaryDirectory() as cache:
        for suffix in suffixes:
            (Path(place) / f"a.{suffix}").write_bytes(MADE[suffix](Content(0, 0.2)))
        first, _ = taken(lambda: list(read_documents(Path(place), cache=Path(cache))))
        again, _ = taken(lambda: list(read_documents(Path(place), cache=Path(cache))))
    return {"first": round(first, 2), "again": round(again, 3)}


def print_row(suffix: str, row: Mapping[str, Any]) -> None:
    print(
        f"{suffix:8} {row['text_mb']:5.1f} MB  bare {row['bare_mb_s']:5.1f}  one {row['one_mb_s']:5.1f}  "
        f"two {row['two_mb_s']:5.1f} MB/s  shares: one {row['one_share']:.2f}  two {row['two_share']:.2f}  "
        f"by processor {row['processor_share']:.2f}  reading alone {row.get('alone_share', 0):.2f}  "
        f"processors {row['one_processors']:.2f} {row['two_processors']:.2f}",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("formats", nargs="*", metavar="FORMAT", help=", ".join(BARE))
    parser.add_argument("--files", type=int, default=12, help="files of a folder, of two and a half megabytes each")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    chosen = options.formats or list(BARE)
    versions = {name: version(name) for name in LIBRARIES}
    told: dict[str, Any] = {**machine(), "versions": versions, "rounds": options.rounds, "files": options.files}
    told |= {"text_formats": TEXT_FORMATS, "formats": {}}
    for suffix in chosen:
        told["formats"][suffix] = measured(suffix, options.files, SHARES.get(suffix, ALL), options.rounds)
        print_row(suffix, told["formats"][suffix])
        write(options.json, told)
    told["txt_by_sentence"] = by_sentence(options.rounds)
    print_row("sentence", told["txt_by_sentence"])
    told["folder_s"] = kept(chosen)
    print(f"a folder of these: {told['folder_s']['first']} s, and from what was kept {told['folder_s']['again']} s")
    write(options.json, told)


def write(path: Path | None, told: Mapping[str, Any]) -> None:
    """After each format, so that a measurement that is stopped leaves what it found."""
    if path is not None:
        path.write_text(json.dumps(told, indent=2) + "\n")


if __name__ == "__main__":
    main()
