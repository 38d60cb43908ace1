"""A run that was cut off asks new questions first and goes through the old ones after; what it writes is the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from generation_functions import Row, Run
from generation_functions.documents.document import Skip
from generation_functions.documents.folder import Part, read_documents
from generation_functions.errors import MillraceError
from generation_functions.run.tally import Tally
from generation_functions.store import StoreReader
from generation_functions.store.places import decode_place, encode_place
from tests.running import OFFLINE, echo_step, manifest_of, rows_of

RECORDS = 900


def write_inputs(folder: Path) -> Path:
    """Records with repeats and bad lines in the middle file; plain files before and after it."""
    inputs = folder / "inputs"
    inputs.mkdir()
    for number in range(40):
        (inputs / f"a{number:02}.txt").write_text(f"The first file number {number}.")
        (inputs / f"z{number:02}.txt").write_text(f"The last file number {number}.")
    lines = [json.dumps({"text": f"Record {number - number % 3}."}) for number in range(RECORDS)]
    lines[10] = lines[700] = "not JSON"
    (inputs / "records.jsonl").write_text("\n".join(lines))
    return inputs


async def run_to(folder: Path, inputs: Path, *, whole: bool, stop_at: int | None = None, **settings: Any) -> list[str]:
    """Run; at the given row the pipeline's own code fails. Gives the texts in the order they were worked on."""
    worked_on: list[str] = []

    def watched(row: Row) -> dict[str, Any]:
        worked_on.append(row["text"])
        if stop_at is not None and len(worked_on) >= stop_at:
            raise MillraceError("the machine went away")
        return {}

    async with Run(folder, **settings) as run:
        documents = run.read(inputs)
        rows = documents.whole() if whole else documents.chunk(max_tokens=50)
        await run.write(rows.map(watched).through(echo_step(), model=OFFLINE), "out")
    return worked_on


def remembered(folder: Path) -> list[tuple[Any, ...]]:
    """All records but where they stand in the table and when they were made."""
    reader = StoreReader(folder / "store.sqlite")
    try:
        return reader.query("SELECT step, key, status, reason, fields, root, place FROM rows ORDER BY step, key")
    finally:
        reader.close()


@pytest.mark.parametrize("whole", [True, False], ids=["whole documents", "chunks"])
@pytest.mark.parametrize("stop_at", [5, 500, 800, 978])
async def test_it_ends_like_an_undisturbed_run(tmp_path: Path, whole: bool, stop_at: int) -> None:
    inputs = write_inputs(tmp_path)
    calm, cut = tmp_path / "calm", tmp_path / "cut"
    order = await run_to(calm, inputs, whole=whole)
    with pytest.raises(MillraceError, match="went away"):
        await run_to(cut, inputs, whole=whole, stop_at=stop_at)
    resumed = await run_to(cut, inputs, whole=whole)

    assert sorted(resumed) == sorted(order)
    datasets = sorted(path.name for path in (calm / "datasets").glob("out*"))
    assert [(cut / "datasets" / n).read_bytes() for n in datasets] == [
        (calm / "datasets" / n).read_bytes() for n in datasets
    ]
    assert remembered(cut) == remembered(calm)
    assert rows_of(cut, "read", "dropped") == rows_of(calm, "read", "dropped")
    counted = [{name: (step["in"], step["out"]) for name, step in manifest_of(f)["steps"].items()} for f in (cut, calm)]
    assert counted[0] == counted[1]


async def test_what_is_new_comes_first(tmp_path: Path) -> None:
    inputs = write_inputs(tmp_path)
    with pytest.raises(MillraceError):
        await run_to(tmp_path / "out", inputs, whole=True, stop_at=800)
    resumed = await run_to(tmp_path / "out", inputs, whole=True)
    assert resumed.index("The last file number 0.") < resumed.index("The first file number 0.")
    assert resumed[0].startswith("Record ")


@pytest.mark.parametrize("settings", [{"limit": 850}, {"budget_usd": 1.0}], ids=["limit", "budget"])
async def test_what_is_used_up_in_order_is_gone_through_in_order(tmp_path: Path, settings: dict[str, Any]) -> None:
    inputs = write_inputs(tmp_path)
    with pytest.raises(MillraceError):
        await run_to(tmp_path / "out", inputs, whole=True, stop_at=800, **settings)
    resumed = await run_to(tmp_path / "out", inputs, whole=True, **settings)
    assert resumed[0] == "The first file number 0."


def test_the_parts_of_a_folder_are_the_folder(tmp_path: Path) -> None:
    inputs = write_inputs(tmp_path)
    (inputs / "b.txt").write_bytes(b"")
    whole = list(read_documents(inputs))
    for source in ("a00.txt", "b.txt", "records.jsonl", "z39.txt"):
        parts = [Part(end=source), Part(first=source)]
        assert [found for part in parts for found in read_documents(inputs, part=part)] == whole
        last = list(read_documents(inputs, part=Part(end=source, inclusive=True)))
        assert last[-1].source == source
    gone = [Part(end="gone.txt", inclusive=True), Part(first="gone.txt")]
    assert [found for part in gone for found in read_documents(inputs, part=part)] == whole
    assert all(isinstance(found, Skip) for found in read_documents(inputs, part=Part("b.txt", "b.txt", inclusive=True)))


def test_a_place_comes_back_from_its_bytes() -> None:
    for place in ((), ("a", 0), ("folder/ä b.txt", 7, 3), ("x", 2**40 - 1, "y")):
        assert decode_place(encode_place(place)) == place


def test_a_tally_counts_as_a_dictionary_would() -> None:
    tally, counts = Tally(), dict[str, int]()
    for number in range(5_000):
        key = f"{number * number % 3_001 + 2:016x}" + "0" * 16
        counts[key] = counts.get(key, 0) + 1
        assert tally.count(key) == counts[key]
