"""A long text is cut in stretches: into chunks like those of a short one, the same whoever cuts them."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import get_args

import pytest

from generation_functions.chunking import Chunk, ChunkBy, Cutting, chunk_document, chunk_text, cut_documents
from generation_functions.chunking import stretches as division
from generation_functions.documents import Document

SIZE = 1_400_000
WORDS = ("river", "boat", "harbour", "storm", "glass", "tea", "été", "Straße", "水", "the", "of", "in", "and", "Dr.")


class InParts(Document):
    """A document that hands its text out in small parts."""

    def parts(self) -> Iterator[str]:
        text = self.text
        return (text[at : at + 70_001] for at in range(0, len(text), 70_001))


def sentences(count: int, seed: int = 1) -> list[str]:
    rng = Random(seed)
    made = [" ".join(rng.choices(WORDS, k=rng.randint(4, 20))).capitalize() + "." for _ in range(2_000)]
    return [made[rng.randrange(2_000)] for _ in range(count)]


def filled(paragraphs: list[str], between: str) -> str:
    """The paragraphs, over and over, up to the size."""
    length = sum(len(each) + len(between) for each in paragraphs)
    return between.join(f"{number} {each}" for number in range(SIZE // length + 1) for each in paragraphs)[:SIZE]


PARAGRAPHS = [" ".join(sentences(5, seed)) for seed in range(200)]
TEXTS = {
    "paragraphs": filled(PARAGRAPHS, "\n\n"),
    "headings": filled([f"\n\n# Part\n\n## Section\n\n{one}\n\n### Note\n\n{one}" for one in PARAGRAPHS], "\n\n"),
    "a paragraph a line": filled(PARAGRAPHS, "\n"),
    "one line": filled(PARAGRAPHS, " "),
    "no spaces": filled(["水は毎年三月に増えます。そして五月に減ります。" * 20], ""),
    "no sentence": "ab" * (SIZE // 2),
    "code": filled(
        ["\n\n```py\n# no heading\n\nx = 1\n\n# none\n" + "y = 2\n\n" * 300 + "```", *PARAGRAPHS[:3]], "\n\n"
    ),
    "a table": "| a | b |\n| --- | --- |\n" + filled(["| one | two |"], "\n"),
    "space": " \n" * 300_000 + "word. \n" + " \n" * 600_000 + filled(PARAGRAPHS, "\n\n") + "\n\n" * 200_000,
}


def document(text: str, number: int) -> Document:
    return Document("a.txt", text, pages=tuple(range(0, len(text), 2_900)) if number % 2 else ())


def undivided(text: str, by: ChunkBy, monkeypatch: pytest.MonkeyPatch) -> list[Chunk]:
    with monkeypatch.context() as patched:
        patched.setattr(division, "LONGEST", len(text))
        return list(chunk_text(text, max_tokens=300, by=by))


@pytest.mark.parametrize(("number", "name"), list(enumerate(TEXTS)))
def test_stretches_make_chunks_that_cover_a_text_once(number: int, name: str) -> None:
    text, overlap = TEXTS[name], 40 * (number % 2)
    by = get_args(ChunkBy)[number // 2 % 2]
    chunks = list(chunk_text(text, max_tokens=300, by=by, overlap=overlap))
    assert [chunk.start for chunk in chunks] == [0, *(chunk.end for chunk in chunks[:-1])]
    assert chunks[-1].end == len(text)
    for chunk in chunks:
        assert 0 < chunk.tokens <= 300
        assert chunk.text.strip() == text[chunk.start - chunk.overlap : chunk.end].strip()
        assert text[chunk.place : chunk.place + len(chunk.text)] == chunk.text


@pytest.mark.parametrize(
    ("name", "by", "overlap", "workers"),
    [("headings", "page", 0, 2), ("code", "heading", 0, 2), ("headings", "tokens", 40, 0), ("code", "tokens", 40, 2)],
)
def test_whoever_cuts_a_long_text_cuts_it_the_same(name: str, by: ChunkBy, overlap: int, workers: int) -> None:
    held = document(TEXTS[name], 1)
    whole = list(chunk_document(held, max_tokens=300, by=by, overlap=overlap))
    in_parts = InParts(held.source, held.text, pages=held.pages)
    found = cut_documents([in_parts], Cutting(300, by, overlap), workers=workers)
    assert [cut.chunk for _, cuts in found for cut in cuts] == whole


@pytest.mark.parametrize(("name", "by"), [("paragraphs", "tokens"), ("headings", "heading"), ("code", "page")])
def test_only_at_a_border_are_chunks_others_than_those_of_a_text_that_is_not_divided(
    name: str, by: ChunkBy, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = TEXTS[name]
    chunks = list(chunk_text(text, max_tokens=300, by=by))
    other = undivided(text, by, monkeypatch)
    assert len(set(chunks) - set(other)) < 60
    under = {chunk.start: chunk.headings for chunk in other}
    assert all(chunk.headings == under.get(chunk.start, chunk.headings) for chunk in chunks)


def test_a_border_is_before_a_heading_and_never_inside_code() -> None:
    for name in ("headings", "code"):
        first, second = (each.text for each in division.stretches(document(TEXTS[name], 0), by_page=False))
        assert first + second == TEXTS[name]
        assert second.startswith("# Part") == (name == "headings")
        assert first.count("```") % 2 == 0


def test_a_long_table_is_cut_between_its_rows() -> None:
    rows = [f"| {number} | It rains. Then it does not. |" for number in range(80_000)]
    text = "Weather\n\n| day | what |\n| --- | --- |\n" + "\n".join(rows) + "\n\nThe end.\n"
    chunks = list(chunk_text(text, max_tokens=300))
    assert len({each.text for each in division.stretches(document(text, 0), by_page=False)}) > 2
    assert all(line.startswith("|") and line.endswith("|") for one in chunks[1:-1] for line in one.text.split("\n"))


def test_pages_go_on_from_stretch_to_stretch() -> None:
    held = document(TEXTS["paragraphs"], 1)
    for chunk in chunk_document(held, max_tokens=300, by="page"):
        assert chunk.pages is not None
        ink = chunk.start + len(held.text[chunk.start : chunk.end]) - len(held.text[chunk.start : chunk.end].lstrip())
        assert chunk.pages == (ink // 2_900 + 1,) * 2
