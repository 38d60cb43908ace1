"""`Reading`: how a pipeline's documents are read, cut and cleared. One setting for every pipeline that reads documents.

async def my_pipeline(
    run: Run, *, input_dir: Path, chunk_tokens: int = 800, reading: DocumentReading = Reading()
) -> Dataset:
    chunks = reading.chunks(run, input_dir, chunk_tokens)
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from generation.core_components.languages import LanguageCode, kept_language
from generation_functions import Row, Run, Stream
from generation_functions.chunking import ChunkBy, filter_boilerplate
from generation_functions.documents import Limits
from generation_functions.languages import UNDETERMINED

_MEBIBYTE = 1024 * 1024


class Reading(BaseModel):
    """A config's `reading:`. What it drops is on record with its reason, like every row that is not in the dataset."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, allow_inf_nan=False)

    by: Annotated[
        ChunkBy, Field(description="Where chunks begin: tokens (any paragraph), heading, sentence, page.")
    ] = "tokens"
    overlap: Annotated[int, Field(ge=0, description="Most tokens a chunk repeats of the one before.")] = 0
    tokenizer: Annotated[
        Path | None, Field(description="A model's tokenizer.json to count tokens by; without it they are estimated.")
    ] = None
    boilerplate: Annotated[
        Literal["keep", "drop"], Field(description="What becomes of contents pages, indexes, licence pages and menus.")
    ] = "keep"
    repeated_in: Annotated[
        int | None, Field(ge=2, description="Drop chunks whose lines stand in at least so many documents.")
    ] = None
    duplicates: Annotated[
        float | None,
        Field(gt=0, le=1, description="Drop chunks that share this part of their wording with one before; 1: all."),
    ] = None
    languages: Annotated[
        tuple[LanguageCode, ...],
        Field(description="Codes (en, de, zh) of the languages to keep; all without any."),
    ] = ()
    licence: Annotated[
        str | None, Field(description="Licence of documents that do not say theirs, for the dataset card.")
    ] = None
    workers: Annotated[int, Field(ge=1, le=64, description="Processes that parse documents.")] = 2
    seconds: Annotated[float, Field(gt=0, description="Longest that one document may take to be parsed.")] = 120.0
    memory_mb: Annotated[int, Field(ge=256, description="Most memory of a process that parses, in MiB.")] = 2048
    largest_mb: Annotated[int, Field(ge=1, description="Largest document that is read, in MiB.")] = 256

    def chunks(self, run: Run, input_dir: Path, chunk_tokens: int) -> Stream:
        """The chunks of a folder's documents: see `Documents.chunk` for their fields. Raises `ConfigError`.

        `repeated_in` and `duplicates` compare all chunks, so the stream waits there for the last of them.
        """
        chunks = run.read(input_dir, limits=self.limits, workers=self.workers, licence=self.licence).chunk(
            max_tokens=chunk_tokens, by=self.by, overlap=self.overlap, tokenizer=self.tokenizer
        )
        if self.languages:
            chunks = chunks.filter(self._in_language, name="languages")
        if self.boilerplate == "drop":
            chunks = chunks.filter(filter_boilerplate, name="boilerplate")
        if self.repeated_in is not None:
            chunks = chunks.drop_repeated(documents=self.repeated_in)
        if self.duplicates is not None:
            chunks = chunks.deduplicate(threshold=self.duplicates)
        return chunks

    @property
    def limits(self) -> Limits:
        """The bounds of one document."""
        return Limits(
            max_bytes=self.largest_mb * _MEBIBYTE, seconds=self.seconds, max_memory=self.memory_mb * _MEBIBYTE
        )

    def _in_language(self, row: Row) -> tuple[bool, str]:
        # What is too short to tell stays: a table or a formula says nothing of the language around it.
        return kept_language(row["language"], (*self.languages, UNDETERMINED))


DocumentReading: TypeAlias = Annotated[Reading, Field(description="How documents are read, cut and cleared.")]
"""A pipeline's `reading:`, by default `Reading()`."""
