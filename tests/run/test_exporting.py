"""A dataset that is written while the run goes on is, byte for byte, the one written at its end."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation_functions.datasets.split import Shares
from generation_functions.errors import ConfigError
from generation_functions.rows import content_key
from generation_functions.run.exporting import Export, GrowingDataset
from generation_functions.run.written import Dataset
from generation_functions.store import RowRecord, Store

PLAIN = Export(("messages",), parquet=True, shares=Shares(), seed=0)
SPLIT = Export(("messages", "text"), parquet=True, shares=Shares(0.3, 0.2), seed=1)


def add(store: Store, number: int, *, status: str = "kept", attempt: int = 1) -> None:
    """A dataset's row, as a run stores it."""
    messages = [{"role": "user", "content": f"q{number}"}, {"role": "assistant", "content": f"a{number}"}]
    key = content_key(number)
    store.add_row(
        RowRecord("dataset:qa", key, status, None, None, {"messages": messages, "metadata": {"key": key}}, (),
                  "ask", key, key, (number,)),
        run_attempt=attempt,
    )  # fmt: skip


def files(dataset: Dataset) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in dataset.files}


@pytest.mark.parametrize("export", [PLAIN, SPLIT], ids=["plain", "split"])
@settings(deadline=None, max_examples=40)
@given(count=st.integers(0, 40), seed=st.integers(0, 2**32))
def test_however_it_grows_the_files_are_the_same(export: Export, count: int, seed: int) -> None:
    rng = Random(seed)
    order = sorted(range(count), key=lambda number: number + rng.random() * 8)
    with tempfile.TemporaryDirectory() as folder, Store(Path(folder) / "store.sqlite") as store:
        place = Path(folder)
        growing = GrowingDataset(place / "grown", store, "qa", 1, export)
        done: set[int] = set()
        for number in order:
            add(store, number, status="kept" if rng.random() < 0.8 else "dropped")
            done.add(number)
            if rng.random() < 0.3:
                flush(store)
                growing.grow((min(set(range(count)) - done, default=count - 1),))
        flush(store)
        whole = GrowingDataset(place / "whole", store, "qa", 1, export)
        assert files(growing.finish()) == files(whole.finish())


def flush(store: Store) -> None:
    async def flushed() -> None:
        await store.flushed()

    asyncio.run(flushed())


def test_nothing_is_in_its_place_before_the_end(tmp_path: Path) -> None:
    with Store(tmp_path / "store.sqlite") as store:
        growing = GrowingDataset(tmp_path, store, "qa", 1, PLAIN)
        for number in range(3):
            add(store, number)
        flush(store)
        growing.grow((2,))
        assert [path.suffix for path in (tmp_path / "datasets").iterdir()] == [".part"] * 3
        growing.close()
        assert not list((tmp_path / "datasets").iterdir()), "a run that stops leaves nothing half written"


def test_rows_of_an_attempt_before_are_left_to_the_end(tmp_path: Path) -> None:
    with Store(tmp_path / "store.sqlite") as store:
        for number in range(3):
            add(store, number)
        flush(store)
        growing = GrowingDataset(tmp_path, store, "qa", 2, PLAIN)
        for number in range(4):
            add(store, number, attempt=2)
        flush(store)
        growing.grow((3,))
        assert not (tmp_path / "datasets").exists()
        assert growing.finish().rows == 4


def test_what_goes_wrong_while_it_grows_is_told_at_the_end(tmp_path: Path) -> None:
    with Store(tmp_path / "store.sqlite") as store:
        growing = GrowingDataset(
            tmp_path, store, "qa", 1, Export(("sharegpt",), parquet=False, shares=Shares(), seed=0)
        )
        store.add_row(
            RowRecord("dataset:qa", content_key(0), "kept", None, None, {"note": "no conversation"}, (), "ask",
                      content_key(0), content_key(0), (0,)),
            run_attempt=1,
        )  # fmt: skip
        flush(store)
        growing.grow((1,))
        with pytest.raises(ConfigError):
            growing.finish()
