"""What counts as layout, what as a misread letter put right, and what as a change."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.core_pipelines.clean_documents.alignment import alignment

WORDS = ("the", "keeper", "of", "12", "3.5", "lights", "Berlin", "not", "%", "蜜蜂", "-4", "don't")


@pytest.mark.parametrize(
    ("original", "mended"),
    [
        ("electri-\ncity was new", "electricity was new"),
        ("a well-\nknown man", "a well-known man"),
        ("one line\nand another", "one line and another"),
        ("THE  KEEPERS\n\nof light", "# The Keepers\n\nof light"),
        ("ofthe keeper", "of the keeper"),
        ("T H E light", "THE light"),
        ('he said: "yes" - and left', "he said “yes” — and left"),
        ("first part\n\n12\n\nsecond part", "first part second part"),
        ("first part\n- 12 -\nsecond part", "first part\n\nsecond part"),
        ("first part\nPage 12\nsecond", "first part Page 12 second"),
        ("A  2,5  -4\nB  3,1  12", "| A | 2,5 | -4 |\n| --- | --- | --- |\n| B | 3,1 | 12 |"),
        ("from 1914-1918 on", "from 1914–1918 on"),
        ("• one\n• two", "- one\n- two"),
        ("the ﬁrst oﬃce", "the first office"),
        ("don’t", "don't"),
        ("蜜蜂是 昆虫\n和工蜂", "蜜蜂是昆虫和工蜂"),
        ("area of 5 m²", "area of 5 m²"),
        ("", ""),
    ],
)
def test_layout_is_no_change(original: str, mended: str) -> None:
    found = alignment(original, mended)
    assert (found.changes, found.fixes) == ([], [])
    assert found.problem(0.0) is None


@pytest.mark.parametrize(
    ("misread", "meant"),
    [
        ("flarne", "flame"), ("0ther", "other"), ("tlie", "the"), ("rnachine", "machine"), ("clock5", "clocks"),
        ("fhould", "should"), ("paſs", "pass"), ("houfe", "house"), ("bouse", "bouse"), ("Mühie", "Mühle"),
        ("ecole", "école"), ("l848", "1848"), ("0F", "OF"), ("1n", "In"), ("I848", "1848"),
        ("wbich", "which"), ("ligbt", "light"),
    ],
)  # fmt: skip
def test_a_misread_letter_may_be_put_right(misread: str, meant: str) -> None:
    found = alignment(
        f"He saw that {misread} from a window in town today.", f"He saw that {meant} from a window in town today."
    )
    assert found.changes == []
    assert [(fix.before, fix.after) for fix in found.fixes] == ([] if misread == meant else [(misread, meant)])
    assert found.problem(0.2) is None


@pytest.mark.parametrize(
    ("original", "mended", "told"),
    [
        ("It burned in 1848.", "It burned in 1843.", "changed '1848' to '1843'"),
        ("It was 3.5 metres.", "It was 35 metres.", "changed '3.5' to '35'"),
        ("It was -4 degrees.", "It was 4 degrees.", "changed '-4' to '4'"),
        ("It was 1 2 metres.", "It was 12 metres.", "changed '1 2' to '12'"),
        ("It grew 5 % a year.", "It grew 5 a year.", "left out '%'"),
        ("It was not lit.", "It was now lit.", "changed 'not' to 'now'"),
        ("It was now lit.", "It was not lit.", "changed 'now' to 'not'"),
        ("He could adopt it.", "He could adapt it.", "changed 'adopt' to 'adapt'"),
        ("It will affect us.", "It will effect us.", "changed 'affect' to 'effect'"),
        ("The keeper slept.", "The old keeper slept.", "added 'old'"),
        ("The old keeper slept.", "The keeper slept.", "left out 'old'"),
        ("The keeper slept.", "The keeper slept. He was tired.", "added 'He was tired'"),
        ("It was a colour.", "It was a color.", "changed 'colour' to 'color'"),
        ("Ada met Ben.", "Ben met Ada.", ""),
        ("Some Polish men came.", "Some polish men came.", "changed 'Polish' to 'polish'"),
        ("In the year\n\n1848\n\nit burned.", "In the year it burned.", "left out '1848'"),
        ("蜜蜂不是昆虫。", "蜜蜂是昆虫。", "left out '不'"),
        ("The flarne rose. The flarne fell.", "The flame rose. The flame fell.", "changed 'flarne' to 'flame'"),
        ("It burns whale oil.", "The lamp is lit with oil from whales.", "More than the layout"),
    ],
)  # fmt: skip
def test_everything_else_is_a_change_and_is_told(original: str, mended: str, told: str) -> None:
    problem = str(alignment(original, mended).problem(1.0))
    assert problem.startswith("More than the layout changed: ")
    assert told in problem


def test_more_fixes_than_a_scanner_needs_are_refused() -> None:
    original = "He saw tlie wbich flarne ligbt rnachine there."
    found = alignment(original, "He saw the which flame light machine there.")
    assert found.changes == []
    assert found.problem(0.9) is None
    assert "5 of 8 words" in str(found.problem(0.1))


@given(st.text(max_size=200))
def test_a_text_is_aligned_with_itself(text: str) -> None:
    assert alignment(text, text).problem(0.0) is None


@given(st.lists(st.sampled_from(WORDS), max_size=20), st.data())
def test_no_word_can_be_left_out_unseen(words: list[str], data: st.DataObject) -> None:
    words = ["Begin", *words, "end"]
    at = data.draw(st.integers(0, len(words) - 1))
    assert alignment(" ".join(words), " ".join(words[:at] + words[at + 1 :])).problem(1.0) is not None
