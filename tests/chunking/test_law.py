"""The law of chunking, for any text, any bound and any way of counting: nothing lost, twice, or too long."""

from collections.abc import Callable
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation_functions.chunking import ChunkBy, chunk_text, sentence_spans
from generation_functions.errors import ConfigError
from generation_functions.models.tokens import estimate_tokens

PIECES = st.sampled_from(
    (
        *("# Title\n", "## Under\n", "```py\n", "```\n", "~~~", "\n\n", "\n", "    ", "\t", "\u3000", "x\n===\n"),
        *("word ", "Dr. ", "e.g. ", "1. ", "3. Mai ", "ended. ", "Why? ", "“So!” ", "a|b\n---|---\n", "| a | b |\n"),
        *("。", "」", "河流", "อักษร ", "कि", "👩‍👩‍👧", "é", "🇩🇪", "\u0301", "؟ ", "، ", "; "),
    )
)
TEXTS = st.one_of(st.text(max_size=300), st.lists(PIECES, max_size=120).map("".join))

COUNTS: dict[str, Callable[[str], int]] = {
    "estimate": estimate_tokens,
    "characters": len,
    "rounded down": lambda text: max(1, len(text) // 4),
    "words": lambda text: max(1, len(text.split())),
    "bytes": lambda text: len(text.encode("utf-8", "surrogatepass")),
}


@st.composite
def chunkings(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    text = draw(TEXTS)
    limit = draw(st.integers(4, 60))
    pages = draw(st.lists(st.integers(0, len(text)), max_size=8).map(sorted))
    overlap = draw(st.one_of(st.just(0), st.integers(0, limit // 2)))
    return text, {"max_tokens": limit, "overlap": overlap, "pages": pages}


@pytest.mark.parametrize("by", get_args(ChunkBy))
@given(case=chunkings(), name=st.sampled_from(sorted(COUNTS)))
def test_chunks_cover_the_text_once_and_keep_the_bound(
    by: ChunkBy, case: tuple[str, dict[str, Any]], name: str
) -> None:
    text, settings = case
    count, limit = COUNTS[name], settings["max_tokens"]
    chunks = list(chunk_text(text, by=by, count=count, **settings))
    if not text.strip():
        assert chunks == []
        return
    assert [chunk.start for chunk in chunks] == [0, *(chunk.end for chunk in chunks[:-1])]
    assert chunks[-1].end == len(text)
    assert "".join(text[chunk.start : chunk.end] for chunk in chunks) == text
    for before, chunk in zip([None, *chunks], chunks, strict=False):
        own = text[chunk.start : chunk.end].strip()
        assert chunk.text.strip() == text[chunk.start - chunk.overlap : chunk.end].strip()
        assert own
        assert chunk.text[chunk.overlap :].strip() == own
        assert 0 <= chunk.overlap <= (chunk.start - before.start if before else 0)
        assert count(text[chunk.start - chunk.overlap : chunk.start].strip()) <= max(settings["overlap"], 1)
        assert chunk.tokens == count(chunk.text)
        assert chunk.tokens <= limit or len(own) == 1
        assert (chunk.pages is not None) == bool(settings["pages"])


@given(chunkings())
def test_by_page_no_chunk_has_two_pages(case: tuple[str, dict[str, Any]]) -> None:
    text, settings = case
    found = [chunk.pages for chunk in chunk_text(text, by="page", **settings) if chunk.pages]
    assert all(first == last for first, last in found)
    assert found == sorted(found)


@given(TEXTS)
def test_sentences_are_the_text(text: str) -> None:
    spans = list(sentence_spans(text))
    assert "".join(text[start:end] for start, end in spans) == text
    assert all(start < end for start, end in spans)


@given(TEXTS, st.integers(4, 60))
def test_what_fits_whole_is_one_chunk(text: str, limit: int) -> None:
    blocks = text.count("\n")  # each one's count is rounded up
    if text.strip() and estimate_tokens(text) + blocks <= limit:
        assert len(list(chunk_text(text, max_tokens=limit))) == 1


@pytest.mark.parametrize("limit", [0, -5])
def test_a_bound_that_nothing_fits_is_refused_at_once(limit: int) -> None:
    with pytest.raises(ConfigError, match="max_tokens must be at least 1"):
        chunk_text("words", max_tokens=limit)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"overlap": 51}, "overlap must be from 0 to half of max_tokens"),
        ({"overlap": -1}, "overlap must be from 0"),
        ({"by": "headings"}, "not by 'headings'"),
    ],
)
def test_settings_that_mean_nothing_are_refused_at_once(settings: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        chunk_text("words", **{"max_tokens": 100, **settings})
