"""A composition's input folders: what each is called, how much it weighs, whether its layout is to be mended."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from generation.core_components.reading import Reading


class InputFolder(BaseModel):
    """One of the config's `inputs:`."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, allow_inf_nan=False)

    path: Annotated[Path, Field(description="A folder of source documents.")]
    name: Annotated[
        str | None,
        Field(pattern=r"^[\w][\w.-]*$", description="Names its runs and its rows; the folder's own name without it."),
    ] = None
    weight: Annotated[
        float | None,
        Field(gt=0, description="Its part in the mixtures, against other folders' weights; for all or none."),
    ] = None
    clean: Annotated[bool, Field(description="Whether its layout is mended; false for texts that are clean.")] = True
    language: Annotated[
        str | None,
        Field(min_length=2, description="Language its documents are in, for whoever mends them; detected without it."),
    ] = None
    licence: Annotated[str | None, Field(description="Licence of documents that do not say theirs.")] = None

    @property
    def label(self) -> str:
        """What its runs and its rows are called by."""
        return self.name or self.path.name

    def read_by(self, reading: Reading) -> Reading:
        """How all folders are read, with what this one says of itself."""
        return reading.model_copy(update={"licence": self.licence}) if self.licence else reading
