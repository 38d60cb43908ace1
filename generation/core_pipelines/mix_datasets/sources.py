"""Where a mixture's rows come from: a run's dataset or a file, and how much of it is wanted."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from generation.core_components.conversations.files import dataset_of_run
from generation.core_components.languages import Languages
from generation_functions.errors import ConfigError


class Source(BaseModel):
    """One of a mixture's `sources:`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: Annotated[Path, Field(description="A run's output folder, or a .jsonl, .json, .parquet or .csv file.")]
    dataset: Annotated[str | None, Field(description="Which dataset of the run, where it has several.")] = None
    name: Annotated[str | None, Field(description="What its rows say they come from; the path without it.")] = None
    form: Annotated[str, Field(description="The format of its rows; auto tells it by their fields.")] = "auto"
    share: Annotated[float | None, Field(gt=0, description="Its part in the mixture, against the others' shares.")] = (
        None
    )
    most: Annotated[int | None, Field(ge=1, description="Most to take of it, in the mixture's unit.")] = None
    generic: Annotated[bool, Field(description="Whether it is generic data, which generic_share weighs.")] = False
    languages: Languages = ()

    @property
    def label(self) -> str:
        """What its rows say they come from."""
        return self.name or str(self.path)

    @property
    def file(self) -> Path:
        """The file that holds its rows; of a run, the one to train on. Raises `ConfigError`, `StoreError`."""
        if not self.path.exists():
            raise ConfigError(f"there is no {self.path} to mix", hint="run what makes it first, or mend the path")
        if not self.path.is_dir():
            return self.path
        return dataset_of_run(self.path, self.dataset)


def check_labels(sources: list[Source]) -> None:
    """Raise `ConfigError` where two sources cannot be told apart, or there is none."""
    labels = [source.label for source in sources]
    if not labels:
        raise ConfigError("there are no sources to mix", hint="list them under `sources:`, each with its `path`")
    double = next((label for label in labels if labels.count(label) > 1), None)
    if double is not None:
        raise ConfigError(f"two sources are called {double!r}", hint="give one of them a `name:`")
