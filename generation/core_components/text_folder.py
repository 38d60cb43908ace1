"""A folder of text files that other pipelines take as their `input_dir`, made of a dataset of documents."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import orjson

from generation_functions import Dataset, Run

SUFFIX = ".md"
"""What readers make of documents is Markdown."""
_UNSAFE = re.compile(r'[\x00-\x1f<>:"|?*\\]')


@dataclass(frozen=True)
class TextFolder:
    """A folder with one text file for each document. It changes all at once: a crash leaves the old one whole."""

    folder: Path

    def write(self, dataset: Path) -> int:
        """Write the `text` of every row of a dataset to a file named after its source. Gives how many there are.

        What an earlier call wrote and this one does not is gone.
        """
        part, old = (self.folder.with_name(f".{self.folder.name}.{kind}") for kind in ("part", "old"))
        for leftover in (part, old):
            shutil.rmtree(leftover, ignore_errors=True)
        part.mkdir(parents=True)
        taken: Counter[str] = Counter()
        with dataset.open("rb") as lines:
            for line in lines:
                row = orjson.loads(line)
                path = part / file_name(_source(row), taken)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(row["text"].rstrip("\n") + "\n", encoding="utf-8")
        if self.folder.exists():
            self.folder.rename(old)
        part.rename(self.folder)
        shutil.rmtree(old, ignore_errors=True)
        return sum(taken.values())


def offer_texts(run: Run, dataset: Dataset) -> None:
    """Put a dataset's documents into the run's folder `texts/`, for the `input_dir` of other pipelines."""
    folder = run.output_dir / "texts"
    written = TextFolder(folder).write(dataset.path)
    run.made(folder)
    run.log(f"{written} texts in {folder}, for the input_dir of other pipelines")


def _source(row: dict[str, Any]) -> str:
    return str(row.get("metadata", {}).get("source") or "document")


def file_name(source: str, taken: Counter[str]) -> PurePosixPath:
    """A name inside the folder that no file before has: `book.pdf` becomes `book.pdf.md`, a second `book.pdf.2.md`.

    `taken` counts the names given so far.
    """
    parts = [_UNSAFE.sub("_", part)[:120] for part in PurePosixPath(source).parts if part not in ("/", "..", ".")]
    plain = "/".join(part if not part.startswith(".") else f"_{part[1:]}" for part in parts) or "document"
    plain = plain.removesuffix(SUFFIX)
    taken[plain.casefold()] += 1
    count = taken[plain.casefold()]
    return PurePosixPath(f"{plain}.{count}{SUFFIX}" if count > 1 else f"{plain}{SUFFIX}")
