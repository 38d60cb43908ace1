"""What a program says of itself is true, and the docs' commands are ones that it takes."""

from __future__ import annotations

import argparse
import importlib
import inspect
import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks import rounds
from tests.benchmarks.program import COLUMNS, PROGRAMS, kept, needs_linux
from tests.docs.pages import PAGES

pytestmark = needs_linux
ParserOf = Callable[[str], argparse.ArgumentParser]
COMMAND = re.compile(r"python benchmarks/(\w+)\.py([^`\n]*(?:\n[^`\n]+(?=`))?)")
TOLD = re.compile(r"\[(--[\w-]+) ([\d. ]+)\]")
STARTED_BY_OTHERS = {"bare_loop", "one_step"}


class Asked(Exception):
    """Its arguments are about to be read."""


@pytest.fixture
def parser_of(monkeypatch: pytest.MonkeyPatch) -> ParserOf:
    """Gives a program's parser, as it is when it reads its arguments."""

    def asked(parser: argparse.ArgumentParser) -> None:
        raise Asked(parser)

    def of(program: str) -> argparse.ArgumentParser:
        main = importlib.import_module(f"benchmarks.{program}").main
        with monkeypatch.context() as patch:
            patch.setattr(argparse.ArgumentParser, "parse_args", asked)
            with pytest.raises(Asked) as found:
                coroutine = main()
                coroutine.send(None) if inspect.iscoroutine(coroutine) else None
        parser: argparse.ArgumentParser = found.value.args[0]
        return parser

    return of


@pytest.mark.parametrize("program", PROGRAMS)
def test_its_help_tells_every_option(program: str, parser_of: ParserOf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(COLUMNS))
    parser = parser_of(program)
    assert max(map(len, parser.format_help().splitlines())) <= 120, "as wide as the text of the file"
    untold = [option.dest for option in parser._actions if not option.help]
    assert untold == []


@pytest.mark.parametrize("program", PROGRAMS)
def test_its_text_tells_the_true_defaults(program: str, parser_of: ParserOf) -> None:
    parser = parser_of(program)
    assert f"python benchmarks/{program}.py" in str(parser.description)
    for option, value in TOLD.findall(str(parser.description)):
        default = next(action.default for action in parser._actions if option in action.option_strings)
        assert value.split() == [str(each) for each in (default if isinstance(default, list) else [default])], option


@pytest.mark.parametrize(
    ("program", "words", "said"),
    [
        ("memory", "--json nowhere/memory.json", "there is no folder nowhere"),
        ("finished", "--rounds 0", "'0' is no whole number from 1 on"),
        ("majority_vote", "--rows many", "'many' is no whole number from 1 on"),
        ("readers", "doc", "'doc' is none of txt, md"),
    ],
)
def test_what_cannot_be_measured_is_refused_at_once(
    program: str, words: str, said: str, parser_of: ParserOf, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        parser_of(program).parse_args(words.split())
    assert said in capsys.readouterr().err


def commands() -> list[tuple[str, str, str]]:
    """Every command of the docs that runs one: page, program, and the words after it."""
    return [
        (page.name, program, " ".join(words.split()))
        for page in PAGES
        for program, words in COMMAND.findall(page.read_text(encoding="utf-8"))
    ]


@pytest.mark.parametrize(("page", "program", "words"), commands())
def test_the_docs_commands_are_taken(page: str, program: str, words: str, parser_of: ParserOf) -> None:
    parser_of(program).parse_args(shlex.split(words))


def test_the_docs_tell_of_every_program_that_measures() -> None:
    named = {program for _, program, _ in commands()}
    assert set(PROGRAMS) - named - STARTED_BY_OTHERS == set()


def test_a_table_has_its_first_column_to_the_left() -> None:
    assert rounds.table(["what", "ms"], [["a", 5], ["a row", 12]]) == "what   ms\na       5\na row  12"


def test_each_is_measured_once_a_round_in_turn() -> None:
    order: list[str] = []

    def measuring(name: str) -> Callable[[], rounds.Figures]:
        return lambda: order.append(name) or {"seconds": float(len(order))}  # type: ignore[func-returns-value]

    found = rounds.in_turn(3, bare=measuring("bare"), run=measuring("run"))
    assert order == ["bare", "run"] * 3
    assert rounds.median(found["run"], "seconds") == 4
    assert rounds.median_ratio(found["run"], found["bare"], "seconds") == 4 / 3


def test_figures_are_kept_only_where_a_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    before = kept()
    rounds.save(None, {"speed": 1.0})
    assert (list(tmp_path.iterdir()), kept()) == ([], before)
    rounds.save(Path("figures.json"), {"speed": 1.0})
    assert list(tmp_path.iterdir()) == [tmp_path / "figures.json"]


@pytest.mark.parametrize(
    ("value", "at_least", "said"), [(0.6, True, "met: at least 0.5"), (0.6, False, "missed: at most 0.5")]
)
def test_a_verdict_names_its_goal(value: float, at_least: bool, said: str) -> None:
    assert rounds.verdict(value, 0.5, at_least=at_least) == said
