"""What people read: numbers, tables that line up, and text that cannot act on a terminal."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands.terminal import counted, display_width, duration, has_colour, money, number, shorten, table, visible


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (number(1234567), "1,234,567"), (counted(1, "row"), "1 row"), (counted(0, "row"), "0 rows"),
        (counted(2, "entry", "entries"), "2 entries"),
        (money(0), "$0"), (money(0.00123), "$0.0012"), (money(3.2), "$3.20"), (money(12345.678), "$12,345.68"),
        (duration(0.42), "0.4 s"), (duration(12.4), "12 s"), (duration(59.7), "1 min 0 s"),
        (duration(125), "2 min 5 s"), (duration(12000), "3 h 20 min"),
    ],
)  # fmt: skip
def test_numbers_are_written_for_people(text: str, expected: str) -> None:
    assert text == expected


@pytest.mark.parametrize(
    ("stream", "environ", "expected"),
    [
        (Screen(), {}, True), (Screen(), {"NO_COLOR": "1"}, False), (Screen(), {"TERM": "dumb"}, False),
        (io.StringIO(), {}, False),
    ],
)  # fmt: skip
def test_colours_are_for_terminals_that_want_them(stream: io.StringIO, environ: dict[str, str], expected: bool) -> None:
    assert has_colour(stream, environ) is expected


def test_a_table_lines_up_wide_letters_and_colours() -> None:
    rows = [("茶", "1"), ("\x1b[31mmill\x1b[0m", "22"), ("é" + "e\u0301", "333")]
    lines = table(rows, align="lr", indent="")
    assert {display_width(line) for line in lines} == {len("mill") + 2 + 3}


@pytest.mark.parametrize("text", ["\x1b[2J", "\x07", "a\u202eb", "\x00", "\ud800", "\x9b31m"])
def test_nothing_in_a_document_acts_on_the_terminal(text: str) -> None:
    shown = visible(text)
    assert shown.isprintable()
    assert "\\u" in shown


@given(st.text(max_size=60), st.integers(min_value=2, max_value=40))
def test_a_shortened_text_is_one_line_that_fits(text: str, width: int) -> None:
    shown = shorten(text, width)
    assert display_width(shown) <= width
    assert "\n" not in shown
