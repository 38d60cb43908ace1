"""Reading, chunking and telling the language of a folder, in megabytes of text a second, beside the bare libraries.

    python benchmarks/readers.py [--files 12] [--paragraphs 6000] [--rounds 3] [--json FILE] [FORMAT ...]

The yardstick is a plain loop in one process over the same files (`benchmarks/bare.py`): the format's bare library to
text with its paragraphs, those packed up to the length of 800 tokens, one that is longer divided by nltk's Punkt, and
pycld2 asked about each piece. That is what chunking by tokens does, too. Chunking by sentence is measured apart, beside
Punkt over every paragraph. `bare` is that loop; `one` and `two` are ours with so many processes beside the run's own.

`one share` and `two share` are the loop's time over ours in time that passes; `processor` is that of `two` in time of
processors, those of processes that were started too. `alone` is reading one file in this process. `processors` is how
many `two` had while it ran, on a machine with other work on it. On two free cores it may take half the processor time:
twice `processor` is the most that `two share` can be there. Everything is measured in turn in each round; figures are
medians.
"""

from __future__ import annotations

import argparse
import io
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeAlias

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.bare import BARE, Bare, language, pieces, sentence_pieces
from benchmarks.made_files import MADE, Content
from benchmarks.rounds import Figures, arguments, in_turn, median, median_ratio, positive, save
from generation_functions.chunking import ChunkBy, Cutting, cut_documents
from generation_functions.documents import READERS, Document, Limits, read_documents

MEGABYTE = 1_000_000
Times: TypeAlias = dict[str, list[Figures]]
SHARES = {"pdf": 0.1, "rtf": 0.1, "pptx": 0.25, "xlsx": 0.25}
"""Of a file's paragraphs, for formats that take long."""

LIBRARIES = (
    *("nltk", "pycld2", "orjson", "lxml", "pyarrow", "pypdfium2", "python-calamine", "striprtf", "charset-normalizer"),
)
TEXT_FORMATS = ("txt", "md", "jsonl", "csv", "html", "rst", "tex", "srt", "eml", "ipynb")


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


def taken(work: Callable[[], object]) -> Figures:
    """Seconds that pass, and seconds of processors, those of processes that it started and ended too."""
    began, used = time.perf_counter(), processor_seconds()
    work()
    return {"seconds": time.perf_counter() - began, "processor_s": processor_seconds() - used}


def processor_seconds() -> float:
    """Used so far, by this process and those it has ended."""
    every = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in every)


def measured(suffix: str, files: int, paragraphs: int, rounds: int) -> dict[str, Any]:
    """One format's figures: the work of ours and theirs in turn, in each round."""
    name, bare = BARE[suffix]
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for number in range(files):
            (folder / f"{number:03}.{suffix}").write_bytes(MADE[suffix](Content(number, paragraphs)))
        first = (folder / f"000.{suffix}").read_bytes()
        size = sum(len(item.text.encode()) for path in folder.iterdir() for item in texts(suffix, path.read_bytes()))
        tasks: dict[str, Callable[[], object]] = {
            "alone": lambda: texts(suffix, first), "bare_alone": lambda: bare(first),
            "bare": lambda: theirs(folder, bare), "one": lambda: ours(folder, 1), "two": lambda: ours(folder, 2),
        }  # fmt: skip
        found = in_turn(rounds, **{task: partial(taken, work) for task, work in tasks.items()})
    return figures(size / MEGABYTE, found) | {"library": name, "alone_share": share_of("alone", "bare_alone", found)}


def by_sentence(paragraphs: int, rounds: int, files: int = 2) -> dict[str, Any]:
    """The same for text cut at sentences wherever they end, beside Punkt on every paragraph."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for number in range(files):
            (folder / f"{number}.txt").write_bytes(MADE["txt"](Content(number, paragraphs)))
        size = sum(path.stat().st_size for path in folder.iterdir()) / MEGABYTE
        tasks: dict[str, Callable[[], object]] = {
            "bare": lambda: theirs(folder, BARE["txt"][1], sentence_pieces),
            "one": lambda: ours(folder, 1, "sentence"), "two": lambda: ours(folder, 2, "sentence"),
        }  # fmt: skip
        return figures(size, in_turn(rounds, **{task: partial(taken, work) for task, work in tasks.items()}))


def figures(size: float, found: Times) -> dict[str, Any]:
    """Megabytes a second and shares of the bare loop's, medians over the rounds."""
    each = ("bare", "one", "two")
    return {
        "text_mb": rounded(size),
        **{f"{task}_mb_s": rounded(size / median(found[task], "seconds")) for task in each},
        **{f"{task}_share": share_of(task, "bare", found, "seconds") for task in ("one", "two")},
        "processor_share": share_of("two", "bare", found),
        **{f"{task}_processors": rounded(median(list(map(processors, found[task])), "used")) for task in each},
    }


def processors(turn: Figures) -> Figures:
    """How many were used while it ran."""
    return {"used": turn["processor_s"] / turn["seconds"]}


def share_of(task: str, of: str, found: Times, by: str = "processor_s") -> float:
    """A task's speed as a share of another's, by the time of processors: the median of the rounds' shares."""
    return rounded(median_ratio(found[of], found[task], by))


def rounded(value: float) -> float:
    """To four digits that count, however small it is."""
    return float(f"{value:.4g}")


def kept(suffixes: Iterable[str], paragraphs: int) -> dict[str, float]:
    """A folder of all formats read by two processes, and again from what was kept, in seconds."""
    with tempfile.TemporaryDirectory() as place, tempfile.TemporaryDirectory() as cache:
        for suffix in suffixes:
            (Path(place) / f"a.{suffix}").write_bytes(MADE[suffix](Content(0, paragraphs)))
        first, again = (taken(lambda: list(read_documents(Path(place), cache=Path(cache)))) for _ in range(2))
    return {"first": round(first["seconds"], 2), "again": round(again["seconds"], 3)}


COLUMNS: Mapping[str, tuple[str, str]] = {
    "MB": ("text_mb", ".1f"), "bare": ("bare_mb_s", ".1f"), "one": ("one_mb_s", ".1f"), "two MB/s": ("two_mb_s", ".1f"),
    "one share": ("one_share", ".2f"), "two share": ("two_share", ".2f"), "processor": ("processor_share", ".2f"),
    "alone": ("alone_share", ".2f"), "processors": ("two_processors", ".2f"),
}  # fmt: skip
"""What is shown as it is found: its heading, its name, its form."""


def print_row(suffix: str, row: Mapping[str, Any]) -> None:
    """A line of the table whose head is `COLUMNS`."""
    cells = [format(row[name], form) if name in row else "" for name, form in COLUMNS.values()]
    print_line(suffix, cells)


def print_line(first: str, cells: Iterable[str]) -> None:
    """Each cell under its heading."""
    wide = (cell.rjust(max(6, len(head))) for head, cell in zip(COLUMNS, cells, strict=True))
    print(first.ljust(8), *wide, sep="  ", flush=True)


def format_of(text: str) -> str:
    """One that is measured."""
    if text not in BARE:
        raise argparse.ArgumentTypeError(f"{text!r} is none of {', '.join(BARE)}")
    return text


def main() -> None:
    parser = arguments(__doc__, rounds=3)
    parser.add_argument("formats", nargs="*", type=format_of, metavar="FORMAT", help=f"only these of {', '.join(BARE)}")
    parser.add_argument("--files", type=positive, default=12, help="files of a folder (%(default)s)")
    parser.add_argument(
        "--paragraphs", type=positive, default=6_000, help="of a file; slow formats have fewer (%(default)s)"
    )
    given = parser.parse_args()
    chosen = given.formats or list(BARE)
    told: dict[str, Any] = {"versions": {name: version(name) for name in LIBRARIES}, "rounds": given.rounds}
    told |= {"files": given.files, "text_formats": TEXT_FORMATS, "formats": {}}
    print_line("", COLUMNS)
    for suffix in chosen:
        paragraphs = round(given.paragraphs * SHARES.get(suffix, 1))
        told["formats"][suffix] = measured(suffix, given.files, paragraphs, given.rounds)
        print_row(suffix, told["formats"][suffix])
        save(given.json, told)  # a measurement that is stopped leaves what it found
    told["txt_by_sentence"] = by_sentence(given.paragraphs, given.rounds)
    print_row("sentence", told["txt_by_sentence"])
    told["folder_s"] = kept(chosen, given.paragraphs // 5)
    print(f"a folder of these: {told['folder_s']['first']} s, and from what was kept {told['folder_s']['again']} s")
    save(given.json, told)


if __name__ == "__main__":
    main()
