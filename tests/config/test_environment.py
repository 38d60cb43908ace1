"""`.env`, and `${NAME}` in configs."""

from __future__ import annotations

from pathlib import Path

import pytest

from generation_functions.config.environment import Environment, Expansion, escape, read_dotenv
from generation_functions.config.yaml_loader import parse_yaml


def _dotenv(tmp_path: Path, text: str) -> Path:
    path = tmp_path / ".env"
    path.write_bytes(text.encode())
    return path


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("NAME=plain", "plain"),
        ("export NAME=plain", "plain"),
        ("  NAME = spaced  ", "spaced"),
        ("NAME='single # kept'", "single # kept"),
        ('NAME="double \\"q\\" \\n end" # note', 'double "q" \n end'),
        ("NAME=plain # note", "plain"),
        ("NAME=a#b", "a#b"),
        ("NAME=a=b==", "a=b=="),
        ("NAME=", ""),
        ("NAME=''", ""),
        ("NAME=# only a note", ""),
        ("NAME=$OTHER", "$OTHER"),
        ("NAME=crlf\r", "crlf"),
    ],
)
def test_a_line_sets_a_name(tmp_path: Path, line: str, value: str) -> None:
    assert read_dotenv(_dotenv(tmp_path, f"# head\n\n{line}\n")) == ({"NAME": value}, ())


@pytest.mark.parametrize("line", ["sk-secret-key", "1NAME=sk-secret-key", "NA ME=sk-secret-key", "NAME='sk-secret-key"])
def test_a_malformed_line_is_reported_without_its_text(tmp_path: Path, line: str) -> None:
    values, problems = read_dotenv(_dotenv(tmp_path, f"A=1\n{line}\nB=2\n"))
    assert values == {"A": "1", "B": "2"}
    assert [problem.line for problem in problems] == [2]
    assert "secret" not in str(problems[0])


def test_the_real_environment_wins(tmp_path: Path) -> None:
    _dotenv(tmp_path, "A=file\nB=file\n")
    environment = Environment.read(tmp_path, {"A": "real"})
    assert (environment.values["A"], environment.values["B"]) == ("real", "file")


def test_a_folder_without_dotenv_has_only_the_environment(tmp_path: Path) -> None:
    assert Environment.read(tmp_path, {"A": "1"}).values == {"A": "1"}


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("${A}", "one"),
        ("x/${A}/${B}", "x/one/two"),
        ("$${A}", "${A}"),
        ("$$${A}", "$${A}"),
        ("$A", "$A"),
        ("cost $5 {A}", "cost $5 {A}"),
        ("${A}$${A}", "one${A}"),
    ],
)
def test_references_are_replaced_and_remembered(written: str, value: str) -> None:
    node = parse_yaml(f"key: {written}").root.items["key"]
    found = Expansion(Environment({"A": "one", "B": "two"})).expand(node)
    assert found.value == value
    assert found.reference == (written if "${" in written else None)


def test_expansion_reaches_every_string() -> None:
    root = parse_yaml("a: {b: [1, '${A}']}\nc: ${A}").root
    expansion = Expansion(Environment({"A": "one"}))
    assert expansion.expand(root).plain() == {"a": {"b": [1, "one"]}, "c": "one"}
    assert expansion.used == {"A": "one"}


def test_an_unset_name_is_a_problem_with_its_place_and_a_suggestion() -> None:
    root = parse_yaml("a: 1\nkey: ${DEEPINFRA_KEY}\nodd: ${a-b}\n", file=Path("c.yaml")).root
    expansion = Expansion(Environment({"DEEPINFRA_API_KEY": "secret"}))
    assert expansion.expand(root).items["key"].broken
    unset, odd = map(str, expansion.problems)
    assert unset.startswith("c.yaml:2: ${DEEPINFRA_KEY} is not set")
    assert "did you mean 'DEEPINFRA_API_KEY'" in unset
    assert "DEEPINFRA_KEY=... in .env" in unset
    assert odd.startswith("c.yaml:3: ${a-b} is no variable's name")


def test_escaped_text_is_read_back_as_it_was() -> None:
    for text in ("${A}", "$${A}", "plain", "$", "${"):
        node = parse_yaml(f"key: '{escape(text)}'").root.items["key"]
        assert Expansion(Environment({"A": "one"})).expand(node).value == text
