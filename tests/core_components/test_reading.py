"""`reading:` and `held_out:` of a config: what they leave out, what they say of it, and what they refuse."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import orjson
import pytest
from pydantic import ValidationError

from generation.core_components.reading import Reading
from generation_functions import Run
from generation_functions.datasets.split import Shares
from tests.running import rows_of

ENGLISH = "The river rose in the night, and by the morning the whole lower street stood under water."
GERMAN = "Der Fluss stieg in der Nacht, und am Morgen stand die ganze untere Straße unter Wasser."
CONTENTS = (
    "Contents\n\nRivers ........ 3\nBridges ....... 17\nFords ......... 29\nFerries ....... 41\nWeirs ........ 52"
)


async def left(tmp_path: Path, texts: dict[str, str], **settings: Any) -> tuple[list[str], Path]:
    """The texts of the chunks that such a reading gives, and the run's folder."""
    folder = tmp_path / "in"
    folder.mkdir()
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    async with Run(tmp_path / "out") as run:
        rows = await Reading(**settings).chunks(run, folder, 200).collect()
    return [row["text"] for row in rows], tmp_path / "out"


@pytest.mark.parametrize(
    ("settings", "stage", "text", "reason"),
    [
        ({"languages": ["en"]}, "languages", GERMAN, "it is in de"),
        ({"boilerplate": "drop"}, "boilerplate", CONTENTS, "contents page"),
        ({"duplicates": 1}, "deduplicate", ENGLISH, "the same as an earlier row"),
        ({"repeated_in": 2}, "drop_repeated", ENGLISH, "repeated across documents"),
    ],
)
async def test_what_is_left_out_has_its_reason(
    tmp_path: Path, settings: dict[str, Any], stage: str, text: str, reason: str
) -> None:
    texts = {"a.txt": ENGLISH, "b.txt": text, "c.txt": "The bridge was built of stone, and it stood for ages."}
    kept, out = await left(tmp_path, texts, **settings)
    dropped = rows_of(out, stage, "dropped")
    assert dropped
    assert reason in dropped[0]["reason"]
    assert Counter(kept)[text] == Counter(texts.values())[text] - len(dropped)


async def test_without_settings_every_chunk_stays(tmp_path: Path) -> None:
    kept, _ = await left(tmp_path, {"a.txt": ENGLISH, "b.txt": GERMAN, "c.txt": CONTENTS, "d.txt": ENGLISH})
    assert len(kept) == 4


async def test_a_text_too_short_to_tell_its_language_stays(tmp_path: Path) -> None:
    kept, _ = await left(tmp_path, {"a.txt": "42 + 17 = 59", "b.txt": GERMAN}, languages=["de"])
    assert kept == ["42 + 17 = 59", GERMAN]


async def test_the_size_of_a_document_is_bounded(tmp_path: Path) -> None:
    _, out = await left(tmp_path, {"a.txt": ENGLISH, "b.txt": ENGLISH * 20_000}, largest_mb=1)
    assert [row["source"] for row in rows_of(out, "read", "dropped")] == ["b.txt"]


@pytest.mark.parametrize(
    "settings", [{"by": "chapter"}, {"overlap": -1}, {"duplicates": 1.5}, {"overlaps": 3}, {"languages": ["german"]}]
)
def test_settings_that_mean_nothing_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Reading(**settings)


async def test_held_out_documents_stand_on_one_side(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(40):
        (folder / f"{number}.txt").write_text(f"{ENGLISH}\n\nIt was flood number {number}.")
    async with Run(tmp_path / "out", held_out=Shares(validation=0.25, test=0.25)) as run:
        dataset = await run.write(run.read(folder).chunk(max_tokens=20), "floods")
    assert dataset.all_rows == dataset.rows + dataset.validation_rows + dataset.test_rows
    sides = [
        {orjson.loads(line)["source"] for line in (tmp_path / "out/datasets" / name).read_bytes().splitlines()}
        for name in ("floods.jsonl", "floods.validation.jsonl", "floods.test.jsonl")
    ]
    assert all(sides)
    assert sum(map(len, sides)) == len(set.union(*sides)) == 40


async def test_the_card_lists_the_licences_of_the_sources(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.txt").write_text(ENGLISH)
    (folder / "b.jsonl").write_bytes(orjson.dumps({"text": GERMAN, "license": "CC0-1.0"}))
    link = '<link rel="license" href="https://example.org/by">'
    (folder / "c.html").write_text(f"<html><head>{link}</head><body><p>{ENGLISH} Twice.</p></body></html>")
    async with Run(tmp_path / "out") as run:
        await run.write(Reading(licence="CC-BY-4.0").chunks(run, folder, 200), "floods")
    card = (tmp_path / "out/datasets/README.md").read_text()
    for licence in ("CC-BY-4.0", "CC0-1.0", "https://example.org/by"):
        assert f"| {licence} | 1 |" in card


async def test_a_card_says_nothing_of_licences_that_nobody_gave(tmp_path: Path) -> None:
    _, out = await left(tmp_path, {"a.txt": ENGLISH})
    async with Run(out) as run:
        await run.write(run.read(tmp_path / "in").chunk(), "floods")
    assert "Licences" not in (out / "datasets/README.md").read_text()
