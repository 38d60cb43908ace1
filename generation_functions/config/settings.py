"""The keys of a config that say how a pipeline is run rather than what it is given."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from generation_functions.models.model import ModelSpec


class Budget(BaseModel):
    """What a run may cost. It stops cleanly when it is reached."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, allow_inf_nan=False)

    usd: Annotated[float, Field(ge=0, description="Most the run may spend, in US dollars.")]


class HeldOut(BaseModel):
    """Which part of the source documents datasets keep aside: no document stands on two sides."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, allow_inf_nan=False)

    validation: Annotated[float, Field(ge=0, lt=1, description="Share of documents for NAME.validation.jsonl.")] = 0.0
    test: Annotated[float, Field(ge=0, lt=1, description="Share of documents for NAME.test.jsonl.")] = 0.0

    @model_validator(mode="after")
    def _leaves_some(self) -> HeldOut:
        if self.validation + self.test >= 1:
            raise ValueError("validation and test together leave nothing to train on")
        return self


class RunSettings(BaseModel):
    """The reserved keys of a config's top level."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, allow_inf_nan=False)

    pipeline: Annotated[str, Field(description="An alias, or path/to/file.function.")]
    description: Annotated[str | None, Field(description="What this config is for.")] = None
    output_dir: Annotated[Path, Field(description="Folder of the run; running it again resumes it.")]
    after: Annotated[
        list[Path] | None, Field(description="Configs whose runs this one uses: `run` runs them first.")
    ] = None
    models: Annotated[dict[str, ModelSpec], Field(description="Named model endpoints.")] = {}
    budget: Annotated[Budget | None, Field(description="What the run may cost.")] = None
    prompts: Annotated[Path | None, Field(description="Folder whose prompt files replace the pipeline's own.")] = None
    seed: Annotated[int, Field(description="Start of everything drawn at random.")] = 0
    held_out: Annotated[HeldOut, Field(description="Documents that are kept for validation and test.")] = HeldOut()
    limit: Annotated[int | None, Field(ge=1, description="Most source rows to read; all without it.")] = None
    max_failed_share: Annotated[
        float, Field(ge=0, le=1, description="Share of failed rows above which a run is partial.")
    ] = 0.05


RESERVED = tuple(RunSettings.model_fields)
"""Names of the reserved keys, in the order they are written."""
