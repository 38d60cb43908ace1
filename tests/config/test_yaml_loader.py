"""Reading YAML: what values mean, what is refused, and where."""

from __future__ import annotations

import math
import os
import threading
from contextlib import suppress
from pathlib import Path

import pytest
import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from generation_functions.config.resolved import dump_yaml
from generation_functions.config.scalars import FLOAT, INT
from generation_functions.config.tree import Attention
from generation_functions.config.yaml_loader import MAX_BYTES, load_yaml, parse_yaml
from generation_functions.errors import ConfigError


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1e-5", 1e-5),
        ("1E3", 1000.0),
        (".5", 0.5),
        ("-3.", -3.0),
        ("+12", 12),
        ("007", 7),
        ("0o17", 15),
        ("0xFF", 255),
        (".inf", math.inf),
        ("-.INF", -math.inf),
        ("12:30", "12:30"),
        ("1_000", "1_000"),
        ("no", "no"),
        ("yes", "yes"),
        ("on", "on"),
        ("Off", "Off"),
        ("true", True),
        ("False", False),
        ("2024-01-01", "2024-01-01"),
        ("2024-01-01 10:00:00", "2024-01-01 10:00:00"),
        ("null", None),
        ("~", None),
        ("", None),
        ('"1"', "1"),
        ("'true'", "true"),
        ('""', ""),
        ("!!str 5", "5"),
        ("!!float 5", 5.0),
        ("! 5", "5"),
        ("${KEY}", "${KEY}"),
        ("{a: ${KEY}, b: [x${A}, $${B}]}", {"a": "${KEY}", "b": ["x${A}", "$${B}"]}),
        ("{a: !!PLACEHOLDER!!, b: 1}", {"a": "!!PLACEHOLDER!!", "b": 1}),
        ("<<", "<<"),
    ],
)
def test_scalars_mean_what_yaml_1_2_says(written: str, value: object) -> None:
    read = parse_yaml(f"key: {written}\n").checked().root.plain()["key"]
    assert read == value
    assert type(read) is type(value)


def test_nan_is_a_number() -> None:
    assert math.isnan(parse_yaml("key: .nan").root.plain()["key"])


def test_every_key_and_value_keeps_its_line() -> None:
    root = parse_yaml("a: 1\nb:\n  - x\n  - {c: 2,\n     d: 3}\ntext: |\n  one\n  two\nlast: 1\n").root
    inner = root.items["b"].value[1]
    lines = [root.items["a"].key_at.line, root.items["b"].key_at.line, root.items["b"].at.line]
    assert lines == [1, 2, 3]
    assert (inner.items["c"].key_at.line, inner.items["d"].key_at.line) == (4, 5)
    assert (root.items["text"].at.line, root.items["last"].key_at.line) == (6, 9)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a: 1\nb: 2\na: 3\n", [(3, "'a' is written twice, here and at line 1")]),
        ("a: &x [1]\nb: *x\n", [(1, "the anchor &x"), (2, "the alias *x")]),
        ("a: !!python/object/apply:os.system ['true']\n", [(1, "the tag !!python/object/apply:os.system")]),
        ("a: !custom 1\n", [(1, "the tag !custom")]),
        ("a: !!int abc\n", [(1, "'abc' is no int")]),
        ("a: !!map 1\n", [(1, "the tag !!map does not fit")]),
        ("1: a\ntrue: b\n[x]: c\n", [(1, "must be text, not '1'"), (2, "not 'true'"), (3, "not a list or mapping")]),
        ("a: " + "9" * 5000, [(1, "a number of 5000 digits")]),
    ],
)
def test_what_can_be_read_past_is_collected(text: str, found: list[tuple[int, str]]) -> None:
    problems = parse_yaml(text, file=Path("c.yaml")).problems
    assert [problem.line for problem in problems] == [line for line, _ in found]
    for problem, (_, words) in zip(problems, found, strict=True):
        assert words in problem.message
    with pytest.raises(ConfigError):
        parse_yaml(text).checked()


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a: 1\nb: c: d\n", 2, "a ':' stands where"),
        ("a:\n\t- x\n", 2, "a tab indents this line"),
        ("x: 1\na: [1, 2\nb: 3\n", 2, "a list opened with '['"),
        ("x: 1\na: {b: 1\n", 2, "a mapping opened with '{'"),
        ("a: 1\nb: 'x\nc: 2\n", 2, "a quote opened here is never closed"),
        ("a: @x\n", 1, "cannot start with '@'"),
        ("a: 1\n\nb: \x07\n", 3, "control character"),
        (" a: 1\nb: 2\n", 2, "does not belong to what stands above"),
        ("a: 1\n- b\n", 2, "no 'key: value' of the mapping"),
        ("a: 1\n---\nb: 2\n", 2, "a second document"),
        ("%YAML 9.0\n---\na: 1\n", 1, "not YAML"),
    ],
)
def test_a_syntax_error_is_said_in_plain_words_at_its_line(text: str, line: int, words: str) -> None:
    with pytest.raises(ConfigError, match=words.replace("[", r"\[").replace("{", r"\{")) as caught:
        parse_yaml(text, file=Path("c.yaml"))
    assert caught.value.problems[-1].line == line
    assert "c.yaml" in str(caught.value)


@pytest.mark.parametrize(
    "text", ["[" * 10_000, "- " * 10_000, "{a: " * 10_000, "? " * 10_000, "a: " + "[" * 33 + "]" * 33]
)
def test_deep_nesting_ends_at_once(text: str) -> None:
    with pytest.raises(ConfigError, match="more than 32 deep"):
        parse_yaml(text)


def test_the_deepest_allowed_nesting_is_read() -> None:
    value = parse_yaml("[" * 32 + "]" * 32).checked().root.plain()
    for _ in range(31):
        (value,) = value
    assert value == []


def test_an_alias_bomb_is_refused_without_growing() -> None:
    bomb = "a: &a [x, x]\n" + "".join(
        f"{b}: &{b} [{','.join(['*' + a] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    problems = parse_yaml(bomb).problems
    assert "the anchor &a" in problems[0].message
    assert len(problems) == len(set(problems)) == 9 + 8, "each alias of a line is told once"
    with pytest.raises(ConfigError) as caught:
        parse_yaml("".join(bomb.replace("&", f"&{n}").replace("*", f"*{n}") for n in range(9)))
    assert len(caught.value.problems) == 51


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.yaml"
    with path.open("wb") as stream:
        stream.truncate(100 * 1024 * 1024)
    with pytest.raises(ConfigError, match="larger than 1 MiB"):
        load_yaml(path)


def test_the_largest_allowed_size_counts_bytes() -> None:
    head = "a: '"
    assert parse_yaml(head + "x" * (MAX_BYTES - len(head) - 1) + "'").problems == ()
    with pytest.raises(ConfigError, match="larger than 1 MiB"):
        parse_yaml(head + "é" * (MAX_BYTES // 2) + "'")


def test_an_endless_file_is_not_read_to_its_end(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.yaml"
    os.mkfifo(pipe)

    def feed() -> None:
        with pipe.open("wb", buffering=0) as stream:
            try:
                for _ in range(64):
                    stream.write(b"#" * (1 << 16))
            except BrokenPipeError:
                return

    feeder = threading.Thread(target=feed)
    feeder.start()
    with pytest.raises(ConfigError, match="larger than 1 MiB"):
        load_yaml(pipe)
    feeder.join()


def test_bytes_that_are_not_utf_8_are_refused_at_their_line(tmp_path: Path) -> None:
    path = tmp_path / "latin.yaml"
    path.write_bytes("a: 1\nb: café\n".encode("latin-1"))
    with pytest.raises(ConfigError, match="0xe9 is not UTF-8") as caught:
        load_yaml(path)
    assert caught.value.problems[0].line == 2


def test_a_byte_order_mark_is_no_part_of_the_first_key(tmp_path: Path) -> None:
    path = tmp_path / "bom.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\r\nb: 2\r\n")
    assert load_yaml(path).checked().root.plain() == {"a": 1, "b": 2}


def test_a_missing_file_names_its_neighbour(tmp_path: Path) -> None:
    (tmp_path / "quickstart.yaml").write_text("a: 1")
    with pytest.raises(ConfigError, match=r"no such file\n  hint: did you mean 'quickstart.yaml'"):
        load_yaml(tmp_path / "quickstrat.yaml")
    with pytest.raises(ConfigError, match="is a folder"):
        load_yaml(tmp_path)


def test_placeholders_are_found_bare_quoted_and_inside_text() -> None:
    text = "a: !!PLACEHOLDER!!\nb: '!!PLACEHOLDER!!'\nc: {d: [1, !!PLACEHOLDER!!]}\n"
    text += "e: in/!!PLACEHOLDER!!/x # !!PLACEHOLDER!!\nf: 1\n"
    assert parse_yaml(text).checked().placeholders == {("a",): 1, ("b",): 2, ("c", "d", "1"): 3, ("e",): 4}


def test_attention_is_found_in_comments_only_and_belongs_to_a_key() -> None:
    text = (
        "a: 1  # !!ATTENTION!! costs money\n"
        "# !!ATTENTION!! two lines\n"
        "#   of warning\n"
        "b:\n"
        "  c: '# !!ATTENTION!! no'\n"
        "  d: |\n"
        "    # !!ATTENTION!! no\n"
        "  e: x#!!ATTENTION!!\n"
        "  f: [1,  # plain\n"
        "    2]  # !!ATTENTION!! list\n"
    )
    assert parse_yaml(text).checked().attention == (
        Attention(("a",), 1, "costs money"),
        Attention(("b",), 2, "two lines of warning"),
        Attention(("b", "f"), 10, "list"),
    )


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
MAPPINGS = st.dictionaries(st.text(max_size=10), JSON, max_size=5)


def _texts(value: object) -> list[str]:
    if isinstance(value, dict):
        return [*value, *(text for item in value.values() for text in _texts(item))]
    if isinstance(value, list):
        return [text for item in value for text in _texts(item)]
    return [value] if isinstance(value, str) else []


@settings(deadline=None)
@given(MAPPINGS)
def test_what_pyyaml_dumps_loads_back_equal(mapping: dict[str, object]) -> None:
    # PyYAML leaves text such as "1e5" bare, as YAML 1.1 knows no such number; YAML 1.2 does.
    assume(not any(INT.match(text) or FLOAT.match(text) for text in _texts(mapping)))
    assert parse_yaml(yaml.safe_dump(mapping)).checked().root.plain() == mapping


@settings(deadline=None)
@given(MAPPINGS)
def test_what_our_dumper_writes_loads_back_equal(mapping: dict[str, object]) -> None:
    assert parse_yaml(dump_yaml(mapping)).checked().root.plain() == mapping


@settings(deadline=None)
@given(st.text(alphabet="0123456789eE+-._xofn:", min_size=1, max_size=8))
def test_text_that_looks_like_a_number_stays_text_when_dumped(text: str) -> None:
    assert parse_yaml(dump_yaml({text: text})).checked().root.plain() == {text: text}


@settings(deadline=None)
@given(st.text(max_size=200))
def test_any_text_gives_a_tree_or_a_config_error(text: str) -> None:
    with suppress(ConfigError):
        assert parse_yaml(text).root is not None
