"""What many documents share is told from what one document says."""

import pytest

from generation_functions.duplicates.repeats import repeated

MENU = "Home of the boats\nPrices and hours"


def told(texts: list[tuple[str, str]], documents: int = 3) -> list[int]:
    return list(repeated(texts, documents))


def test_lines_that_stand_in_enough_documents_are_repeated() -> None:
    texts = [("a", MENU), ("b", MENU.upper()), ("c", f"{MENU}  \n\n"), ("c", "The river rose in March.")]
    assert told(texts) == [3, 3, 3, 0]
    assert told(texts, documents=4) == [0, 0, 0, 0]


def test_page_numbers_do_not_tell_lines_apart() -> None:
    assert told([(name, f"Harbour club, page {number}") for number, name in enumerate("abc")]) == [3, 3, 3]


def test_a_line_repeated_within_one_document_is_its_own_affair() -> None:
    assert told([("a", MENU)] * 5) == [0] * 5


def test_a_chunk_with_something_of_its_own_stays() -> None:
    own = "The river rose in March, as it had done each year since anybody had begun to write it down."
    assert told([("a", MENU), ("b", MENU), ("c", f"{MENU}\n\n{own}")]) == [3, 3, 0]


@pytest.mark.parametrize("text", ["", "12\n34", "★★★\n---"])
def test_lines_without_letters_say_nothing(text: str) -> None:
    assert told([("a", text), ("b", text), ("c", text)]) == [0, 0, 0]
