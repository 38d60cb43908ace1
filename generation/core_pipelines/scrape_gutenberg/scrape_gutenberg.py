"""Books of Project Gutenberg, fetched politely from a mirror, without their licence headers."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from generation.core_components.fetching import Fetcher, Missing
from generation.core_components.languages import Languages, kept_language
from generation.core_components.text_folder import offer_texts
from generation.core_pipelines.scrape_gutenberg.book import book_of, name_of
from generation_functions import Dataset, DepthFirst, Drop, Row, Run
from generation_functions.documents.encoding import decode
from generation_functions.errors import DocumentError
from generation_functions.languages import detect_language
from generation_functions.steps.asking import Doing


async def _fetched(row: Row, do: Doing, *, fetcher: Fetcher, mirror: str, path: str) -> Mapping[str, Any]:
    try:
        file = await fetcher.get(
            f"{mirror.rstrip('/')}/{path.replace('{book}', str(row['book']))}", f"{row['book']}.txt"
        )
        book = await asyncio.to_thread(lambda: book_of(decode(file.read_bytes()).text))
    except (Missing, DocumentError) as exc:
        raise Drop(exc.message) from exc
    if book is None or not book.text:
        raise Drop("it has no marks that part the book from the licence")
    name = name_of(row["book"], book.about.get("title", ""))
    about = {"book": row["book"], **book.about}
    return {"text": book.text, "source": name, "language": detect_language(book.text), "metadata": about}


fetch = DepthFirst("fetch", _fetched)


async def scrape_gutenberg(
    run: Run,
    *,
    mirror: Annotated[str, Field(pattern="^https?://", description="Address of a mirror that welcomes programs.")],
    books: Annotated[list[Annotated[int, Field(ge=1)]], Field(min_length=1, description="Numbers of the books.")],
    path: Annotated[
        str, Field(pattern=r"\{book\}", description="Where the mirror has a book, with {book} for its number.")
    ] = "cache/epub/{book}/pg{book}.txt",
    pause_s: Annotated[float, Field(ge=0, description="Least time between two requests, in seconds.")] = 2.0,
    contact: Annotated[str, Field(description="An address that the mirror's keepers can write to.")] = "",
    languages: Languages = (),
) -> Dataset:
    """Fetch books of Project Gutenberg from a mirror, for other pipelines to read."""

    def in_language(row: Row) -> tuple[bool, str]:
        return kept_language(row["language"], languages)

    async with Fetcher(run.output_dir / "fetched", pause_s=pause_s, contact=contact) as fetcher:
        numbered = run.rows([{"book": number} for number in dict.fromkeys(books)], name="books")
        texts = numbered.through(fetch, fetcher=fetcher, mirror=mirror, path=path).filter(in_language, name="languages")
        dataset = await run.write(texts, "books", as_text, formats=("text",))
    offer_texts(run, dataset)
    return dataset


def as_text(row: Mapping[str, Any]) -> dict[str, str]:
    """A row of the dataset: the book's `text`; title, author and number stand in the metadata."""
    return {"text": row["text"]}
