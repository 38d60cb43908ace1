"""The same knowledge in many forms, as plain texts for continued pretraining."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field

from generation.core_components.languages import OWN_LANGUAGE, Language
from generation.core_components.reading import DocumentReading, Reading
from generation.core_pipelines.representation_variation.forms import ALSO, FORMS, Also, Form
from generation.core_pipelines.representation_variation.steps import every_form, list_facts
from generation.core_pipelines.representation_variation.texts import as_text, check_context_line, finished
from generation_functions import Dataset, Model, Run


async def representation_variation(
    run: Run,
    *,
    input_dir: Annotated[Path, Field(description="Folder of source documents.")],
    writer: Annotated[Model, Field(description="Lists the facts, draws conclusions and retells.")],
    chunk_tokens: Annotated[int, Field(ge=64, le=32_000, description="Longest chunk, in tokens.")] = 800,
    reading: DocumentReading = Reading(),
    language: Language = OWN_LANGUAGE,
    forms: Annotated[
        tuple[Form, ...], Field(min_length=1, description="Forms that retellings are drawn from.")
    ] = FORMS,
    versions: Annotated[
        int, Field(ge=0, le=30, description="Retellings of each chunk, in forms drawn from these.")
    ] = 3,
    also: Annotated[tuple[Also, ...], Field(description="What else each chunk gives.")] = ALSO,
    context_line: Annotated[
        str | None, Field(description="A line before each text; may name {title}, {source} and {form}.")
    ] = None,
    noise: Annotated[float, Field(ge=0, le=1, description="Share of texts with typing errors or odd casing.")] = 0.0,
) -> Dataset:
    """Write what your documents say in many forms, for continued pretraining."""
    check_context_line(context_line)
    chunks = reading.chunks(run, input_dir, chunk_tokens)
    texts = (
        chunks.through(list_facts, model=writer, language=language)
        .through(every_form, model=writer, language=language, also=also, forms=forms, versions=versions)
        .map(finished(context_line, noise, run.seed), name="finish")
    )
    return await run.write(texts, "representation_variation", as_text, formats=("text",))
