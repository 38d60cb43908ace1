"""The reference has everything there is, and nothing stale."""

from __future__ import annotations

import argparse
import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

import generation_functions
from generation_functions import parsing
from generation_functions.config import RunSettings
from generation_functions.config.super_config import KEYS, STEP_KEYS
from generation_functions.models.model import ModelSpec
from generation_functions.run.ending import Ending
from generation_functions.store.schema import CREATE
from run_pipeline import VERBS, parser_of
from tests.docs.pages import ROOT, anchors_of

REFERENCE = ROOT / "docs" / "config-reference.md"
ABSTRACTIONS = ROOT / "docs" / "abstractions.md"
RUN_FOLDER = ROOT / "docs" / "run-folder.md"
README = ROOT / "README.md"


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_generate", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_generated_parts_are_not_stale() -> None:
    made = generator()
    written = text_of(REFERENCE)
    assert made.renewed(written) == written, f"docs/config-reference.md is stale; renew it: {made.COMMAND}"


def test_a_changed_part_is_found_and_renewed() -> None:
    made = generator()
    written = text_of(REFERENCE)
    assert made.renewed(written.replace("| `seed` |", "| `sead` |")) == written


def test_every_generated_part_has_its_place() -> None:
    placed = re.findall(r"<!-- generated: ([\w-]+) -->", text_of(REFERENCE))
    assert sorted(placed) == sorted(generator().PARTS)


@pytest.mark.parametrize("name", [*RunSettings.model_fields, *ModelSpec.model_fields, *KEYS, *STEP_KEYS])
def test_every_config_key_is_in_the_reference(name: str) -> None:
    if name != "api_key_name":  # the loader fills it in
        assert re.search(rf"`[\w.]*\b{name}\b", text_of(REFERENCE))


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_and_option_is_in_the_reference(verb: str) -> None:
    assert verb in anchors_of(REFERENCE)
    section = re.split(r"^### ", text_of(REFERENCE), flags=re.MULTILINE)
    own = next(part for part in section if part.startswith(f"{verb}\n"))
    for action in parser_of(verb)._actions:
        if not isinstance(action, argparse._HelpAction):
            wanted = action.option_strings[0] if action.option_strings else str(action.metavar)
            assert wanted in (text_of(REFERENCE) if wanted == "--debug" else own), f"{verb} {wanted}"


def test_the_exit_codes_are_those_of_a_run() -> None:
    table = text_of(REFERENCE).partition("## Exit codes")[2].partition("\n## ")[0]
    told = set(re.findall(r"^\| (\d+) \|", table, re.MULTILINE))
    assert told == set(re.findall(r"\b(\d+) (?=[a-z])", (Ending.__doc__ or "").partition(":")[2]))


@pytest.mark.parametrize("name", [*generation_functions.__all__, *parsing.__all__])
def test_every_public_name_is_in_the_abstractions(name: str) -> None:
    assert re.search(rf"`{name}\b[^`]*`", text_of(ABSTRACTIONS)), f"docs/abstractions.md says nothing of `{name}`"
    examples = "\n".join(re.findall(r"```python\n(.*?)```", text_of(ABSTRACTIONS), re.DOTALL))
    assert re.search(rf"\b{name}\b", examples), f"docs/abstractions.md has no example of `{name}`"


@pytest.mark.parametrize(
    "method",
    ["Stream.through", "Stream.map", "Stream.filter", "Stream.flat_map", "Stream.group", "Stream.sample",
     "Stream.collect", "Run.read", "Run.rows", "Run.write", "Run.once", "Run.child", "Run.log"],
)  # fmt: skip
def test_every_method_an_author_calls_is_in_the_abstractions(method: str) -> None:
    kind, _, name = method.partition(".")
    assert callable(getattr(getattr(generation_functions, kind), name))
    examples = "\n".join(re.findall(r"```python\n(.*?)```", text_of(ABSTRACTIONS), re.DOTALL))
    assert f".{name}(" in examples, f"docs/abstractions.md has no example of {method}"


def test_every_table_and_column_of_the_store_is_told_of() -> None:
    told = text_of(RUN_FOLDER)
    for name, columns in re.findall(
        r"CREATE TABLE IF NOT EXISTS (\w+) \((.*?)\)(?: WITHOUT ROWID)?;", CREATE, re.DOTALL
    ):
        assert f"`{name}`" in told
        for column in re.findall(r"(?:^|,)\s*([a-z_]+) (?:TEXT|BLOB|INTEGER|REAL)", columns):
            assert column == "id" or f"`{column}`" in told, f"docs/run-folder.md says nothing of {name}.{column}"


def test_every_field_of_a_manifest_is_told_of() -> None:
    source = "".join(text_of(ROOT / "generation_functions" / "run" / name) for name in ("folder.py", "manifest.py"))
    fields = re.findall(r'^ {8}"(\w+)": ', source, re.MULTILINE) + re.findall(r'manifest\["(\w+)"\] =', source)
    assert len(fields) > 10
    for name in fields:
        assert f"`{name}`" in text_of(RUN_FOLDER), f"docs/run-folder.md says nothing of {name}"


def test_every_kind_of_event_is_told_of() -> None:
    files = [path.read_text(encoding="utf-8") for path in (ROOT / "generation_functions" / "run").glob("*.py")]
    kinds = {kind for text in files for kind in re.findall(r'events\.emit\(\s*"(\w+)"', text)}
    assert len(kinds) >= 5
    for kind in kinds:
        assert f"| `{kind}` |" in text_of(RUN_FOLDER), f"docs/run-folder.md says nothing of {kind}"
