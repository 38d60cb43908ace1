"""Numbered and bulleted lists."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation_functions.errors import ParseError
from generation_functions.parsing import bulleted_list, numbered_list

LINE = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1).filter(lambda s: not s.startswith(("*", "_")))


@pytest.mark.parametrize(
    ("completion", "expected"),
    [
        ("1. a\n2. b", ["a", "b"]),
        ("Here you go:\n\n1) a\n2) b\n", ["a", "b"]),
        ("(1) a\n(2) b", ["a", "b"]),
        ("**1.** a\n**2.** b", ["a", "b"]),
        ("**1. Tea** is\n**2. Coffee** too", ["**Tea** is", "**Coffee** too"]),
        ("1. **Tea**: hot\n2. x", ["**Tea**: hot", "x"]),
        ("1、茶\n2、咖啡", ["茶", "咖啡"]),
        ("١. شاي\n٢. قهوة", ["شاي", "قهوة"]),
        ("1. one\n   goes on\n2. two", ["one\ngoes on", "two"]),
        ("1. one\n   - x\n     - y\n2. two", ["one\n- x\n  - y", "two"]),
        ("1. one\n   1. sub\n   2. sub\n2. two", ["one\n1. sub\n2. sub", "two"]),
        ("1. In the year\n1851. It was\n2. two", ["In the year\n1851. It was", "two"]),
        ("1. a\n1. b\n1. c", ["a", "b", "c"]),
        ("1. a\n\nmore of a\n\n2. b\n\nmore of b", ["a\n\nmore of a", "b\n\nmore of b"]),
        ("1. a\n2. b\n\nLet me know if you want more!", ["a", "b"]),
        ("1. a\n2. b\n---\nDone", ["a", "b"]),
        ("  1. a\r\n  2. b", ["a", "b"]),
        ("3. c\n4. d", ["c", "d"]),
    ],
)
def test_numbered(completion: str, expected: list[str]) -> None:
    assert numbered_list()(completion) == expected


@pytest.mark.parametrize(
    ("completion", "expected"),
    [
        ("- a\n- b", ["a", "b"]),
        ("* a\n* b\n", ["a", "b"]),
        ("Sure!\n• один\n• два", ["один", "два"]),
        ("- a\n  - sub\n  - sub 2\n- b", ["a\n- sub\n- sub 2", "b"]),
        ("- a\n  goes on\n- -5 degrees", ["a\ngoes on", "-5 degrees"]),
        ("- **bold** item\n***\n", ["**bold** item"]),
        ("```\n- a\n- b\n```", ["a", "b"]),
        ("Here it is:\n```markdown\n- a\n- b\n```\nLet me know if you want more!", ["a", "b"]),
        ("- a:\n  ```python\n  x = 1\n  ```\n- b", ["a:\n```python\nx = 1\n```", "b"]),
        ("```\n- a:\n  ```python\n  x = 1\n  ```\n- b\n```", ["a:\n```python\nx = 1\n```", "b"]),
        ("- a:\n  ```x = 1```\n- b", ["a:\n```x = 1```", "b"]),
    ],
)
def test_bulleted(completion: str, expected: list[str]) -> None:
    assert bulleted_list()(completion) == expected


@given(st.lists(LINE, min_size=1, max_size=120))
def test_a_rendered_numbered_list_parses_back(items: list[str]) -> None:
    assert numbered_list()("\n".join(f"{n}. {item}" for n, item in enumerate(items, 1))) == items


@given(st.lists(LINE, min_size=1, max_size=30))
def test_a_rendered_bulleted_list_parses_back(items: list[str]) -> None:
    assert bulleted_list()("\n".join(f"- {item}" for item in items)) == items


@pytest.mark.parametrize("parse", [numbered_list(), bulleted_list()])
def test_no_list_is_a_parse_error(parse: object) -> None:
    with pytest.raises(ParseError, match="at least one item, found none"):
        parse("Only words, from 1851.")  # type: ignore[operator]


def test_too_few_items_are_a_parse_error() -> None:
    with pytest.raises(ParseError, match="at least 3 items, found 2"):
        numbered_list(least=3)("1. a\n2. b")
