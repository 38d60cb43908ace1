"""Documents from scans and PDFs with their layout mended by a model, which may change nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field

from generation.core_components.reading import DocumentReading, Reading
from generation.core_components.text_folder import offer_texts
from generation.core_pipelines.clean_documents.documents import as_document, document_of, gap_after
from generation.core_pipelines.clean_documents.steps import mended_or_kept
from generation_functions import Dataset, Model, Run
from generation_functions.errors import ConfigError


async def clean_documents(
    run: Run,
    *,
    input_dir: Annotated[Path, Field(description="Folder of source documents.")],
    mender: Annotated[Model, Field(description="Mends the layout.")],
    chunk_tokens: Annotated[int, Field(ge=64, le=4_000, description="Longest piece, in tokens.")] = 1000,
    most_fixes: Annotated[
        float, Field(ge=0, le=0.5, description="Largest share of words in which misread letters may be put right.")
    ] = 0.1,
    keep_refused: Annotated[
        bool, Field(description="Whether a piece whose mending is refused stays as it was; else it is left out.")
    ] = True,
    language: Annotated[
        str | None,
        Field(min_length=2, description="Language the documents are in, by its name (German); by default, detected."),
    ] = None,
    reading: DocumentReading = Reading(),
) -> Dataset:
    """Mend the layout of your documents with a model that must not change their words."""
    if reading.overlap:
        raise ConfigError("documents are mended without overlap", hint="set reading.overlap to 0")
    pieces = reading.chunks(run, input_dir, chunk_tokens).map(gap_after)
    told = {"most_fixes": most_fixes, "keep": keep_refused, "language": language}
    mended = pieces.through(mended_or_kept, model=mender, **told)
    documents = mended.group(document_of, into="pieces", fields=["clean", "kept", "gap", "fixes"])
    dataset = await run.write(documents, "cleaned", as_document, formats=("text",))
    offer_texts(run, dataset)
    return dataset
