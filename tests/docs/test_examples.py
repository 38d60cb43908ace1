"""Every fenced block of the README and the docs does what the page says."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.docs.pages import MARKS, PAGES, ROOT, Block, blocks_of
from tests.docs.project import NOT_RUN, PageProject

LANGUAGES = ("bash", "console", "python", "yaml", "json", "sql", "text")
RUN = ("bash", "console", "python", "sql")
WITH_MISTAKES = ("configs/mistakes.yaml", "configs/exposed.yaml")
"""Configs that a page shows for what is wrong with them."""
IDS = [str(page.relative_to(ROOT)) for page in PAGES]
WITH_EXAMPLES = [page for page in PAGES if any(block.language in RUN for block in blocks_of(page))]


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_blocks_are_marked_in_a_known_way(page: Path) -> None:
    for block in blocks_of(page):
        assert block.language in LANGUAGES, f"{block.place}: a block is one of {', '.join(LANGUAGES)}"
        assert not block.mark or block.mark in MARKS, f"{block.place}: no mark {block.mark!r}"
        assert block.mark != "skip" or len(block.argument.split()) >= 3, f"{block.place}: a skip needs its reason"


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_excerpts_stand_in_their_file(page: Path) -> None:
    for block in blocks_of(page):
        if block.mark == "excerpt":
            text = (ROOT / block.argument).read_text(encoding="utf-8")
            assert block.text.strip("\n") in text, f"{block.place} is not in {block.argument}"


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_data_parses(page: Path) -> None:
    from generation_functions.config import parse_yaml

    for block in blocks_of(page):
        if block.mark == "skip":
            continue
        if block.language == "yaml":
            problems = parse_yaml(block.text).problems
            assert not problems, f"{block.place}: {problems[0]}"
        if block.language == "json":
            json.loads(block.text)


@pytest.mark.parametrize("page", WITH_EXAMPLES, ids=lambda page: page.name)
def test_examples_run(page: Path, tmp_path: Path) -> None:
    with PageProject(tmp_path / "project") as project:
        printed = before = ""
        for block in blocks_of(page):
            if block.mark == "output":
                assert_printed(block, block.text, printed, exact=before == "python")
            elif block.mark == "row":
                assert_row(project, block)
            elif block.mark not in ("skip", "excerpt"):
                printed = run_block(project, block) if block.language in RUN or block.mark == "file" else printed
                before = block.language
            if block.language == "yaml" and block.mark != "skip" and re.search(r"^pipeline:", block.text, re.MULTILINE):
                assert_binds(project, block)


def assert_binds(project: PageProject, block: Block) -> None:
    """A whole config fits its pipeline, with every `${NAME}` set; one that is shown for its mistakes has some."""
    path = block.argument if block.mark == "file" else "configs/shown.yaml"
    project.write(path, block.text)
    keys = dict.fromkeys(re.findall(r"\$\{(\w+)\}", block.text), "a-key")
    code, printed = project.shell(f"python run_pipeline.py validate {path}", **keys)
    wanted = 2 if path in WITH_MISTAKES else 0
    assert code == wanted, f"{block.place} does not fit its pipeline:\n{printed}"


def run_block(project: PageProject, block: Block) -> str:
    """Do what a block says; gives what it printed."""
    if block.mark == "file":
        project.write(block.argument, block.text)
        return ""
    if block.language == "python":
        ok, printed = project.python(block.text, block.place)
        assert ok, f"{block.place} failed:\n{printed}"
        return printed
    if block.language == "sql":
        return run_sql(project, block)
    expected = int(block.argument) if block.mark == "exit" else 0
    return run_console(project, block, expected) if block.language == "console" else run_shell(project, block, expected)


def run_shell(project: PageProject, block: Block, expected: int) -> str:
    """Run a block of commands."""
    lines = [line for line in block.text.splitlines() if not line.startswith(NOT_RUN)]
    key = project.first_key(block.argument) if block.mark == "key" else "KEY"
    code, printed = project.shell("\n".join(lines).replace("KEY", key))
    assert code == expected, f"{block.place} ended with {code}:\n{printed}"
    return printed


def run_console(project: PageProject, block: Block, expected: int) -> str:
    """Run each `$ command` and compare what follows it with what it printed."""
    printed = ""
    turns = [turn.partition("\n") for turn in re.split(r"^\$ ", block.text, flags=re.MULTILINE) if turn]
    for number, (command, _, shown) in enumerate(turns):
        if command.startswith(NOT_RUN):
            continue
        code, printed = project.shell(command)
        wanted = expected if number == len(turns) - 1 else 0
        assert code == wanted, f"{block.place}: `{command}` ended with {code}:\n{printed}"
        assert_printed(block, shown, printed)
    return printed


def run_sql(project: PageProject, block: Block) -> str:
    """Run a query on the store of the quickstart's run; it must find something."""
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(project.folder / "outputs" / "quickstart" / "store.sqlite")) as connection:
        found = connection.execute(block.text).fetchall()
    assert found, f"{block.place} finds nothing"
    return "\n".join("|".join(map(str, row)) for row in found)


def assert_row(project: PageProject, block: Block) -> None:
    """A row that is shown is one that the run writes."""
    code, printed = project.shell(f"python run_pipeline.py rows {block.argument} -n 0 --json")
    assert code == 0, printed
    rows = [json.loads(line)["fields"] for line in printed.splitlines()]
    shown = json.loads(block.text)
    alike = next((row for row in rows if {**row, "metadata": shown["metadata"]} == shown), None)
    assert alike is not None, f"{block.place}: {block.argument} has no such row; show one that it has"
    assert alike["metadata"].keys() == shown["metadata"].keys(), block.place


def assert_printed(block: Block, shown: str, printed: str, *, exact: bool = False) -> None:
    """Each line shown was printed, in that order, and `…` stands for anything. Unless `exact`, figures may differ."""
    plain = str.strip if exact else loose
    lines = iter([plain(line) for line in printed.splitlines()])
    for line in shown.splitlines():
        pattern = re.compile(".*".join(map(re.escape, plain(line).split("…"))))
        if plain(line).strip("…") and not any(pattern.fullmatch(found) for found in lines):
            pytest.fail(f"{block.place}: {line!r} was not printed, or not there:\n{printed}")


def loose(line: str) -> str:
    """A line without what may differ from run to run: figures, keys, widths."""
    line = re.sub(r"\b(?=[0-9a-f]*\d)[0-9a-f]{8,32}\b", "KEY", line)
    line = re.sub(r"\$?\d[\d,.]*\d|\$?\d", "0", line).replace("·", "0")  # a table's dot is a zero
    return re.sub(r"─+", "─", " ".join(line.split()))


SHOWN = Block(PAGES[0], 1, "text", "")


@pytest.mark.parametrize(
    ("shown", "printed", "exact"),
    [
        ("3 rows in out", "3 rows at out", False),
        ("second\nfirst", "first\nsecond", False),
        ("begins …", "ends", False),
        ("3 rows", "4 rows", True),
    ],
)
def test_what_was_not_printed_is_found(shown: str, printed: str, exact: bool) -> None:
    with pytest.raises(pytest.fail.Exception):
        assert_printed(SHOWN, shown, printed, exact=exact)


def test_what_may_differ_is_passed_over() -> None:
    assert_printed(SHOWN, "3 rows, row ab12cd34ef56 …\n…\nend", "4 rows, row 00ff00ff00ff of it\nmore\nend")
