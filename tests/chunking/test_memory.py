"""Chunking a large text keeps no more of it than a small one."""

import tracemalloc
from typing import get_args

import pytest

from generation_functions.chunking import ChunkBy, chunk_text

PARAGRAPH = "The river rose in March, as it does each year. It fell in May. Then the boats came back to the quay. " * 4
SECTION = "\n\n".join(["# A heading", *[PARAGRAPH] * 6]) + "\n\n"


def peak(text: str, by: ChunkBy, overlap: int) -> int:
    """Most bytes that were held while the chunks were drawn and let go."""
    pages = range(0, len(text), 3_000)
    tracemalloc.start()
    try:
        for _ in chunk_text(text, max_tokens=300, by=by, overlap=overlap, pages=pages):
            pass
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("by", get_args(ChunkBy))
@pytest.mark.parametrize("overlap", [0, 30])
def test_memory_does_not_grow_with_the_text(by: ChunkBy, overlap: int) -> None:
    list(chunk_text("Warm up. Then go.", max_tokens=5, by="sentence"))
    small, large = (peak(SECTION * count, by, overlap) for count in (8, 64))
    assert large < small + 100_000


def test_a_large_text_without_a_heading_is_not_held_by_heading() -> None:
    small, large = (peak((PARAGRAPH + "\n\n") * count, "heading", 0) for count in (50, 400))
    assert large < small + 100_000
