"""Every pipeline can be told of languages, and one table says what they mean to each."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, get_args, get_origin

import pytest
from pydantic import BaseModel

from generation_functions.config import Catalog, load_super_config
from generation_functions.config.annotations import core_type
from generation_functions.config.catalog import PipelineEntry
from generation_functions.config.signature import signature_of

ROOT = Path(__file__).parents[2]
CATALOG = Catalog(ROOT, load_super_config(ROOT / "super_config.yaml").aliases)
SHIPPED = [entry for entry in CATALOG.list() if "generation" in entry.path.parts]
WITHOUT = {
    "debug": "it asks no model and reads nothing: it writes numbered lines, to test what surrounds a pipeline",
}
KEYS = ("language", "languages")


def keys_of(entry: PipelineEntry) -> set[str]:
    """`language` and `languages` among a pipeline's parameters, and `PARAMETER.language` in lists of mappings."""
    parameters = signature_of(CATALOG.load(entry)).parameters
    inside = {f"{name}.{key}" for name, each in parameters.items() for key in KEYS if key in _items(each.annotation)}
    return {key for key in KEYS if key in parameters} | inside


def _items(annotation: Any) -> set[str]:
    core = core_type(annotation)
    item = core_type(get_args(core)[0]) if get_origin(core) is list else None
    return set(item.model_fields) if isinstance(item, type) and issubclass(item, BaseModel) else set()


def in_the_table() -> dict[str, set[str]]:
    """The keys that the pipelines' page tells of, by pipeline."""
    page = (ROOT / "docs" / "pipelines" / "README.md").read_text(encoding="utf-8")
    found: dict[str, set[str]] = {}
    for names, key in re.findall(r"^\| ([\w, -]+) \| `([\w.]+)` \|", page.partition("## Languages")[2], re.MULTILINE):
        for name in names.split(", "):
            found.setdefault(name, set()).add(key)
    return found


@pytest.mark.parametrize("entry", SHIPPED, ids=lambda entry: entry.name)
def test_every_pipeline_takes_a_language_and_the_table_says_what_it_means(entry: PipelineEntry) -> None:
    keys = keys_of(entry)
    assert bool(keys) is (entry.name not in WITHOUT)
    assert in_the_table().get(entry.name, set()) == keys


def test_the_table_names_no_pipeline_that_is_not_there() -> None:
    assert in_the_table().pop("all that read documents") == {"reading.languages"}
    assert in_the_table().keys() - {"all that read documents"} <= {entry.name for entry in SHIPPED}
