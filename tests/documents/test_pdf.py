"""PDF: reading order, running heads, hyphens, headings, tables, pages, scans."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from generation_functions.chunking import chunk_document
from generation_functions.documents import Document, Skip, read_documents
from tests.documents.made_pdf import Placed, filled_pdf, made_pdf, scanned_pdf, turned_pdf

COLUMN = [
    "the sea rises twice in a day and falls", "twice in a day as well because the earth",
    "turns under the pull of the moon and wa-", "ter follows it round the globe in bulges.",
]  # fmt: skip
JOINED = (
    "the sea rises twice in a day and falls twice in a day as well because the earth turns under the pull of the moon"
    " and water follows it round the globe in bulges."
)


def column(left: float, lines: list[str], top: float = 700) -> list[Placed]:
    return [(left, top - 14 * number, 10, line) for number, line in enumerate(lines)]


def read(folder: Path, content: bytes) -> Document:
    (folder / "a.pdf").write_bytes(content)
    (found,) = read_documents(folder)
    assert isinstance(found, Document), found
    return found


def page_texts(document: Document) -> list[str]:
    ends = [*document.pages[1:], len(document.text)]
    return [document.text[start:end].strip() for start, end in zip(document.pages, ends, strict=True)]


def test_columns_are_read_one_after_another_even_if_drawn_row_by_row(tmp_path: Path) -> None:
    left, right = column(50, COLUMN), column(320, [line.upper() for line in COLUMN])
    rows = [placed for pair in zip(left, right, strict=True) for placed in pair]
    heading: Placed = (50, 760, 20, "The tides")
    below: Placed = (50, 600, 10, "Below both there is a line that goes right across the page, from margin to margin.")
    text = read(tmp_path, made_pdf([[heading, *rows, below]])).text
    upper = JOINED.upper().replace("AND WATER", "AND WATER")
    assert text.split("\n\n") == ["# The tides", JOINED, upper, below[3] + "\n"]


def test_columns_of_other_heights_below_a_line_across_both_are_read_one_after_another(tmp_path: Path) -> None:
    across: Placed = (
        50,
        730,
        10,
        "Abstract: this line goes right across the page, from one of its margins to another",
    )
    short: Placed = (50, 716, 10, "and ends here.")
    left = [(50.0, 690.0, 14.0, "1 Method"), *column(50, COLUMN, top=670)]
    right = column(300, [line.upper() for line in COLUMN], top=694)
    text = read(tmp_path, made_pdf([[across, short, *left, *right]])).text

    assert text.split("\n\n") == [f"{across[3]} {short[3]}", "# 1 Method", JOINED, JOINED.upper() + "\n"]


def test_raised_numbers_stand_where_they_are_raised(tmp_path: Path) -> None:
    page: list[Placed] = [
        (50, 700, 12, "They say x"), (110, 707, 7, "2"), (113.5, 700, 12, ". And then they go on to say it,"),
        (50, 686, 12, "again and again, to whoever hears it."),
    ]  # fmt: skip
    text = read(tmp_path, made_pdf([page])).text

    assert text == "They say x2. And then they go on to say it, again and again, to whoever hears it.\n"


def test_lines_that_run_up_the_page_are_lines(tmp_path: Path) -> None:
    assert read(tmp_path, turned_pdf(COLUMN[:2])).text == f"{COLUMN[0]} {COLUMN[1]}\n"


@pytest.mark.parametrize(
    "line",
    [
        "לא נשכח את המגדלור (הישן), שהציל 42 ספינות.",
        "בשנת 2020 נקנה מחשב IBM ThinkPad חדש!",
        "بلغ العدد ٤٢ سفينة و 12.5% من الكل، والسلام.",
    ],
)
def test_lines_from_right_to_left_are_given_as_they_are_read(tmp_path: Path, line: str) -> None:
    mirrored = line.translate(str.maketrans("()", ")("))
    seen = re.sub(r"[A-Za-z]+(?: [A-Za-z]+)*|[\d.]*\d", lambda run: run[0][::-1], mirrored)[::-1]
    placed: list[Placed] = [(200, 700, 10, seen)]

    assert read(tmp_path, made_pdf([placed])).text == line + "\n"


def test_what_is_written_in_a_form_is_read_beside_its_question(tmp_path: Path) -> None:
    page: list[Placed] = [(50, 700, 10, "Name:"), (50, 640, 10, "Below.")]
    text = read(tmp_path, filled_pdf(page, "n", "Anna Keller", (90, 697, 300, 710))).text

    assert text == "Name: Anna Keller\n\nBelow.\n"


def test_a_table_stays_together(tmp_path: Path) -> None:
    rows = [("Port", "High", "Low"), ("Brest", "7.1", "1.2"), ("St Malo", "12.2", "1.4")]
    placed = [(60.0 + 120 * x, 700.0 - 15 * y, 10.0, cell) for y, row in enumerate(rows) for x, cell in enumerate(row)]
    text = read(tmp_path, made_pdf([placed])).text
    assert text == "| Port | High | Low |\n| --- | --- | --- |\n| Brest | 7.1 | 1.2 |\n| St Malo | 12.2 | 1.4 |\n"


@pytest.mark.parametrize("mark", ["\u2022", "\uf0b7", "\u27a2"])
def test_bullets_of_whatever_font_are_those_of_a_list(tmp_path: Path, mark: str) -> None:
    page = [*column(50, [f"{mark} {COLUMN[0]}", f"  {COLUMN[1]}", f"{mark} Second."])]
    text = read(tmp_path, made_pdf([page])).text

    assert text == f"- {COLUMN[0]} {COLUMN[1]}\n\n- Second.\n"


@pytest.mark.parametrize(("mark", "shown"), [("•", "- "), ("1.", "1. "), ("b)", "b) ")])
def test_items_that_stand_far_from_their_marks_are_no_table(tmp_path: Path, mark: str, shown: str) -> None:
    items = [
        (50.0, 700.0, 10.0, mark),
        *column(90, COLUMN),
        (50.0, 640.0, 10.0, mark),
        *column(90, ["Second."], top=640),
    ]
    text = read(tmp_path, made_pdf([items])).text

    assert text == f"{shown}{JOINED}\n\n{shown}Second.\n"


CODE = ["def rise(sea):", "    while sea.moon:", "        yield sea.level + 1", "", "print(rise(sea))"]


def test_code_keeps_its_lines_and_how_far_in_they_stand(tmp_path: Path) -> None:
    page = [*column(50, COLUMN, top=700), *column(50, COLUMN, top=500)]
    code = [
        (50.0 + 5 * (len(line) - len(line.lstrip())), 600.0 - 12 * number, 10.0, line.strip())
        for number, line in enumerate(CODE)
        if line
    ]
    text = read(tmp_path, made_pdf([page], code=[code])).text

    assert text.split("\n\n", 1)[1] == "```\n" + "\n".join(CODE) + f"\n```\n\n{JOINED}\n"


def test_a_manuscript_in_a_typewriters_type_is_no_code(tmp_path: Path) -> None:
    text = read(tmp_path, made_pdf([[]], code=[column(50, COLUMN)])).text

    assert text == JOINED + "\n"


def test_cells_of_a_row_with_blank_ones_stand_in_their_columns(tmp_path: Path) -> None:
    rows = [("Item", "Number", "Price"), ("Berth", "1", "120.00"), ("Total", "", "126.00"), ("", "", "Thanks")]
    placed = [
        (60.0 + 120 * x, 700.0 - 15 * y, 10.0, cell) for y, row in enumerate(rows) for x, cell in enumerate(row) if cell
    ]
    text = read(tmp_path, made_pdf([placed])).text

    assert text.splitlines()[2:4] == ["| Berth | 1 | 120.00 |", "| Total |  | 126.00 |"]


def test_running_heads_feet_and_page_numbers_go_and_pages_are_known(tmp_path: Path) -> None:
    words = ["first", "second", "third", "fourth"]
    pages = [
        [(60, 815, 8, "Handbook of the Sea"), (60, 700, 10, f"The {word} page says this."), (290, 30, 8, f"– {n} –"),
         (60, 18, 7, f"Printed in Brest, sheet {n}")]
        for n, word in enumerate(words, 7)
    ]  # fmt: skip
    document = read(tmp_path, made_pdf(pages))
    assert page_texts(document) == [f"The {word} page says this." for word in words]
    chunks = list(chunk_document(document, max_tokens=8))
    assert [chunk.pages for chunk in chunks] == [(1, 1), (2, 2), (3, 3), (4, 4)]


def test_heads_of_short_chapters_of_a_long_book_go(tmp_path: Path) -> None:
    chapters = ["The river", "The river", "The river", "The bridge", "The mill", "The mill"] + ["The sea"] * 20
    pages: list[list[Placed]] = [
        [
            (60, 815, 8, f"{number} {chapter}" if number % 2 else f"{chapter} {number}"),
            (60, 700, 10, f"Here is what page {chr(96 + number)} says of its own, and it says so at length."),
        ]
        for number, chapter in enumerate(chapters, 1)
    ]
    text = read(tmp_path, made_pdf(pages)).text

    assert [line for line in text.split("\n") if line and not line.startswith("Here is what")] == []


def test_heads_without_numbers_go_where_three_pages_near_one_another_repeat_them(tmp_path: Path) -> None:
    chapters = ["The river"] * 5 + ["The bridge"] * 2 + ["The sea"] * 20
    pages: list[list[Placed]] = [
        [(60, 815, 8, chapter), (60, 700, 10, f"Here is what page {chr(96 + number)} says of its own, at length.")]
        for number, chapter in enumerate(chapters, 1)
    ]
    text = read(tmp_path, made_pdf(pages)).text

    assert {line for line in text.split("\n") if line and not line.startswith("Here is what")} == {"The bridge"}


def test_numbered_headings_at_the_same_place_of_each_page_stay(tmp_path: Path) -> None:
    pages = [
        [(60, 815, 8, f"Handbook, sheet {n}"), (60, 760, 20, f"Chapter {n}"), (60, 700, 10, f"Of {n} there is this.")]
        for n in range(1, 5)
    ]
    document = read(tmp_path, made_pdf(pages))
    assert page_texts(document) == [f"# Chapter {n}\n\nOf {n} there is this." for n in range(1, 5)]


def test_a_sentence_goes_on_across_a_page(tmp_path: Path) -> None:
    document = read(tmp_path, made_pdf([column(60, ["The sea rises twice in a day because wa-"]),
                                        column(60, ["ter follows the moon around the globe."]),
                                        column(60, ["Here another begins."])]))  # fmt: skip
    assert document.text == (
        "The sea rises twice in a day because water follows the moon around the globe.\n\nHere another begins.\n"
    )
    assert [document.text[at : at + 4] for at in document.pages] == ["The ", "ter ", "Here"]


def test_sizes_of_type_are_levels_of_headings(tmp_path: Path) -> None:
    lines: list[Placed] = [
        (60, 780, 24, "Book"), (60, 740, 16, "Chapter"), (60, 700, 10, "Words and more words, and yet more of them."),
        (60, 660, 16, "Next"), (60, 640, 10, "Words."), (60, 600, 10, "• a point"), (60, 586, 10, "• another"),
    ]  # fmt: skip
    assert read(tmp_path, made_pdf([lines])).text.split("\n\n") == [
        "# Book", "## Chapter", lines[2][3], "## Next", "Words.", "- a point", "- another\n",
    ]  # fmt: skip


def test_blank_pages_have_a_place_and_no_text(tmp_path: Path) -> None:
    document = read(tmp_path, made_pdf([[], column(60, ["Words."]), [], column(60, ["More."])]))
    assert document.pages == (0, 0, 8, 8)


def mixed_pdf() -> bytes:
    """A page of text between scans: the pictures' pages of one file, the text of another, by hand in one tree."""
    from io import BytesIO

    import pypdfium2

    whole = pypdfium2.PdfDocument.new()
    for part in (scanned_pdf(1), made_pdf([column(60, ["Words in between."])]), scanned_pdf(2)):
        whole.import_pages(pypdfium2.PdfDocument(part))
    out = BytesIO()
    whole.save(out)
    return out.getvalue()


def test_scans_without_the_program_are_reported_by_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a.pdf").write_bytes(mixed_pdf())
    document, skip = read_documents(tmp_path / "in")
    assert isinstance(document, Document)
    assert document.text == "Words in between.\n"
    assert isinstance(skip, Skip)
    assert skip.reason.startswith("pages 1, 3–4: a scan without text; install Tesseract")


FAKE = """#!/bin/sh
case "$1" in
--version) echo "tesseract 5" ;;
--list-langs) echo "List (2)"; echo deu; echo eng ;;
*) head -c 15 | tr '\\n' ' '; printf ' in %s\\n' "$4"; cat >/dev/null ;;
esac
"""


def test_scans_are_recognised_where_the_program_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "bin/tesseract"
    program.parent.mkdir()
    program.write_text(FAKE)
    program.chmod(0o700)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    (tmp_path / "in").mkdir()
    document = read(tmp_path / "in", mixed_pdf())
    assert document.metadata["recognised_pages"] == 3
    assert page_texts(document) == [
        "P5 1653 2339 25 in eng+deu", "Words in between.", "P5 1653 2339 25 in eng+deu", "P5 1653 2339 25 in eng+deu",
    ]  # fmt: skip


def test_a_program_that_fails_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "bin/tesseract"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\necho no data >&2\nexit 1\n")
    program.chmod(0o700)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a.pdf").write_bytes(scanned_pdf(1))
    (tmp_path / "in/b.txt").write_text("words")
    skip, _ = read_documents(tmp_path / "in")
    assert skip == Skip("a.pdf", "no text: Tesseract failed: no data")
