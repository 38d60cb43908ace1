"""What stays together and what is cut: paragraphs, headings, code, tables, sentences, characters."""

from itertools import islice
from typing import Any

import pytest

from generation_functions.chunking import chunk_document, chunk_text
from generation_functions.chunking.cutting import joined
from generation_functions.documents import Document


def words(text: str) -> int:
    return len(text.split())


def chunks(text: str, limit: int) -> list[str]:
    return [chunk.text for chunk in chunk_text(text, max_tokens=limit, count=words)]


def test_paragraphs_are_packed_whole() -> None:
    text = "\n\n".join(["one two three", "four five six", "seven eight nine", "ten eleven twelve"])
    assert chunks(text, 7) == ["one two three\n\nfour five six", "seven eight nine\n\nten eleven twelve"]


def test_a_heading_stays_with_what_follows_it() -> None:
    text = "one two three four\n\n# A title\n\n## Below it\n\nfive six seven\n"
    assert chunks(text, 9) == ["one two three four", "# A title\n\n## Below it\n\nfive six seven"]


def test_a_heading_stays_with_the_first_sentence_of_a_long_paragraph() -> None:
    text = "# Title\n\nOne two three four. Five six seven eight. Nine ten eleven twelve.\n"
    assert chunks(text, 6) == ["# Title\n\nOne two three four.", "Five six seven eight.", "Nine ten eleven twelve."]


def test_each_chunk_knows_the_headings_it_stands_under() -> None:
    parts = [
        "intro here",
        "# A",
        "one one",
        "## B ##",
        "two two",
        "### C",
        "six six",
        "# D",
        "ten ten",
        "E\n---",
        "end end",
    ]
    text = "\n\n".join(parts)
    found = {chunk.text.split()[-1]: chunk.headings for chunk in chunk_text(text, max_tokens=5, count=words)}
    assert found == {
        "here": (),
        "one": ("A",),
        "two": ("A", "B"),
        "six": ("A", "B", "C"),
        "ten": ("D",),
        "end": ("D", "E"),
    }


@pytest.mark.parametrize(
    "block",
    [
        "```python\nfirst line\n\n# not a heading\nsecond line\n```",
        "~~~\none\n\n```\n\ntwo\n~~~",
        "| a | b |\n|---|:-:|\n| 1 | 2 |\n| 3 | 4 |",
    ],
)
def test_code_and_tables_stay_whole_when_they_fit(block: str) -> None:
    text = f"before one two three four five six.\n\n{block}\n\nafter one two three four five six."
    pieces = chunks(text, words(block) + 2)
    assert block in pieces
    assert len(pieces) == 3


def test_an_unclosed_fence_swallows_nothing() -> None:
    text = "```\n\n# Title\n\none two three\n\n# Next\n\nfour five six"
    found = [chunk.headings for chunk in chunk_text(text, max_tokens=6, count=words)]
    assert found == [(), ("Next",)]


def test_code_that_is_too_long_is_cut_between_lines() -> None:
    lines = [f"    value_{number} = compute {number} here" for number in range(20)]
    pieces = chunks("```\n" + "\n".join(lines) + "\n```", 20)
    assert len(pieces) > 3
    assert all(piece.splitlines()[0] in ["```", *lines] for piece in pieces)
    assert all(piece.splitlines()[-1] in ["```", *lines] for piece in pieces)


def test_a_long_paragraph_is_divided_at_sentences() -> None:
    text = "Dr. Alpha went home. Beta stayed there all day. Gamma slept. Delta ate. Epsilon sang a song."
    assert chunks(text, 9) == [
        "Dr. Alpha went home. Beta stayed there all day.",
        "Gamma slept. Delta ate. Epsilon sang a song.",
    ]


def test_a_giant_sentence_is_cut_at_clauses_then_at_spaces() -> None:
    clauses = ", ".join(f"clause {number} goes on" for number in range(12))
    assert all(piece.endswith((",", "on")) for piece in chunks(clauses, 10))
    plain = " ".join(f"w{number}" for number in range(100))
    assert " ".join(chunks(plain, 10)) == plain


def test_no_tiny_chunk_is_left_at_the_end() -> None:
    text = "\n\n".join(f"p{number} " + "word " * 9 for number in range(11))
    sizes = [words(piece) for piece in chunks(text, 50)]
    assert sum(sizes) == 110
    assert min(sizes) >= 12


def test_a_short_rest_joins_the_chunk_before_it_if_there_is_room() -> None:
    text = "# One\n\n" + "word " * 8 + "\n\nend"
    assert len(chunks(text, 11)) == 1


@pytest.mark.parametrize(
    "unit",
    ["👩‍👩‍👧‍👦", "🇩🇪", "👍🏽", "e\u0301\u0323", "क्षि", "กำ", "เก", "각", "\u1100\u1161\u11a8", "❤️", "நி", "か\u3099"],
)
def test_characters_of_several_code_points_are_not_cut(unit: str) -> None:
    text = unit * 60
    pieces = [chunk.text for chunk in chunk_text(text, max_tokens=20, count=len)]
    assert len(pieces) > 1
    assert all(piece == unit * (len(piece) // len(unit)) for piece in pieces)
    assert "".join(pieces) == text


def test_ordinary_neighbours_are_not_joined() -> None:
    text = "ab 河流 кириллица"
    assert not any(joined(text, place) for place in range(1, len(text)))


LANGUAGES = {
    "Chinese": "黄河是中国北部的一条大河，全长约五千四百六十四公里。它流经九个省区，最后注入渤海。",
    "Japanese": "富士山は日本で最も高い山です。標高は三千七百七十六メートルあります。",
    "Korean": "한글은 조선 시대에 만들어진 문자이다. 세종대왕이 널리 펴냈다. ",
    "Arabic": "النيل من أطول أنهار العالم. يجري من الجنوب إلى الشمال، ويصب في البحر المتوسط. ",
    "Hebrew": "ים המלח הוא אגם מלוח. הוא המקום הנמוך ביותר ביבשה. ",
    "Hindi": "हिमालय संसार की सबसे ऊँची पर्वतमाला है। इसमें अनेक नदियाँ निकलती हैं। ",
    "Bengali": "গঙ্গা একটি নদী। এটি হিমালয় থেকে নামে। ",
    "Thai": "แม่น้ำเจ้าพระยาไหลผ่านกรุงเทพมหานคร และไหลลงสู่อ่าวไทย ",
    "Russian": "Байкал — самое глубокое озеро в мире. Его глубина более 1600 метров. ",
    "Greek": "Ο Όλυμπος είναι το ψηλότερο βουνό της Ελλάδας. Έχει ύψος 2.917 μέτρα. ",
    "German": "Der Rhein entspringt in den Alpen. Er mündet bei Rotterdam in die Nordsee. ",
    "Vietnamese": "Sông Hồng chảy qua Hà Nội. Nó đổ ra vịnh Bắc Bộ. ",
    "Amharic": "አባይ ወንዝ ረጅም ነው። ከጣና ሐይቅ ይነሳል። ",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_is_cut_at_its_own_sentences(language: str) -> None:
    text = LANGUAGES[language] * 40
    found = list(chunk_text(text, max_tokens=120))
    assert len(found) > 3
    assert "".join(text[chunk.start : chunk.end] for chunk in found) == text
    assert all(chunk.tokens <= 120 for chunk in found)
    ends = {chunk.text[-1] for chunk in found[:-1]}
    assert ends <= ({"ร", "ย"} if language == "Thai" else set(".。।።"))


def test_a_document_names_itself_in_its_chunks() -> None:
    document = Document("a/b.md", "# Tea\n\nTea is a plant.\n", metadata={"title": "Tea"})
    (chunk,) = chunk_document(document, max_tokens=50)
    assert (chunk.source, chunk.start, chunk.end, chunk.headings) == ("a/b.md", 0, len(document.text), ("Tea",))


def test_the_first_lines_indentation_is_kept() -> None:
    assert chunks("\n\n    code here\n    more code\n", 10) == ["    code here\n    more code"]


def test_chunks_are_made_as_they_are_drawn() -> None:
    counted = 0

    def count(text: str) -> int:
        nonlocal counted
        counted += len(text)
        return len(text.split())

    text = "\n\n".join("word " * 20 for _ in range(5000))
    assert len(list(islice(chunk_text(text, max_tokens=50, count=count), 3))) == 3
    assert counted < len(text) // 100


@pytest.mark.parametrize(
    "text",
    [
        "a" * 200_000,
        "." * 100_000,
        "\n" * 200_000 + "x",
        "a" + " " * 200_000 + "b",
        "|" * 200_000,
        "a\u0301" * 50_000,
        "```x\n" * 20_000,
        "# h\n" * 20_000,
        "(." * 50_000,
        "`" * 100_000 + "\n~~~\n" * 5_000,
    ],
    ids=["word", "dots", "blank", "space", "pipes", "marks", "fences", "headings", "stops", "long fence"],
)
@pytest.mark.parametrize(
    "settings", [{}, {"by": "heading"}, {"by": "sentence"}, {"by": "page"}, {"overlap": 40}], ids=str
)
def test_counting_stays_linear_for_hostile_text(text: str, settings: dict[str, Any]) -> None:
    counted = 0

    def count(piece: str) -> int:
        nonlocal counted
        counted += len(piece)
        return -(-len(piece) // 4)

    pages = range(0, len(text), 1000)
    chunks = chunk_text(text, max_tokens=100, count=count, pages=pages, **settings)
    covered = sum(chunk.end - chunk.start for chunk in chunks)
    assert covered == len(text)
    assert counted <= (24 if "overlap" in settings else 12) * len(text)
