"""Texts of a dataset on a hub, as a folder that other pipelines read."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from generation.core_components.fetching import Fetcher
from generation.core_components.languages import Languages, kept_language
from generation.core_pipelines.hub_corpus.repository import Repository
from generation_functions import Dataset, Row, Run
from generation_functions.datasets.hub import ENDPOINT
from generation_functions.datasets.reader import read_rows
from generation_functions.errors import ConfigError
from generation_functions.languages import detect_language


async def hub_corpus(
    run: Run,
    *,
    dataset: Annotated[str, Field(pattern=r"^[\w.-]+/[\w.-]+$", description="The dataset's name: OWNER/NAME.")],
    files: Annotated[str, Field(description="Which of its files, as a pattern.")] = "*",
    column: Annotated[str, Field(description="The column that holds the texts.")] = "text",
    revision: Annotated[str, Field(pattern=r"^[\w./-]+$", description="Branch, tag or commit.")] = "main",
    endpoint: Annotated[str, Field(pattern="^https?://", description="The hub's address.")] = ENDPOINT,
    most: Annotated[int | None, Field(ge=1, description="Most texts; without it, all.")] = None,
    fewest_characters: Annotated[int, Field(ge=0, description="Texts that are shorter are left out.")] = 0,
    languages: Languages = (),
    largest_mb: Annotated[int, Field(ge=1, description="Largest file that is fetched, in MiB.")] = 2048,
) -> Dataset:
    """Fetch the texts of a dataset on a hub, for other pipelines to read."""

    def wanted(row: Row) -> tuple[bool, str]:
        if len(row["text"]) < max(1, fewest_characters):
            return False, f"shorter than {max(1, fewest_characters)} characters"
        return kept_language(row["language"], languages)

    # The token is for the hub it was made for, not for any address that a config names.
    trusted = endpoint in (ENDPOINT, os.environ.get("HF_ENDPOINT"))
    token = os.environ.get("HF_TOKEN", "").strip() if trusted else ""
    async with Fetcher(run.output_dir / "fetched", robots=False, largest_mb=largest_mb, token=token) as fetcher:
        paths = await Repository(fetcher, endpoint, dataset, revision).fetch(files)
    run.log(f"{len(paths)} files of {dataset} are in {run.output_dir / 'fetched'}")
    texts = run.rows(_texts(paths, column, most), name="texts").filter(wanted)
    written = await run.write(texts, "corpus", as_text, formats=("text",), parquet=False)
    _offer(written.path, run.output_dir / "texts" / f"{dataset.rpartition('/')[2]}.jsonl")
    run.made(run.output_dir / "texts")
    run.log(f"{written.rows} texts in {run.output_dir / 'texts'}, for the input_dir of other pipelines")
    return written


def _texts(paths: Mapping[str, Path], column: str, most: int | None) -> Iterator[dict[str, Any]]:
    rows = ((source, row) for source, path in paths.items() for row in read_rows(path, alone=True))
    for source, row in islice(rows, most):
        if not isinstance(row.get(column), str):
            raise ConfigError(f"a row of {source} has no text in {column!r}", hint=f"its columns: {', '.join(row)}")
        yield {"text": row[column], "source": source, "language": detect_language(row[column])}


def _offer(dataset: Path, place: Path) -> None:
    """Put the dataset into a folder with nothing else in it, without a second copy where the disk can do that."""
    place.parent.mkdir(exist_ok=True)
    part = place.with_name(f".{place.name}.part")
    part.unlink(missing_ok=True)
    try:
        os.link(dataset, part)
    except OSError:
        part.write_bytes(dataset.read_bytes())
    part.replace(place)


def as_text(row: Mapping[str, Any]) -> dict[str, str]:
    """A row of the dataset: a plain `text`; the file it is from stands in the metadata."""
    return {"text": row["text"]}
