"""Starting over with `--fresh`: what was paid for is kept, set aside beside the new store."""

from __future__ import annotations

from pathlib import Path

from generation_functions.errors import StoreError
from generation_functions.models.batch.journal import JOURNAL_FILE
from generation_functions.run.shard_stores import SHARDS_FOLDER, STORE_FILE


def set_everything_aside(folder: Path) -> None:
    """Set the store, the batches and the shards of a run aside. Raises `StoreError`."""
    try:
        _set_store_aside(folder)
        _set_shards_aside(folder)
    except OSError as exc:
        raise StoreError(
            f"what is in {folder} cannot be set aside: {exc.strerror}",
            hint="Check the folder's rights, or choose another output_dir.",
        ) from exc


def _set_store_aside(folder: Path) -> None:
    number = 1
    while (folder / f"store.before-{number}.sqlite").exists():
        number += 1
    for suffix in ("", "-wal", "-shm"):
        part = folder / f"{STORE_FILE}{suffix}"
        if part.exists():
            part.rename(folder / f"store.before-{number}.sqlite{suffix}")
        journal = folder / f"{JOURNAL_FILE}{suffix}"
        if journal.exists():
            journal.rename(folder / f"batches.before-{number}.sqlite{suffix}")
    for damaged in folder.glob("store.damaged-*.sqlite"):
        damaged.rename(damaged.with_name(damaged.name.replace("damaged", f"before-{number}-damaged")))


def _set_shards_aside(folder: Path) -> None:
    found = folder / SHARDS_FOLDER
    if not found.exists():
        return
    number = 1
    while (aside := folder / f"{SHARDS_FOLDER}.before-{number}").exists():
        number += 1
    found.rename(aside)
