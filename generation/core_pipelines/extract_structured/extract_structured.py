"""Rows of a schema from documents, each value with the place in the document that says so."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from generation.core_components.languages import OWN_LANGUAGE, Language
from generation.core_components.reading import DocumentReading, Reading
from generation.core_pipelines.extract_structured.records import Extraction
from generation.core_pipelines.extract_structured.steps import extract
from generation_functions import Dataset, Model, Run


async def extract_structured(
    run: Run,
    *,
    input_dir: Annotated[Path, Field(description="Folder of source documents.")],
    extractor: Annotated[Model, Field(description="Fills in the records.")],
    schema: Annotated[dict[str, Any], Field(description="JSON Schema of a record: an object with properties.")],
    instructions: Annotated[str, Field(description="What else to heed, in words: what counts, what does not.")] = "",
    values: Annotated[
        Literal["quoted", "free"], Field(description="Whether text values are words of the text, or of the model.")
    ] = "quoted",
    chunk_tokens: Annotated[int, Field(ge=64, le=32_000, description="Longest chunk, in tokens.")] = 800,
    language: Language = OWN_LANGUAGE,
    reading: DocumentReading = Reading(),
) -> Dataset:
    """Extract rows of your schema from your documents, each value with its place in them."""
    quoted = values == "quoted" and language == OWN_LANGUAGE
    extraction = Extraction(schema, quoted=quoted)
    wording = "as the text writes them" if quoted else f"in words of your own, in {language}"
    chunks = reading.chunks(run, input_dir, chunk_tokens)
    rows = chunks.through(
        extract, model=extractor, validate=extraction.misfit, schema=schema, instructions=instructions, wording=wording
    ).map(extraction.supported, name="check_spans")
    return await run.write(rows, "records", as_record)


def as_record(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of the dataset: the `record`, and for each of its fields the `spans` of the document that say so."""
    return {"record": row["record"], "spans": row["spans"]}
