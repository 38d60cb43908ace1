"""A run that was made before, opened for reading: its manifest, and its rows with their history."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from commands.status import manifest_of_run
from generation_functions.errors import StoreError
from generation_functions.run.manifest import CAME_TO_ITS_END, runs_within
from generation_functions.store import StoreReader
from generation_functions.store.history import DATASET_PREFIX, History

STORE_FILE = "store.sqlite"
_SHOWN = 4


@dataclass(frozen=True)
class PastRun:
    """A run's folder, what its `run.json` says, and its rows."""

    folder: Path
    manifest: dict[str, Any]
    history: History

    @property
    def datasets(self) -> list[str]:
        """Names of the datasets that rows have reached so far."""
        return [step.removeprefix(DATASET_PREFIX) for step in self.history.depths if step.startswith(DATASET_PREFIX)]

    @property
    def is_whole(self) -> bool:
        """Whether the latest attempt came to its end."""
        return self.manifest["status"] in CAME_TO_ITS_END

    def without_dataset(self) -> StoreError:
        """What to raise where a dataset is wanted and there is none: rows were lost, or runs inside it have them."""
        inside = sorted(runs_within(self.folder), key=lambda folder: len(folder.parts))
        if not inside:
            why = f"`status {self.folder}` says why."
            return StoreError(f"no row of {self.folder} has reached a dataset", hint=why)
        shown = ", ".join(map(str, inside[:_SHOWN]))
        more = f" ({len(inside)} in all: `status {self.folder}`)" if len(inside) > _SHOWN else ""
        return StoreError(
            f"{self.folder} has no dataset of its own, only runs inside it", hint=f"Name one of those: {shown}{more}"
        )


@contextmanager
def past_run(folder: Path) -> Iterator[PastRun]:
    """Open a run for reading, also while it goes on. Raises `StoreError` where the folder is no run."""
    if folder.suffix in (".yaml", ".yml") and folder.is_file():
        raise StoreError(f"{folder} is a config, not a run", hint="Name the folder that its output_dir names.")
    manifest = manifest_of_run(folder)
    store = StoreReader(folder / STORE_FILE)
    try:
        yield PastRun(folder, manifest, History(store))
    finally:
        store.close()
