"""What the package shows, and what importing it costs."""

from __future__ import annotations

import subprocess
import sys

import generation_functions.config as config

HEAVY = ("aiohttp", "pyarrow", "nltk", "ruamel", "openai", "tqdm")


def _imported_by(code: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys; print(*sys.modules)"], capture_output=True, text=True, check=True
    )
    return {name.partition(".")[0] for name in done.stdout.split()}


def test_every_public_name_is_there() -> None:
    for name in config.__all__:
        assert getattr(config, name).__name__ if name != "Pipeline" else config.Pipeline


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    assert not hasattr(config, "no_such_name")


def test_the_package_itself_costs_nothing() -> None:
    assert not _imported_by("import generation_functions.config") & {*HEAVY, "pydantic", "yaml"}


def test_finding_pipelines_needs_no_pydantic() -> None:
    assert not _imported_by("from generation_functions.config import Catalog; Catalog().list()") & {*HEAVY, "pydantic"}


def test_binding_needs_nothing_heavy() -> None:
    code = """
from generation_functions.config import Environment, bind, parse_yaml, resolved_yaml
def f(a: int): ...
resolved_yaml(bind(parse_yaml("output_dir: o\\na: 1"), f, environment=Environment({})).checked())
"""
    assert not _imported_by(code) & set(HEAVY)
