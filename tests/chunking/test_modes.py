"""Where chunks begin: at headings, sentences, pages; and what overlap repeats."""

import pytest

from generation_functions.chunking import Chunk, ChunkBy, chunk_document, chunk_text
from generation_functions.documents import Document


def words(text: str) -> int:
    return len(text.split())


def cut(text: str, limit: int, by: ChunkBy, pages: tuple[int, ...] = (), overlap: int = 0) -> list[Chunk]:
    return list(chunk_text(text, max_tokens=limit, count=words, by=by, pages=pages, overlap=overlap))


def section(title: str, size: int, word: str) -> str:
    return f"{title}\n\n" + " ".join([word] * size)


def test_each_section_is_a_chunk_where_it_fits() -> None:
    text = "\n\n".join([section("# A", 20, "a"), section("# B", 15, "b"), section("## C", 25, "c")])
    assert [(chunk.text.split()[1], chunk.headings) for chunk in cut(text, 60, "heading")] == [
        ("A", ("A",)),
        ("B", ("B",)),
        ("C", ("B", "C")),
    ]


def test_a_long_section_is_divided_and_its_parts_keep_its_headings() -> None:
    sentences = "\n\n".join(f"Sentence {number} has exactly six words." for number in range(20))
    found = cut(f"# A\n\nShort.\n\n## Long\n\n{sentences}\n\n## After\n\n{'w ' * 15}", 40, "heading")
    long = [chunk for chunk in found if chunk.headings == ("A", "Long")]
    assert len(long) == 4
    assert all(chunk.tokens <= 40 for chunk in found)
    assert long[0].text.startswith("## Long")


def test_short_sections_join_their_neighbours_but_not_a_higher_one() -> None:
    parts = [
        section("## One", 3, "a"),
        section("## Two", 4, "b"),
        section("# Higher", 30, "c"),
        section("## Low", 2, "d"),
    ]
    assert [chunk.text.split("\n")[0] for chunk in cut("\n\n".join(parts), 40, "heading")] == ["## One", "# Higher"]


def test_text_before_the_first_heading_and_headings_alone_are_kept() -> None:
    found = cut(f"{'intro ' * 20}\n\n# A\n\n{'a ' * 20}\n\n# The end", 30, "heading")
    assert [chunk.text.split()[-1] for chunk in found] == ["intro", "end"]


def test_by_sentence_chunks_are_as_full_as_sentences_make_them() -> None:
    text = "One two three. Four five six.\n\nSeven eight nine. Ten eleven twelve. A b c."
    assert [chunk.text for chunk in cut(text, 9, "sentence")] == [
        "One two three. Four five six.\n\nSeven eight nine.",
        "Ten eleven twelve. A b c.",
    ]
    by_tokens = [chunk.text for chunk in cut(text, 9, "tokens")]
    assert by_tokens == ["One two three. Four five six.", "Seven eight nine. Ten eleven twelve. A b c."]


PAGED = "First page here.\n\nIt goes on and\nover to the second page. More.\n\nThird page, short.\n\n"
STARTS = (0, PAGED.index("over"), PAGED.index("Third"), len(PAGED))


def test_each_page_is_a_chunk_and_a_paragraph_over_two_pages_is_divided() -> None:
    found = cut(PAGED, 100, "page", STARTS)
    assert [(chunk.text, chunk.pages) for chunk in found] == [
        ("First page here.\n\nIt goes on and", (1, 1)),
        ("over to the second page. More.", (2, 2)),
        ("Third page, short.", (3, 3)),
    ]


def test_a_long_page_is_divided_and_an_empty_one_gives_no_chunk() -> None:
    text = " ".join(f"Line {number} of it." for number in range(10))
    found = cut(f"{text}\n\nLast.", 20, "page", (0, len(text) + 1, len(text) + 2))
    assert [chunk.pages for chunk in found] == [(1, 1), (1, 1), (3, 3)]


@pytest.mark.parametrize("by", ["tokens", "heading", "sentence"])
def test_chunks_know_the_pages_they_are_on_in_every_mode(by: ChunkBy) -> None:
    assert [chunk.pages for chunk in cut(PAGED, 100, by, STARTS)] == [(1, 3)]


def test_a_text_without_pages_is_cut_as_by_tokens() -> None:
    text = "\n\n".join(f"Paragraph number {number}." for number in range(9))
    assert cut(text, 10, "page") == cut(text, 10, "tokens")


def test_overlap_repeats_whole_sentences_of_the_chunk_before() -> None:
    text = "Alpha one two. Beta three four. Gamma five six. Delta seven eight. Epsilon nine ten. Zeta it ends."
    found = cut(text, 9, "tokens", overlap=3)
    assert [chunk.text for chunk in found] == [
        "Alpha one two. Beta three four.",
        "Beta three four. Gamma five six. Delta seven eight.",
        "Delta seven eight. Epsilon nine ten. Zeta it ends.",
    ]
    assert [chunk.text[chunk.overlap :].split()[0] for chunk in found] == ["Alpha", "Gamma", "Epsilon"]
    assert "".join(text[chunk.start : chunk.end] for chunk in found) == text


def test_a_sentence_longer_than_the_overlap_is_not_repeated() -> None:
    assert {chunk.overlap for chunk in cut("word " * 60, 20, "tokens", overlap=5)} == {0}


def test_a_documents_pages_travel_with_its_chunks() -> None:
    chunks = chunk_document(Document("a.pdf", PAGED, pages=STARTS[:3]), max_tokens=100, by="page")
    assert [(chunk.source, chunk.pages) for chunk in chunks] == [("a.pdf", (n, n)) for n in (1, 2, 3)]
