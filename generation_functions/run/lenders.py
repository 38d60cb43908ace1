"""Other folders whose stored answers a run takes over instead of paying for them again: its preview's, and others'."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from generation_functions.run.shard_stores import STORE_FILE
from generation_functions.store import Store, StoreReader

PREVIEW_FOLDER = ".preview"


def lenders_of(path: Path, given: Sequence[Path], parent: tuple[Path, Sequence[Path]] | None) -> tuple[Path, ...]:
    """The lenders of the run in `path`: those it was given and its preview; for a preview, the run's own folder.

    parent  the folder and the lenders of the run that it stands in
    """
    if parent is not None:
        top, lenders = parent
        return tuple(folder / path.relative_to(top) for folder in lenders)
    return (*given, path.parent if path.name == PREVIEW_FOLDER else path / PREVIEW_FOLDER)


def opened(lenders: Sequence[Path]) -> tuple[StoreReader, ...]:
    """The lenders' stores, of those that have one; a process that died while it made one left nothing to lend."""
    found = [StoreReader(path) for folder in lenders if (path := folder / STORE_FILE).exists()]
    made = tuple(reader for reader in found if reader.is_made)
    for reader in found:
        if reader not in made:
            reader.close()
    return made


def owed_to(lender: StoreReader, store: Store, folder: Path) -> float:
    """USD already paid for a lender's answers, beyond what is in a store. A preview's become the run's own."""
    paid, own = lender.paid(), store.paid()
    new = {key: cost for key, cost in paid.items() if key not in own}
    if lender.path.parent == folder / PREVIEW_FOLDER:
        store.take_over(lender, new)
    return sum(new.values())
