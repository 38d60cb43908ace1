"""Finding pipelines and importing them."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import generation_functions.rows
from generation_functions.config.catalog import Catalog
from generation_functions.errors import ConfigError

SOURCE = '''"""The file."""

raise_if_imported = {flag}
assert not raise_if_imported


async def {name}(run, x: int = 1):
    """Make {name} of it.

    More.
    """


def _private(): ...
'''


@pytest.fixture(autouse=True)
def _forget_modules() -> Iterator[None]:
    before = set(sys.modules)
    yield
    for name in set(sys.modules) - before:
        del sys.modules[name]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for folder, name, flag in (
        ("core_pipelines", "poem_writer", False),
        ("core_composition", "all_of_it", True),
        ("utilities", "chat", False),
    ):
        place = tmp_path / "generation" / folder / name
        place.mkdir(parents=True)
        (place / f"{name}.py").write_text(SOURCE.format(name=name, flag=flag))
    (tmp_path / "generation/core_pipelines/poem_writer/config.yaml").write_text("pipeline: poem-writer\n")
    (tmp_path / "generation/core_pipelines/poem_writer/README.md").write_text("# Poems\n")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/two.py").write_text("def one(): 'One.'\n\n\ndef other(): ...\n")
    (tmp_path / "mine/single.py").write_text("def lonely(): ...\n")
    return tmp_path


def test_listing_reads_descriptions_without_importing(root: Path) -> None:
    entries = Catalog(root, {"Mine": "mine/two.one", "poems": "poem_writer"}).list()
    assert [(entry.name, entry.description) for entry in entries] == [
        ("all-of-it", "Make all_of_it of it."),
        ("chat", "Make chat of it."),
        ("mine", "One."),
        ("poem-writer", "Make poem_writer of it."),
        ("poems", "Make poem_writer of it."),
    ]
    poem = next(entry for entry in entries if entry.name == "poem-writer")
    assert poem.config_path == root / "generation/core_pipelines/poem_writer/config.yaml"
    assert poem.readme_path == root / "generation/core_pipelines/poem_writer/README.md"


def test_a_broken_file_does_not_spoil_the_list(root: Path) -> None:
    (root / "generation/utilities/chat/chat.py").write_text("def chat(:\n")
    assert [entry.name for entry in Catalog(root).list()] == ["all-of-it", "chat", "poem-writer"]


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("poem-writer", "poem_writer"),
        ("poem_writer", "poem_writer"),
        ("Poem-Writer", "poem_writer"),
        ("generation/core_pipelines/poem_writer/poem_writer.poem_writer", "poem_writer"),
        ("generation/core_pipelines/poem_writer/poem_writer.py:poem_writer", "poem_writer"),
        ("generation/core_pipelines/poem_writer/poem_writer.py", "poem_writer"),
        ("generation/core_pipelines/poem_writer", "poem_writer"),
        ("mine/two.one", "one"),
        ("mine/two.py:other", "other"),
        ("mine/single.py", "lonely"),
    ],
)
def test_a_pipeline_is_found_and_loaded_by_any_of_its_names(root: Path, name: str, function: str) -> None:
    catalog = Catalog(root)
    entry = catalog.find(name)
    assert entry.function_name == function
    assert catalog.load(entry).__name__ == function


def test_a_pipeline_is_one_module_however_it_is_found(root: Path) -> None:
    catalog = Catalog(root, {"poems": "generation/core_pipelines/poem_writer/poem_writer.py:poem_writer"})
    one, other = catalog.load(catalog.find("poem-writer")), catalog.load(catalog.find("poems"))
    assert one is other


def test_files_under_the_root_have_their_dotted_name(tmp_path: Path) -> None:
    (tmp_path / "millrace_catalog_test").mkdir()
    (tmp_path / "millrace_catalog_test/made.py").write_text("def made(): ...\n")
    catalog = Catalog(tmp_path)
    assert catalog.load(catalog.find("millrace_catalog_test/made.made")).__module__ == "millrace_catalog_test.made"


def test_equal_names_in_two_roots_are_two_modules(tmp_path: Path) -> None:
    values = []
    for name in ("one", "two"):
        (tmp_path / name / "flows").mkdir(parents=True)
        (tmp_path / name / "flows/same.py").write_text(f"def same(): return {name!r}\n")
        catalog = Catalog(tmp_path / name)
        values.append(catalog.load(catalog.find("flows/same.same"))())
    assert values == ["one", "two"]


@pytest.mark.parametrize("folder", ["json", "generation_functions", "two words"])
def test_a_folder_named_like_a_package_does_not_touch_the_package(tmp_path: Path, folder: str) -> None:
    (tmp_path / folder).mkdir()
    (tmp_path / folder / "rows.py").write_text("def rows(): return 'mine'\n")
    catalog = Catalog(tmp_path)
    assert catalog.load(catalog.find(f"{folder}/rows.rows"))() == "mine"
    assert not hasattr(json, "rows")
    assert generation_functions.rows.Row


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("poem-wirter", "there is no pipeline 'poem-wirter'\n  hint: did you mean 'poem-writer'?"),
        ("zzz", "known: all-of-it, chat, poem-writer"),
        (
            "mine/tow.one",
            "there is no file .*mine/tow.py for the pipeline 'mine/tow.one'\n  hint: did you mean 'two.py'?",
        ),
        (
            "mine/two.py",
            "does not say which function is the pipeline\n  hint: write mine/two.py:one or another of: one, other",
        ),
        ("nowhere/at/all.f", "write path/to/file.function"),
    ],
)
def test_what_is_not_there_is_said_with_what_is(root: Path, name: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        Catalog(root).find(name)


def test_a_missing_function_names_its_neighbour(root: Path) -> None:
    catalog = Catalog(root)
    with pytest.raises(
        ConfigError, match=r"two.py: there is no function 'ohter' in it\n  hint: did you mean 'other'\?"
    ):
        catalog.load(catalog.find("mine/two.ohter"))


@pytest.mark.parametrize(
    ("source", "line", "message"),
    [
        ("x = 1\nimport no_such_module_here\n", 2, "No module named 'no_such_module_here'\n  hint: install"),
        ("def broken(:\n", 1, "SyntaxError"),
        ("x = 1\n\ny = 1 / 0\n", 3, "ZeroDivisionError"),
        ("import sys\nsys.exit(3)\n", 2, "SystemExit"),
    ],
)
def test_an_import_that_fails_is_located(root: Path, source: str, line: int, message: str) -> None:
    (root / "mine/broken.py").write_text(source)
    catalog = Catalog(root)
    for _ in range(2):
        with pytest.raises(ConfigError, match=message) as caught:
            catalog.load(catalog.find("mine/broken.py:broken"))
        assert caught.value.problems[0].file == root / "mine/broken.py"
        assert caught.value.problems[0].line == line


def test_only_a_confined_search_refuses_to_leave_the_root(root: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = tmp_path_factory.mktemp("outside") / "away.py"
    other.write_text("def away(): ...\n")
    (root / "mine/link.py").symlink_to(other)
    catalog = Catalog(root, {"alias": f"{other}:away"})
    for name in (f"{other}:away", f"mine/../../{other.parent.name}/away.away", "mine/link.py:away", "alias"):
        with pytest.raises(ConfigError, match="lies outside the project"):
            catalog.find(name, confine=True)
    assert catalog.load(catalog.find(f"{other}:away")).__name__ == "away"
    assert catalog.find("mine/two.one", confine=True)
