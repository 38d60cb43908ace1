"""JSON: found, repaired where no content changes, refused where it would."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation_functions.errors import ParseError
from generation_functions.parsing import json_value

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
JSON = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20)
CONTAINERS = st.dictionaries(st.text(), JSON, min_size=1)


@pytest.mark.parametrize(
    ("completion", "expected"),
    [
        ('{"a": 1}', {"a": 1}),
        ('Here it is:\n```json\n{"a": 1}\n```\nEnjoy!', {"a": 1}),
        ('Draft:\n```json\n{"a": 1}\n```\nFinal:\n```json\n{"a": 2}\n```', {"a": 2}),
        ('As shown in [1], the result is {"answer": "x"}.', {"answer": "x"}),
        ('{"a": [1, 2,], "b": {"c": 3,},}', {"a": [1, 2], "b": {"c": 3}}),
        ("{'a': 'it\\'s', \"b\": 'say \"hi\"'}", {"a": "it's", "b": 'say "hi"'}),
        ("{a: 1, b_2: {c: []}}", {"a": 1, "b_2": {"c": []}}),
        ("{'a': True, 'b': False, 'c': None}", {"a": True, "b": False, "c": None}),
        ('{"a": 1, // why\n "b": 2 /* and */, # more\n}', {"a": 1, "b": 2}),
        ('{"a": "line one\nline two"}', {"a": "line one\nline two"}),
        ('{"url": "http://x/#y", "c": "// no /* comment"}', {"url": "http://x/#y", "c": "// no /* comment"}),
        ('{"a": "\\u00e9\\ud83d\\ude00", b: 1}', {"a": "é😀", "b": 1}),
        ('{"tex": "\\alpha", b: 1}', {"tex": "\\alpha", "b": 1}),
        ("[1, -2.5, 1e3]", [1, -2.5, 1000.0]),
        ('"just a string"', "just a string"),
        ('答案：{“不是”} {"键": "值"}', {"键": "值"}),
    ],
)
def test_json_is_found_and_mended(completion: str, expected: Any) -> None:
    assert json_value()(completion) == expected


@pytest.mark.parametrize(
    ("completion", "message"),
    [
        ("no json here", "no object or list"),
        ("", "no object or list"),
        ('{"a": NaN}', "NaN"),
        ('{"a": -Infinity}', "Infinity"),
        ('{"a": 1e999}', "too large"),
        ('{"a": 1, "a": 2}', "'a' twice"),
        ("{a: 1, 'a': 2}", "'a' twice"),
        ('{"a": "cut of', "cut short"),
        ('{"a": [1, 2', "comma"),
        ('{"a": 1 "b": 2}', "comma"),
        ('{"a": He said}', "in place of a value"),
        ('{"a": "He said "hi" to me"}', "comma"),
        ("[" * 500 + "]" * 500, "nesting deeper"),
        ("[" * 100_000, "nesting deeper"),
    ],
)
def test_what_cannot_be_mended_without_guessing_is_refused(completion: str, message: str) -> None:
    with pytest.raises(ParseError, match=message):
        json_value()(completion)


def test_a_scrap_of_something_broken_is_not_taken_for_it() -> None:
    with pytest.raises(ParseError):
        json_value()('{"good": {"a": 1}, "broken": oops and more words}')


@pytest.mark.parametrize(
    ("completion", "expected"),
    [('{"a": [1, {"b": 2}', {"a": [1, {"b": 2}]}), ("[1, 2,", [1, 2]), ('{"a": {"b": "c"}', {"a": {"b": "c"}})],
)
def test_missing_closers_at_the_end_are_added_on_request(completion: str, expected: Any) -> None:
    assert json_value(allow_truncated=True)(completion) == expected
    with pytest.raises(ParseError):
        json_value()(completion)


def test_a_cut_string_or_key_is_never_completed() -> None:
    for completion in ('{"a": "cut', '{"a": 1, "b', '{"a":', "[tr"):
        with pytest.raises(ParseError):
            json_value(allow_truncated=True)(completion)


@given(JSON)
def test_any_json_value_reads_back(value: Any) -> None:
    assert json_value()(json.dumps(value)) == value


@given(CONTAINERS, st.text("abc \n.,:"), st.text("abc \n.,:"))
def test_json_among_words_reads_back(value: Any, before: str, after: str) -> None:
    assert json_value()(f"{before}{json.dumps(value)}{after}") == value


@given(CONTAINERS)
def test_the_forgiving_reader_agrees_with_the_strict_one(value: Any) -> None:
    from generation_functions.parsing.json_reader import JsonReader

    written = json.dumps(value, ensure_ascii=False)
    assert JsonReader(written).value() == value
    assert JsonReader(json.dumps(value, indent=1)).value() == value


@given(st.text("{}[]\",:'\\ abtrue1.-#/*\n"))
def test_nonsense_gives_a_value_or_a_parse_error(nonsense: str) -> None:
    with suppress(ParseError):
        json.dumps(json_value()(nonsense), allow_nan=False)
